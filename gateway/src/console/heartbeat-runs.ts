// The runs of a heartbeat, newest first, with what they said; and its incidents.
import type { Arrival } from '../app/arrivals.ts'
import type { Registry } from '../app/registry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import type { Signal } from '../domain/signal.ts'
import { at, type Clock, duration, lasting } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { chip } from './symbols.ts'
import { bytes, short } from './words.ts'

export function runsTable(name: Name, arrivals: readonly Arrival[], clock: Clock): Html {
  return html`<table class="runs">
      <thead><tr><th scope="col" class="c-t">Started</th><th scope="col" class="c-v">Verdict</th><th scope="col" class="r">Took</th><th scope="col" class="c-x">Exit</th><th scope="col" class="c-y">Via</th><th scope="col">Said</th></tr></thead>
      <tbody>${arrivals.toReversed().map((arrival) => run(name, arrival, clock))}</tbody>
    </table>`
}

export function incidentsTable(incidents: readonly Incident[], clock: Clock): Html {
  return html`<table class="runs">
      <thead><tr><th scope="col" class="c-t">Opened</th><th scope="col" class="c-v">Verdict</th><th scope="col" class="r">Lasted</th><th scope="col" class="c-m">What ended it</th></tr></thead>
      <tbody>${incidents.map(
        (incident) =>
          html`<tr><td class="c-t"><a href="${pathTo('incidents', incident.id)}">${at(incident.openedAt, clock)}</a></td><td class="c-v">${chip(incident.verdict)}</td><td class="r n">${
            incident.resolvedAt === undefined
              ? html`${lasting(incident.openedAt, clock)} …`
              : duration(incident.resolvedAt - incident.openedAt)
          }</td><td class="c-m">${ending(incident, clock)}</td></tr>`,
      )}</tbody>
    </table>`
}

/** Newest first. */
export function incidentsOf({ incidents }: Registry, name: Name, most: number): readonly Incident[] {
  return [...incidents.values()]
    .filter(({ heartbeat }) => heartbeat === name)
    .slice(-most)
    .reverse()
}

function run(name: Name, arrival: Arrival, clock: Clock): Html {
  const { seq, mark, startedAt, duration: took, signal, isOpen } = arrival
  const time =
    isOpen && startedAt !== undefined ? html`${lasting(startedAt, clock)} …` : took === undefined ? '' : duration(took)
  return html`<tr id="run-${seq}"><td class="c-t">${at(startedAt ?? arrival.at, clock)}</td><td class="c-v">${chip(mark)}</td><td class="r n">${time}</td><td class="c-x">${isOpen ? '' : (signal?.exit ?? signal?.killedBy)}</td><td class="c-y">${signal?.via}</td><td class="c-m">${said(name, arrival)}</td></tr>
`
}

function said(name: Name, { seq, mark, signal, isOpen }: Arrival): Html | string {
  if (isOpen) return 'still running'
  if (signal === undefined) return SILENT[mark] ?? ''
  const line = short(signal.message ?? '')
  const size = signal.bodySize ?? 0
  const metrics = figures(signal)
  if (size === 0) return [line, metrics].filter((part) => part !== '').join(' · ')
  const body = pathTo('heartbeats', name, 'signals', String(seq), 'body')
  return html`${metrics !== '' && html`${metrics} `}<details hx-get="${body}?part=text" hx-trigger="toggle once" hx-target="find .body" hx-swap="innerHTML"><summary>${line || `body, ${bytes(size)}`}</summary><div class="body"><a href="${body}">Open the body, ${bytes(size)}</a></div></details>`
}

function figures({ metrics = {} }: Signal): string {
  return Object.entries(metrics)
    .slice(0, MOST_FIGURES)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

function ending(
  { state, resolvedAt, resolvedBy, acknowledgedBy, acknowledgedAt, openedAt, pages }: Incident,
  clock: Clock,
): Html {
  const acknowledged =
    acknowledgedAt !== undefined &&
    html`, acknowledged by ${acknowledgedBy} in ${duration(Math.max(0, acknowledgedAt - openedAt))}`
  if (resolvedAt !== undefined)
    return html`${resolvedBy === 'heartbeat' ? 'ok' : `resolved by ${resolvedBy}`} at ${at(resolvedAt, clock)}${acknowledged}`
  if (state === 'acknowledged') return html`open${acknowledged}`
  return html`open, ${pages.length === 0 ? 'nobody paged yet' : 'nobody has acknowledged it'}`
}

const MOST_FIGURES = 8
const SILENT: Readonly<Record<string, string>> = {
  missed: 'nothing came',
  unverified: 'the gateway was blind',
  paused: 'somebody paused it',
}
