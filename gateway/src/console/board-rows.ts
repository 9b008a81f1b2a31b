// The rows of the board: a heartbeat in a line, and a wrong one in two.
import type { Arrival, Mark } from '../app/arrivals.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import { type Duration, HOUR, NEVER } from '../domain/time.ts'
import { ago, at, type Clock, lasting, until } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { strip } from './strip.ts'
import { chip } from './symbols.ts'
import { whyLine } from './why.ts'
import { short } from './words.ts'

/** What is nearer than this is counted, what is further is told as a time. */
const NEAR: Duration = HOUR

export function columns(caption: string, last: 'For' | 'Next due'): Html {
  return html`<caption class="sr">${caption}</caption>
<thead><tr><th class="c-v" scope="col">Verdict</th><th class="c-n" scope="col">Heartbeat</th><th class="c-o" scope="col">Owner</th><th class="c-s" scope="col">Last seen</th><th class="c-a" scope="col">Last 50</th><th class="c-d" scope="col">${last}</th></tr></thead>`
}

export function row(heartbeat: Heartbeat, number: number, marks: readonly Mark[], clock: Clock): Html {
  const { state } = heartbeat
  return html`<tr id="hb-${number}"><td class="c-v">${chip(state.verdict, true)}</td>${common(heartbeat, marks, clock)}<td class="c-d">${due(heartbeat, clock)}</td></tr>
`
}

/** A `tbody` of its own. */
export function wrongRow(
  heartbeat: Heartbeat,
  number: number,
  marks: readonly Mark[],
  last: Arrival | undefined,
  scene: LiveScene,
  clock: Clock,
): Html {
  const { state } = heartbeat
  return html`<tbody id="wrong-${number}"><tr>
<td class="c-v">${chip(state.verdict)}</td>${common(heartbeat, marks, clock)}<td class="c-d">${lasting(state.since, clock)}</td>
</tr><tr><td class="why gap"></td><td class="why" colspan="4">${whyLine(heartbeat, last, scene, clock)}</td><td class="why gap">${beside(heartbeat, clock)}</td></tr></tbody>
`
}

function common({ name, terms, state }: Heartbeat, marks: readonly Mark[], clock: Clock): Html {
  const seen = state.lastSignalAt
  const lastSeen = seen === 0 ? 'never' : clock.now - seen < NEAR ? ago(seen, clock) : at(seen, clock)
  return html`<th class="c-n" scope="row"><a href="${pathTo('heartbeats', name)}">${name}</a></th><td class="c-o">${short(terms.owner, 60) || html`<span class="none">nobody</span>`}</td><td class="c-s">${lastSeen}</td><td class="c-a">${strip(marks)}</td>`
}

function due({ state }: Heartbeat, clock: Clock): Html | string {
  if (state.verdict === 'paused') return 'paused'
  if (state.dueAt === NEVER) return 'no schedule'
  return state.dueAt > clock.now ? until(state.dueAt, clock) : at(state.dueAt, clock)
}

function beside({ state }: Heartbeat, clock: Clock): Html | undefined {
  const { incident } = state.more
  if (incident !== undefined) return html`<a href="${pathTo('incidents', incident.id)}">Incident</a>`
  if (state.verdict !== 'late' || state.deadlineAt === NEVER) return undefined
  const grace = Math.round((state.deadlineAt - state.dueAt) / 1000)
  const used = Math.min(grace, Math.max(0, Math.round((clock.now - state.dueAt) / 1000)))
  return html`<progress class="late" max="${grace}" value="${used}" aria-label="Grace used">${used} of ${grace} s</progress>`
}
