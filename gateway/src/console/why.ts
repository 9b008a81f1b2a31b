// Why a heartbeat is wrong, and what happens next, in a line for the board.
import type { Arrival } from '../app/arrivals.ts'
import { type Ahead, outlook, usual } from '../app/outlook.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Heartbeat, OpenRun } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import { NEVER } from '../domain/time.ts'
import { at, type Clock, duration } from './clock.ts'
import { type Html, html } from './html.ts'
import { listed, short } from './words.ts'

/** `last`: how its latest arrival went, where that is known. */
export function whyLine(heartbeat: Heartbeat, last: Arrival | undefined, scene: LiveScene, clock: Clock): Html {
  const { terms, state } = heartbeat
  const { incident } = state.more
  const owner = terms.owner === '' && incident !== undefined && html` Nobody owns it.`
  return html`${cause(heartbeat, last, clock)}${owner} ${done(incident, clock)}${next(heartbeat, scene, clock)}`
}

export function cause(heartbeat: Heartbeat, last: Arrival | undefined, clock: Clock): Html {
  const { state } = heartbeat
  switch (state.verdict) {
    case 'failed':
      return html`${failure(last)}.`
    case 'missed':
      return state.lastSignalAt === 0
        ? html`Due ${at(state.dueAt, clock)}, never seen.`
        : html`Due ${at(state.dueAt, clock)}, silent since ${at(state.lastSignalAt, clock)}.`
    case 'overrun': {
      const run = state.more.runs.find(({ overran }) => overran)
      const { limit } = usual(heartbeat).limit
      return run === undefined
        ? html`A run took longer than ${duration(limit)}.`
        : html`Running ${duration(clock.now - run.startedAt)}, at most ${duration(limit)}.`
    }
    case 'slow':
      return html`${slowness(heartbeat, last, clock)}`
    default:
      return state.dueAt === NEVER ? html`` : html`Due ${at(state.dueAt, clock)}.`
  }
}

export function failure(last: Arrival | undefined): string {
  const signal = last?.signal
  if (signal?.kind !== 'fail') return 'It said fail'
  const how =
    signal.exit !== undefined
      ? `Exit ${signal.exit}`
      : signal.killedBy !== undefined
        ? `Killed by ${signal.killedBy}`
        : 'It said fail'
  return signal.message === undefined ? how : `${how}: ${short(signal.message).replace(/\.$/, '')}`
}

function slowness(heartbeat: Heartbeat, last: Arrival | undefined, clock: Clock): string {
  const { baseline } = usual(heartbeat)
  const usually = baseline === undefined ? '' : `, usually ${duration(baseline)}`
  const run = slowRun(heartbeat, clock)
  if (run !== undefined) return `Running ${duration(clock.now - run.startedAt)}${usually}.`
  return last?.duration === undefined ? 'It took long.' : `Took ${duration(last.duration)}${usually}.`
}

/** The open run that takes too long; undefined: one that has ended took too long. */
export function slowRun(heartbeat: Heartbeat, { now }: Clock): OpenRun | undefined {
  const run = oldestRun(heartbeat)
  const { slow = 0 } = usual(heartbeat)
  return run !== undefined && now - run.startedAt >= slow ? run : undefined
}

export function oldestRun({ state }: Heartbeat): OpenRun | undefined {
  return state.more.runs.toSorted((a, b) => a.startedAt - b.startedAt)[0]
}

/** What was done about it. */
export function done(incident: Incident | undefined, clock: Clock): Html | undefined {
  if (incident === undefined) return undefined
  const { acknowledgedBy, acknowledgedAt, mute, pages, state } = incident
  if (state === 'acknowledged' && acknowledgedAt !== undefined)
    return html`Acknowledged by ${acknowledgedBy} ${at(acknowledgedAt, clock)}. `
  if (mute !== undefined) {
    const until = mute.until === undefined ? '' : html`, until ${at(mute.until, clock)}`
    return html`Nobody is paged: ${mute.why}${until}. `
  }
  const page = pages.findLast(({ kind }) => kind === 'incident.triggered' || kind === 'incident.escalated')
  if (page === undefined) return undefined
  const whom = page.path.split(' › ')
  const how = page.outcome === undefined ? 'Paging' : page.outcome === 'delivered' ? 'Paged' : 'Could not page'
  return html`${how} ${whom.length > 1 ? whom.at(-2) : whom[0]} ${at(page.queuedAt, clock)}. `
}

export function next(heartbeat: Heartbeat, scene: LiveScene, clock: Clock): Html | undefined {
  if (heartbeat.state.more.incident?.state === 'acknowledged') return undefined
  const ahead = outlook(heartbeat, scene, clock.now).find(({ what }) => what !== 'due' && what !== 'unmuted')
  return ahead && html`${sentence(ahead, clock)}`
}

export function sentence({ at: instant, what, whom }: Ahead, clock: Clock): Html {
  const when = at(instant, clock)
  const pages = whom.length === 0 ? '' : `, then it pages ${listed(whom)}`
  switch (what) {
    case 'missed':
      return html`Missed at ${when} if nothing comes${pages}.`
    case 'notStarted':
      return html`Missed at ${when} if it does not start${pages}.`
    case 'overrun':
      return html`Overrun at ${when}${pages}.`
    case 'slow':
      return html`Slow at ${when}${pages}.`
    case 'pages':
      return html`Pages ${listed(whom)} at ${when}.`
    case 'expires':
      return html`The acknowledgement ends at ${when}.`
    case 'unmuted':
      return html`Pages again from ${when} on.`
    case 'due':
      return html`Due ${when}.`
  }
}
