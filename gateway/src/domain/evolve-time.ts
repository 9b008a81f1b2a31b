// Time itself folded into the state of one heartbeat: a window in which nobody could hear, a clock that was set.
import type { Fact } from './fact.ts'
import { NO_PARTICULARS, type Particulars, type State, type Terms } from './heartbeat.ts'
import { particulars } from './particulars.ts'
import { type Duration, type Instant, MINUTE, NEVER } from './time.ts'
import { isBad } from './verdict.ts'

/** A blind window excuses what was expected inside it; an `every` heartbeat gets until a little after it. */
export function deafened(terms: Terms, state: State, fact: Extract<Fact, { type: 'blind.passed' }>): State {
  const heardElsewhere = fact.source !== 'gateway' && fact.source !== state.via && state.lastSignalAt > 0
  if (heardElsewhere || isBad(state.verdict) || state.verdict === 'paused' || state.deadlineAt < fact.from) return state
  return unsuspected(judgedLater(terms, state, fact), fact)
}

function judgedLater(terms: Terms, state: State, { from, to }: Window): State {
  if (terms.schedule.kind !== 'every') return { ...state, more: blinded(state, from, to) }
  const reprieve = to + settleTime(terms.schedule.every)
  return reprieve <= state.deadlineAt && state.more.runs.length === 0
    ? state
    : { ...state, deadlineAt: Math.max(state.deadlineAt, reprieve), more: blinded(state, from, to) }
}

type Window = { readonly from: Instant; readonly to: Instant }

/** A link that broke may be whole again, and nobody heard it: what it is suspected of waits, too. */
function unsuspected(state: State, { from, to }: Window): State {
  const { suspectAt } = state.more
  if (suspectAt === NEVER || suspectAt < from) return state
  return { ...state, more: particulars(state.more, { suspectAt: Math.max(suspectAt, to + MINUTE / 2) }) }
}

/** How long after a blind window an `every` heartbeat has to be heard again. */
function settleTime(every: Duration): Duration {
  return Math.min(every, MINUTE)
}

/** One window touches nearly everybody: those of whom nothing else is known share what is known. */
let touched: Particulars = NO_PARTICULARS

function blinded({ more }: State, from: Instant, to: Instant): Particulars {
  if (more === NO_PARTICULARS) {
    if (touched.blind?.[0] !== from || touched.blind[1] !== to) touched = particulars(more, { blind: [from, to] })
    return touched
  }
  const { blind } = more
  return particulars(more, {
    blind: blind === undefined ? [from, to] : [Math.min(blind[0], from), Math.max(blind[1], to)],
  })
}

/** Instants that ride on elapsed time move with the wall clock, so that its step is not noticed. */
export function shifted(state: State, by: Duration): State {
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
export function stepped(state: State, fact: Extract<Fact, { type: 'clock.stepped' }>): State {
  const back = fact.to < fact.from
  if (back)
    return { ...state, judgedAt: Math.min(state.judgedAt, fact.to), anchorAt: Math.min(state.anchorAt, fact.to) }
  return isBad(state.verdict) || state.verdict === 'paused' || state.deadlineAt < fact.from
    ? state
    : { ...state, more: blinded(state, fact.from, fact.to) }
}
