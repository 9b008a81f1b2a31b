// One incident: what is wrong for how long, what happened, who was paged and when it arrived, what comes next.
import type { Asked, Route } from '../adapters/http-route.ts'
import { type Arrival, readArrivals } from '../app/arrivals.ts'
import { usual } from '../app/outlook.ts'
import { type Around, formerIncidents, lookAround, type Neighbour } from '../app/read-around.ts'
import { type Story, storyOf } from '../app/read-story.ts'
import { zoneOf } from '../domain/explain.ts'
import type { Heartbeat, Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { BAND_LENGTH, band } from './band.ts'
import { at, type Clock, duration, lasting } from './clock.ts'
import { actions, hearsNext, mutes, nextRow, pagedTable, type Reach, stateOf } from './escalation.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { incidentDeeds } from './incident-deeds.ts'
import { missing } from './missing.ts'
import { deed, page } from './page.ts'
import { showStorm } from './storm.ts'
import { chip } from './symbols.ts'
import { type Row, rowsOf, signalRow, timeline, withTimes } from './timeline.ts'
import { counted, MONTHS, WEEKDAYS } from './words.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

export function incidentRoutes(world: ConsoleWorld): readonly Route[] {
  const { acknowledge, resolve, silence } = incidentDeeds(world)
  return [
    page('/incidents/:id', 'One incident or storm', async (asked) => {
      const id = asked.params['id'] as string
      const storm = world.registry.casebook.storms.get(id)
      if (storm !== undefined) return showStorm(world, asked, storm)
      const incident = world.registry.incidents.get(id)
      return incident === undefined ? missing(world, asked, 'incident') : await showIncident(world, asked, incident)
    }),
    deed('/incidents/:id/acknowledge', 'Somebody takes care of it', acknowledge),
    deed('/incidents/:id/resolve', 'It is over, says somebody', resolve),
    deed('/incidents/:id/silence', 'It pages nobody for an hour', silence),
  ]
}

async function showIncident(world: ConsoleWorld, asked: Asked, incident: Incident) {
  const { registry, ledger, now, scene } = world
  const number = registry.find(incident.heartbeat)
  const terms = registry.roster.termsOf(number)
  const zone = terms === undefined ? scene().zone : zoneOf(terms, scene().zone)
  const clock: Clock = { now: now(), zone }
  const viewer = viewerOf(asked)
  const story = await storyOf(ledger, incident)
  const around = lookAround(registry, number)
  const reach: Reach = (target, when) => scene().waysTo(target, when)
  const next = nextRow(incident, reach, clock.now)
  const history = incident.state === 'resolved' ? [] : await readArrivals(ledger, incident.heartbeat, BAND_LENGTH)
  const rows = [...storyRows(incident, story, clock), ...(next === undefined ? [] : [next])]
  const main = html`${lead({ incident, terms, around, story, clock, viewer })}
<section class="stack" id="story" data-live>
${terms && arrivals(registry.heartbeat(number), history, clock)}
<section aria-labelledby="tl"><header class="head"><h2 id="tl">What happened</h2> <span class="soft">${dayOf(incident, zone)}</span></header>
${timeline(rows, clock)}</section>
<section aria-labelledby="pg"><header class="head"><h2 id="pg">Who was paged</h2></header>${pagedTable(incident, clock)}</section>
</section>`
  const rail = html`<div id="rail" data-live>${hearsNext(incident, reach, clock)}${surroundings(around, terms)}${former(world, incident, clock)}${mutes(incident, clock)}</div>`
  return show(world, {
    ...{ title: `${incident.heartbeat} ${incident.verdict}`, place: 'board', viewer, main, rail, zone },
  })
}

/** The strip alone: how long runs took is on the heartbeat's own page. */
function arrivals(heartbeat: Heartbeat, history: readonly Arrival[], clock: Clock): Html | undefined {
  if (history.length === 0) return undefined
  const untimed = history.map(({ duration: _, ...arrival }): Arrival => ({ ...arrival, isOpen: false }))
  const { terms } = heartbeat
  return html`<figure aria-labelledby="arr"><figcaption class="head"><h2 id="arr">Last ${counted(history.length, 'arrival')}</h2> <span class="soft">${describeSchedule(terms.schedule)}</span></figcaption>
${band(untimed, usual(heartbeat), terms.slow, clock)}</figure>`
}

type Lead = {
  readonly incident: Incident
  readonly terms: Terms | undefined
  readonly around: Around
  readonly story: Story
  readonly clock: Clock
  readonly viewer: Viewer
}

function lead({ incident, terms, around, story, clock, viewer }: Lead): Html {
  const { heartbeat, verdict, severity, explanation } = incident
  const group = terms?.group ?? ''
  const owner = terms?.owner ?? ''
  return html`<header class="lead" id="lead" data-live>
<nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li>${
    group !== '' && html`<li><a href="/?group=${encodeURIComponent(group)}">${group}</a></li>`
  }<li><a href="/incidents">Incidents</a></li></ol></nav>
<div class="say">${chip(verdict)} <span class="soft">${severity} · ${stateOf(incident, clock)}</span></div>
<h1><a href="${pathTo('heartbeats', heartbeat)}">${heartbeat}</a></h1>
<p class="clock">${clockOf(incident, story, clock)}</p>
<p>${withTimes(explanation, clock)} <strong>${fineAround(around, group)}</strong></p>
<p>${sentence(terms?.description ?? '')} ${owner === '' ? 'Nobody owns it.' : `${owner} owns it.`}${runbook(terms?.runbook ?? '')}</p>
${actions(incident, viewer)}</header>`
}

/** The one running clock: how long nothing was heard, or how long it is as it is. */
function clockOf({ verdict, openedAt, resolvedAt, heartbeat }: Incident, { signals }: Story, clock: Clock): Html {
  const heard = signals.findLast(({ kind, at }) => kind !== 'will' && at <= openedAt)?.at
  if (resolvedAt !== undefined)
    return html`${duration(Math.max(0, resolvedAt - openedAt))} <small class="soft">until it was resolved at ${at(resolvedAt, clock)}</small>`
  if (verdict === 'missed' && heard !== undefined)
    return html`${lasting(heard, clock)} <small class="soft">without a signal</small>`
  return html`${lasting(openedAt, clock)} <small class="soft"><span class="sr">${heartbeat} is </span>${verdict}</small>`
}

function fineAround({ parent, others, bad }: Around, group: string): string {
  const isParentFine = parent !== undefined && parent.verdict === 'ok'
  const isAlone = others > 0 && bad === 0
  const rest = `${others === 1 ? 'the other one' : `the other ${others}`} in ${group}`
  if (isParentFine && isAlone) return `${parent.name} and ${rest} are fine.`
  if (isAlone) return `${rest.charAt(0).toUpperCase()}${rest.slice(1)} ${others === 1 ? 'is' : 'are'} fine.`
  if (bad > 0) return `${bad} of ${others} others in ${group} ${bad === 1 ? 'is' : 'are'} bad, too.`
  return isParentFine ? `${parent.name} is fine.` : ''
}

/** With a full stop, where it ends without. */
function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}

/** Only what leads to a web page is a link. */
function runbook(url: string): Html | string {
  if (url === '') return ''
  return /^https?:\/\//i.test(url) ? html` <a href="${url}" rel="noreferrer">Runbook</a>` : ` Runbook: ${url}`
}

function storyRows(incident: Incident, { signals, tries }: Story, clock: Clock): readonly Row[] {
  const { openedAt, state, verdict } = incident
  const last = signals.findLast((signal) => signal.kind !== 'will' && signal.at < openedAt)
  const now: Row = { at: clock.now, text: html`<b>Now.</b> Still ${verdict}.`, glyph: verdict }
  return [
    ...signals.map((signal) => signalRow(signal, signal === last)),
    ...rowsOf(incident, clock, tries),
    ...(state === 'resolved' ? [] : [now]),
  ]
}

function surroundings({ parent, neighbours }: Around, terms: Terms | undefined): Html {
  const item = ({ name, verdict }: Neighbour): Html =>
    html`<li><a href="${pathTo('heartbeats', name)}">${name}</a>${chip(verdict)}</li>`
  const all = [...(parent === undefined ? [] : [parent]), ...neighbours]
  const what = terms?.group || 'no group'
  return html`<section aria-labelledby="ar"><h2 id="ar">Around it <span>${what}</span></h2>
${all.length === 0 ? html`<p>Nothing: it has no parent and nobody shares its group.</p>` : html`<ul>${all.map(item)}</ul>`}</section>`
}

function former({ registry }: ConsoleWorld, { heartbeat, id }: Incident, clock: Clock): Html {
  const before = formerIncidents(registry, heartbeat, id, 5)
  const item = ({ id, verdict, openedAt, resolvedAt = clock.now }: Incident): Html =>
    html`<li><a href="${pathTo('incidents', id)}">${at(openedAt, clock)}</a><span class="soft">${verdict} ${duration(Math.max(0, resolvedAt - openedAt))}</span></li>`
  return html`<section aria-labelledby="bf"><h2 id="bf">Before</h2>
${before.length === 0 ? html`<p>This is its first incident, as far as is kept.</p>` : html`<ul>${before.map(item)}</ul>`}</section>`
}

function dayOf({ openedAt }: Incident, zone: string): string {
  const { year, month, day, dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(openedAt).toZonedDateTimeISO(zone)
  return `${WEEKDAYS[dayOfWeek % 7]} ${day} ${MONTHS[month - 1]} ${year}`
}
