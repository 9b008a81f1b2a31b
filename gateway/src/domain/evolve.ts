// One fact folded into the state of one heartbeat. Folding every fact in order gives the stored state; nothing else
// may change it.
import { withSample } from './baseline.ts'
import type { Fact, HeartbeatFact } from './fact.ts'
import { NO_PARTICULARS, type OpenRun, type Particulars, type State, type Terms } from './heartbeat.ts'
import { evolveIncident } from './incident.ts'
import { identityOf, type Signal } from './signal.ts'
import { type Duration, type Instant, MINUTE, NEVER } from './time.ts'
import { isBad } from './verdict.ts'

const RUNS_KEPT = 16
const RECENT_KEPT = 16
const MOST_COUNTED = 65_535

/** `state` is undefined only before `heartbeat.declared`. */
export function evolve(terms: Terms, state: State | undefined, fact: Fact): State {
  if (state === undefined) return born(fact)
  switch (fact.type) {
    case 'heartbeat.declared':
      return expecting(state, fact.dueAt, fact.deadlineAt)
    case 'heartbeat.resumed':
      return expecting({ ...state, misses: 0 }, fact.dueAt, fact.deadlineAt)
    case 'signal.received':
      return heard(state, fact)
    case 'deadline.missed':
      return {
        ...expecting(state, fact.dueAt, fact.deadlineAt),
        misses: fact.misses,
        oks: 0,
        more: particulars(state.more, { suspectAt: NEVER }),
      }
    case 'deadline.unverified':
      return expecting(state, fact.dueAt, fact.deadlineAt)
    case 'run.overran':
      return {
        ...state,
        oks: 0,
        more: particulars(state.more, {
          runs: state.more.runs.map((run) => (run.id === fact.run ? { ...run, overran: true } : run)),
        }),
      }
    case 'run.unverified':
      return { ...state, more: particulars(state.more, { runs: state.more.runs.filter((run) => run.id !== fact.run) }) }
    case 'verdict.changed':
      return { ...state, verdict: fact.to, since: fact.at, oks: isBad(fact.to) ? 0 : state.oks }
    case 'incident.resolved':
      return fact.dueAt === undefined || fact.deadlineAt === undefined
        ? withIncident(state, fact)
        : { ...expecting(withIncident(state, fact), fact.dueAt, fact.deadlineAt), misses: 0 }
    case 'blind.passed':
      return deafened(terms, state, fact)
    case 'clock.stepped':
      return terms.schedule.kind === 'every' ? shifted(state, fact.to - fact.from) : stepped(terms, state, fact)
    default:
      return 'incident' in fact ? withIncident(state, fact as HeartbeatFact) : state
  }
}

function born(fact: Fact): State {
  if (fact.type !== 'heartbeat.declared')
    throw new Error(`invariant: the first fact about a heartbeat declares it, got ${fact.type}`)
  return {
    declaredAt: fact.at,
    verdict: 'unseen',
    since: fact.at,
    lastSignalAt: 0,
    lastOkAt: 0,
    judgedAt: 0,
    anchorAt: 0,
    dueAt: fact.dueAt,
    deadlineAt: fact.deadlineAt,
    signals: 0,
    misses: 0,
    oks: 0,
    via: 'http',
    more: NO_PARTICULARS,
  }
}

function heard(state: State, fact: Extract<Fact, { type: 'signal.received' }>): State {
  const { signal, effect } = fact
  const more =
    state.more === NO_PARTICULARS && isPlain(signal) && effect?.duration === undefined
      ? state.more
      : withSignal(state.more, fact)
  const judges = signal.kind === 'ok' || signal.kind === 'fail'
  const newest = judges && signal.at >= state.judgedAt
  const moved = effect?.dueAt !== undefined
  const succeeded = signal.kind === 'ok' && newest
  return {
    declaredAt: state.declaredAt,
    verdict: state.verdict,
    since: state.since,
    lastSignalAt: Math.max(state.lastSignalAt, signal.at),
    lastOkAt: signal.kind === 'ok' ? Math.max(state.lastOkAt, signal.at) : state.lastOkAt,
    judgedAt: newest ? signal.at : state.judgedAt,
    anchorAt: moved ? signal.at : state.anchorAt,
    dueAt: moved ? (effect.dueAt as Instant) : state.dueAt,
    deadlineAt: moved ? (effect.deadlineAt as Instant) : state.deadlineAt,
    signals: state.signals + 1,
    misses: succeeded && moved ? 0 : state.misses,
    oks: succeeded && moved ? Math.min(state.oks + 1, MOST_COUNTED) : state.oks,
    via: signal.via,
    more:
      moved && more.blind !== undefined && more.blind[1] < (effect.dueAt as Instant)
        ? particulars(more, { blind: undefined })
        : more,
  }
}

/** A signal that leaves no particulars behind. */
function isPlain(signal: Signal): boolean {
  return (
    (signal.kind === 'ok' || signal.kind === 'fail' || signal.kind === 'log') &&
    signal.run === undefined &&
    signal.seq === undefined &&
    signal.boot === undefined
  )
}

function withSignal(more: Particulars, fact: Extract<Fact, { type: 'signal.received' }>): Particulars {
  const { signal, effect } = fact
  const identity = identityOf(signal)
  return particulars(more, {
    runs: runsAfter(more, signal),
    samples:
      effect?.duration === undefined
        ? more.samples
        : withSample(more.samples, effect.sampleAt ?? signal.at, effect.duration),
    lagged: effect?.duration === undefined ? more.lagged : effect.lag === true,
    recent: identity === undefined ? more.recent : [...more.recent, { identity, at: signal.at }].slice(-RECENT_KEPT),
    boot: Math.max(more.boot, signal.boot ?? 0),
    suspectAt: effect?.suspectAt ?? (signal.kind === 'log' ? more.suspectAt : NEVER),
  })
}

function runsAfter(more: Particulars, signal: Signal): readonly OpenRun[] {
  const id = signal.run ?? ''
  if (signal.kind === 'ok' || signal.kind === 'fail')
    return more.runs.some((run) => run.id === id) ? more.runs.filter((run) => run.id !== id) : more.runs
  if (signal.kind !== 'start' || endedAt(more, id) !== undefined) return more.runs
  const run = { id, startedAt: signal.at, judgedFrom: signal.receivedAt, overran: false }
  return [...more.runs.filter((open) => open.id !== id), run]
    .sort((a, b) => a.startedAt - b.startedAt)
    .slice(-RUNS_KEPT)
}

/** When the run `id` was seen to succeed or fail, as far back as recent signals go. */
export function endedAt(more: Particulars, id: string): Instant | undefined {
  if (id === '') return undefined
  return more.recent.findLast(({ identity }) => identity === `ok:${id}` || identity === `fail:${id}`)?.at
}

function expecting(state: State, dueAt: Instant, deadlineAt: Instant): State {
  const { blind } = state.more
  const more = blind !== undefined && blind[1] < dueAt ? particulars(state.more, { blind: undefined }) : state.more
  return { ...state, dueAt, deadlineAt, more }
}

function withIncident(state: State, fact: HeartbeatFact): State {
  const incident = evolveIncident(state.more.incident, fact)
  return {
    ...state,
    more: particulars(state.more, { incident: incident?.state === 'resolved' ? undefined : incident }),
  }
}

/** A blind window excuses what was expected inside it; an `every` heartbeat gets until a little after it. */
function deafened(terms: Terms, state: State, fact: Extract<Fact, { type: 'blind.passed' }>): State {
  const heardElsewhere = fact.source !== 'gateway' && fact.source !== state.via && state.lastSignalAt > 0
  if (heardElsewhere || isBad(state.verdict) || state.verdict === 'paused' || state.deadlineAt < fact.from) return state
  if (terms.schedule.kind === 'every') {
    const reprieve = fact.to + settleTime(terms.schedule.every)
    return reprieve <= state.deadlineAt && state.more.runs.length === 0
      ? state
      : { ...state, deadlineAt: Math.max(state.deadlineAt, reprieve), more: blinded(state, fact.from, fact.to) }
  }
  return { ...state, more: blinded(state, fact.from, fact.to) }
}

/** How long after a blind window an `every` heartbeat has to be heard again. */
export function settleTime(every: Duration): Duration {
  return Math.min(every, MINUTE)
}

function blinded(state: State, from: Instant, to: Instant): Particulars {
  const { blind } = state.more
  return particulars(state.more, {
    blind: blind === undefined ? [from, to] : [Math.min(blind[0], from), Math.max(blind[1], to)],
  })
}

/** Instants that ride on elapsed time move with the wall clock, so that its step is not noticed. */
function shifted(state: State, by: Duration): State {
  const runs = state.more.runs.map((run) => ({
    ...run,
    startedAt: run.startedAt + by,
    judgedFrom: run.judgedFrom + by,
  }))
  return {
    ...state,
    dueAt: state.dueAt + by,
    deadlineAt: state.deadlineAt + by,
    judgedAt: Math.min(state.judgedAt, state.judgedAt + by),
    anchorAt: Math.min(state.anchorAt, state.anchorAt + by),
    more: runs.length === 0 ? state.more : particulars(state.more, { runs }),
  }
}

/** A clock that jumped forward never was at the instants between: what was expected there can't be verified. */
function stepped(_terms: Terms, state: State, fact: Extract<Fact, { type: 'clock.stepped' }>): State {
  const back = fact.to < fact.from
  if (back)
    return { ...state, judgedAt: Math.min(state.judgedAt, fact.to), anchorAt: Math.min(state.anchorAt, fact.to) }
  return isBad(state.verdict) || state.verdict === 'paused' || state.deadlineAt < fact.from
    ? state
    : { ...state, more: blinded(state, fact.from, fact.to) }
}

function particulars(more: Particulars, change: Partial<Particulars>): Particulars {
  const next = { ...more, ...change }
  const none =
    next.runs.length === 0 &&
    next.samples.length === 0 &&
    next.recent.length === 0 &&
    next.boot === 0 &&
    next.incident === undefined &&
    next.suspectAt === NEVER &&
    next.blind === undefined
  return none ? NO_PARTICULARS : next
}
