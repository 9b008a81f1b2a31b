// Who is on call: a sentence, two weeks of each schedule, the hand-offs ahead, the gaps, and who stands in for whom.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { viewOnCall } from '../app/read-oncall.ts'
import { gapsBetween, type OnCall, type Shift, shiftAt, shiftsBetween } from '../domain/oncall.ts'
import { DAY, type Instant, parseInstant } from '../domain/time.ts'
import { calendar } from './calendar.ts'
import { type Clock, clockTime, duration, until } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { describeLayers, moment } from './oncall-words.ts'
import { overrideDeeds, overrideForm, overrideList } from './override.ts'
import { page } from './page.ts'
import { ways } from './reached.ts'
import { listed } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function oncallRoutes(world: ConsoleWorld): readonly Route[] {
  const { scene } = world
  return [
    page('/oncall', 'Who is on call', (asked) => {
      const all = scene().onCalls()
      return all.length === 0 ? showNone(world, asked) : showOnCall(world, asked, all)
    }),
    page('/oncall/:name', 'One on-call schedule', (asked) => {
      const oncall = scene().onCall(asked.params['name'] as string)
      return oncall === undefined ? missing(world, asked, 'on-call schedule') : showOnCall(world, asked, [oncall])
    }),
    ...overrideDeeds(world),
  ]
}

function showOnCall(world: ConsoleWorld, asked: Asked, all: readonly OnCall[]): Answer {
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  const title = headline(all, clock.now)
  const main = html`<header class="lead" id="lead" data-live><h1>${title}</h1>
${all.map((oncall) => html`<p>${sentence(oncall, clock, all.length > 1)}</p>`)}
${openOf(world, all, clock.now)}</header>
<section class="stack" id="weeks" data-live>${all.map((oncall, place) => schedule(oncall, place, clock))}
<section aria-labelledby="ho"><header class="head"><h2 id="ho">Hand-offs</h2> <span class="soft">next two weeks</span></header>${handoffs(all, clock.now)}</section></section>`
  const rail = html`${overrideForm(world, all, viewer)}${overrideList(world, all, viewer)}${reached(world, all, clock)}`
  return show(world, { title, place: 'oncall', viewer, main, rail })
}

function showNone(world: ConsoleWorld, asked: Asked): Answer {
  const title = 'Nobody is on call'
  const main = html`<header class="lead"><h1>${title}</h1></header>
<div class="empty"><h2>There is no on-call schedule</h2>
<p>Without one a policy pages channels and people by name, at any hour. Two names and a hand-off time are enough; write them into ${world.live.file || 'overdue.yaml'}:</p>
<pre><code>oncall:
  - name: primary
    layers: [{ rotate: [ana, ben], every: week, handoff: "mon 09:00" }]</code></pre></div>`
  return show(world, { title, place: 'oncall', viewer: viewerOf(asked), main })
}

function headline(all: readonly OnCall[], now: Instant): string {
  const people = [...new Set(all.flatMap((oncall) => shiftAt(oncall, now).who ?? []))]
  if (people.length === 0) return 'Nobody is on call'
  return `${listed(people)} ${people.length === 1 ? 'is' : 'are'} on call`
}

/** Who, until when, and who then. */
function sentence(oncall: OnCall, clock: Clock, isOneOfMany: boolean): Html {
  const { name, zone } = oncall
  const { onCall, until: ends, next } = viewOnCall(oncall, clock.now)
  const which = isOneOfMany && html`<a href="${pathTo('oncall', name)}">${name}</a>: ${onCall ?? 'nobody'}. `
  const end = ends === null ? undefined : (parseInstant(ends) as Instant)
  if (end === undefined)
    return html`${which}${onCall === null ? 'Nobody takes over.' : 'Nobody takes over after that.'}`
  const then = html`${moment(end, zone, clock.now)}, ${until(end, clock)}`
  if (next === null) return html`${which}Nobody takes over at ${then}.`
  const isGap = parseInstant(next.from) !== end
  if (!isGap) return html`${which}${next.who} takes over at ${then}.`
  return html`${which}${onCall !== null && html`Nobody is on call from ${then}. `}${next.who} takes over at ${moment(parseInstant(next.from) as Instant, zone, clock.now)}.`
}

/** Incidents that whoever is on call was paged for. */
function openOf({ registry }: ConsoleWorld, all: readonly OnCall[], now: Instant): Html | undefined {
  const people = new Set(all.flatMap((oncall) => shiftAt(oncall, now).who ?? []))
  const theirs = [...registry.open()]
    .slice(-MOST_LOOKED_AT)
    .filter(({ pages }) => pages.some(({ path }) => path.split(' › ').some((part) => people.has(part))))
  if (theirs.length === 0) return undefined
  const some = theirs.slice(-MOST_NAMED).reverse()
  return html`<p>They were paged for ${theirs.length === 1 ? 'one incident that is' : `${theirs.length} incidents that are`} still open: ${some.map(
    ({ id, heartbeat }, place) => html`${place > 0 && ', '}<a href="${pathTo('incidents', id)}">${heartbeat}</a>`,
  )}${theirs.length > some.length && html`, <a href="/incidents">all</a>`}.</p>`
}

function schedule(oncall: OnCall, place: number, { now }: Clock): Html {
  const gaps = gapsBetween(oncall, now, now + TWO_WEEKS)
  const length = gaps.reduce((sum, { from, to }) => sum + to - from, 0)
  const [first] = gaps
  return html`<section aria-labelledby="on-${place}"><header class="head"><h2 id="on-${place}">${oncall.name}</h2> <span class="soft">${describeLayers(oncall)}</span></header>
${calendar(oncall, now)}
${first && html`<p class="soft gaps">Nobody is on call for ${duration(length)} of the next two weeks, first from ${moment(Math.max(first.from, now), oncall.zone, now)} to ${moment(first.to, oncall.zone, now)}. A step that pages it then goes to the fallback of its policy.</p>`}</section>`
}

function handoffs(all: readonly OnCall[], now: Instant): Html {
  const rows = all
    .flatMap((oncall) => handoffsOf(oncall, now))
    .sort((one, other) => one.at - other.at)
    .slice(0, MOST_HANDOFFS)
  if (rows.length === 0) return html`<p class="soft">None: the same people stay on call.</p>`
  return html`<table class="runs list"><thead><tr><th scope="col">When</th>${all.length > 1 && html`<th scope="col">Schedule</th>`}<th scope="col">From</th><th scope="col">To</th><th scope="col">Why</th></tr></thead>
<tbody>${rows.map(
    ({ at, oncall, before, after }) =>
      html`<tr><th scope="row">${moment(at, oncall.zone, now)}</th>${all.length > 1 && html`<td>${oncall.name}</td>`}<td>${before.who ?? 'nobody'}</td><td><strong>${after.who ?? 'nobody'}</strong></td><td class="c-m">${whyOf(before, after)}</td></tr>`,
  )}</tbody></table>`
}

type Handoff = { readonly at: Instant; readonly oncall: OnCall; readonly before: Shift; readonly after: Shift }

function handoffsOf(oncall: OnCall, now: Instant): readonly Handoff[] {
  const shifts = shiftsBetween(oncall, now, now + TWO_WEEKS)
  return shifts.slice(1).flatMap((after, place) => {
    const before = shifts[place] as Shift
    return before.who === after.who ? [] : [{ at: after.from, oncall, before, after }]
  })
}

function whyOf(before: Shift, after: Shift): string {
  if (after.by === 'override') return 'override'
  if (before.by === 'override') return 'override ends'
  return after.who === undefined ? 'hours end' : before.who === undefined ? 'hours begin' : 'rotation'
}

function reached(world: ConsoleWorld, all: readonly OnCall[], clock: Clock): Html {
  const people = [...new Set(all.flatMap(({ layers }) => layers.flatMap(({ rotate }) => rotate)))]
  const last = people.map((who) => [who, ways(world, who)[0]] as const)
  return html`<section aria-labelledby="rea"><h2 id="rea">Reached last</h2>
<dl class="pairs">${last.map(
    ([who, way]) =>
      html`<dt>${who}</dt><dd>${way?.at === undefined ? html`<span class="soft">never</span>` : `${clockTime(way.at, clock)}, ${way.channel}`}</dd>`,
  )}</dl><p><a href="/channels">Try their channels</a></p></section>`
}

const TWO_WEEKS = 14 * DAY
const MOST_HANDOFFS = 12
const MOST_LOOKED_AT = 2_000
const MOST_NAMED = 3
