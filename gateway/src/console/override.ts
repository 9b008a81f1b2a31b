// Who stands in on call: the form that says so, what was said, and the buttons that end it.
import { randomBytes } from 'node:crypto'
import type { Route } from '../adapters/http-route.ts'
import type { OnCall, StandIn } from '../domain/oncall.ts'
import { DAY, HOUR } from '../domain/time.ts'
import { lineOf, mayAct, order, type Posted, refuse } from './deed.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { fieldTime, instantIn, moment } from './oncall-words.ts'
import { csrfField, deed } from './page.ts'
import { type ConsoleWorld, viewerOf } from './world.ts'

export function overrideDeeds(world: ConsoleWorld): readonly Route[] {
  return [
    deed('/oncall/overrides', 'Somebody stands in', (asked: Posted) => {
      const [schedule, who] = [lineOf(asked, 'oncall'), lineOf(asked, 'who')]
      const oncall = world.scene().onCall(schedule)
      const back = oncall === undefined ? '/oncall' : pathTo('oncall', schedule)
      const from = instantIn(lineOf(asked, 'from'), oncall?.zone ?? 'UTC')
      const to = instantIn(lineOf(asked, 'to'), oncall?.zone ?? 'UTC')
      const flaws = [
        ...(from === undefined ? [{ path: 'from', expected: TIME, found: lineOf(asked, 'from') || 'nothing' }] : []),
        ...(to === undefined ? [{ path: 'to', expected: TIME, found: lineOf(asked, 'to') || 'nothing' }] : []),
      ]
      if (from === undefined || to === undefined) return refuse(world, asked, { problem: 'bad-request', flaws }, back)
      const outside = outsideOf(from, to, world.now())
      if (outside !== undefined)
        return refuse(
          world,
          asked,
          { problem: 'bad-request', flaws: [{ path: 'to', expected: outside, found: lineOf(asked, 'to') }] },
          back,
        )
      const id = `override-${randomBytes(12).toString('base64url')}`
      const override: StandIn = { id, oncall: schedule, who, from, to, by: viewerOf(asked).name }
      return order(world, asked, { kind: 'override', override }, back)
    }),
    deed('/oncall/overrides/:id/end', 'Somebody stands in no more', (asked: Posted) => {
      const override = asked.params['id'] as string
      return order(world, asked, { kind: 'endOverride', override, by: viewerOf(asked).name }, '/oncall')
    }),
  ]
}

export function overrideForm({ scene, now }: ConsoleWorld, all: readonly OnCall[], viewer: Viewer): Html | undefined {
  const people = scene().responders
  const [first] = all
  if (!mayAct(viewer) || first === undefined || people.length === 0) return undefined
  const from = Math.ceil(now() / HOUR) * HOUR
  return html`<section aria-labelledby="override"><h2 id="override">Override</h2>
<form class="form" method="post" action="/oncall/overrides">${csrfField(viewer)}
${
  all.length === 1
    ? html`<input type="hidden" name="oncall" value="${first.name}">`
    : html`<p><label for="oncall">Schedule</label><select id="oncall" name="oncall">${all.map(({ name }) => html`<option>${name}</option>`)}</select></p>`
}
<p><label for="who">Who covers</label><select id="who" name="who">${people.map((name) => html`<option>${name}</option>`)}</select></p>
<p><label for="from">From</label><input id="from" type="datetime-local" name="from" required value="${fieldTime(from, first.zone)}"></p>
<p><label for="to">Until</label><input id="to" type="datetime-local" name="to" required value="${fieldTime(from + DAY, first.zone)}"><small>Times of the schedule: ${first.zone}. It lies above every rotation.</small></p>
<p><button class="btn main" type="submit">Save override</button></p>
</form></section>`
}

/** Those that are not over; the file's are ended in the file. */
export function overrideList(
  { registry, now }: ConsoleWorld,
  all: readonly OnCall[],
  viewer: Viewer,
): Html | undefined {
  const made = registry.casebook.overrides
  const items = all.flatMap(({ overrides, zone }) =>
    overrides.filter(({ to }) => to > now()).map((override) => ({ override: override as Partial<StandIn>, zone })),
  )
  if (items.length === 0) return undefined
  return html`<section aria-labelledby="ov"><h2 id="ov">Overrides <span>${items.length}</span></h2><ul class="deeds">${items.map(
    ({ override: { id = '', who, from = 0, to = 0, by }, zone }) =>
      html`<li><span><b>${who}</b> ${moment(from, zone, now())} to ${moment(to, zone, now())}<small>${
        made.has(id) ? ` said ${by}` : ' in the file'
      }</small></span>${
        made.has(id) &&
        mayAct(viewer) &&
        html`<form method="post" action="${pathTo('oncall', 'overrides', id, 'end')}">${csrfField(viewer)}<button class="btn" type="submit">End<span class="sr"> the override of ${who}</span></button></form>`
      }</li>`,
  )}</ul></section>`
}

const TIME = 'a time such as 2026-12-24T09:00'
const LONGEST = 366 * DAY

function outsideOf(from: number, to: number, now: number): string | undefined {
  if (to <= from) return 'a time after from'
  if (to <= now) return 'a time ahead'
  return to - from > LONGEST ? 'a time within a year of from' : undefined
}
