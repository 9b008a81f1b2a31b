// The instants at which something becomes true by silence alone. `wakeAt` is the earliest of them: before it, a
// decision without a signal gives no facts.
import { medianOf, slowFrom } from './baseline.ts'
import { graceOf } from './deadline.ts'
import { type EscalationMoment, momentOf } from './escalation.ts'
import type { OpenRun, State, Terms } from './heartbeat.ts'
import { NO_PARTICULARS } from './heartbeat.ts'
import { opening } from './schedule.ts'
import { type Duration, type Instant, justAfter, NEVER } from './time.ts'
import { isBad } from './verdict.ts'

export type MomentKind =
  | 'late'
  | 'slow'
  | 'lagging'
  | 'overran'
  | 'notStarted'
  | 'suspected'
  | 'missed'
  | 'unheard'
  | EscalationMoment['kind']

export type Moment = { readonly at: Instant; readonly kind: MomentKind; readonly run?: OpenRun }

/** `deafSince`: its ear hears nothing since then. */
export function wakeAt(terms: Terms, state: State, deafSince: Instant = NEVER): Instant {
  // The common case, on the path of every signal: an ok heartbeat of which nothing but its beat is known.
  if (state.more === NO_PARTICULARS && state.verdict === 'ok' && terms.startWithin === undefined && deafSince === NEVER)
    return state.dueAt === NEVER ? NEVER : justAfter(state.dueAt)
  return nextMoment(terms, state, deafSince)?.at ?? NEVER
}

/** The earliest; of two at the same instant the one that `moments` names first. */
export function nextMoment(terms: Terms, state: State, deafSince: Instant = NEVER): Moment | undefined {
  let next: Moment | undefined
  for (const moment of moments(terms, state, deafSince))
    if (moment.at !== NEVER && (next === undefined || moment.at < next.at)) next = moment
  return next
}

/** True while silence is judged: nobody paused it, and it is not already known to be bad. */
export function judgesSilence(state: State): boolean {
  if (state.verdict === 'paused' || state.verdict === 'failed' || state.verdict === 'overrun') return false
  return state.verdict !== 'missed' || state.more.incident === undefined
}

/** What a run may take: `finishWithin`, else the larger of its grace and four times the usual duration. */
export function runLimit(terms: Terms, state: State): { limit: Duration; explicit: boolean } {
  if (terms.finishWithin !== undefined) return { limit: terms.finishWithin, explicit: true }
  const { grace } = graceOf(terms, state, state.dueAt)
  const usual = state.more.lagged ? 0 : (medianOf(state.more.samples) ?? 0)
  return { limit: Math.max(grace, 4 * usual), explicit: false }
}

export function openRuns(state: State): readonly OpenRun[] {
  return state.more.runs.filter((run) => !run.overran)
}

/** True where a moment is made by silence: whoever was deaf then can't know it. */
export function isOfSilence({ kind }: Moment): boolean {
  return !SPOKEN.has(kind)
}

const SPOKEN: ReadonlySet<MomentKind> = new Set<EscalationMoment['kind'] | 'unheard'>([
  ...(['turn', 'unmuted', 'warned', 'acknowledgementExpired', 'unheard'] as const),
])

function* moments(terms: Terms, state: State, deafSince: Instant): Iterable<Moment> {
  const { incident } = state.more
  const next = incident && momentOf(incident)
  if (next !== undefined) yield next
  if (!judgesSilence(state)) return
  if (deafSince === NEVER) return yield* silentMoments(terms, state)
  for (const moment of silentMoments(terms, state)) if (moment.at <= justAfter(deafSince)) yield moment
  const isExpected = state.verdict === 'ok' || state.verdict === 'late'
  if (isExpected && openRuns(state).length === 0 && state.deadlineAt !== NEVER && state.deadlineAt > deafSince)
    yield { at: justAfter(state.deadlineAt), kind: 'unheard' }
}

function* silentMoments(terms: Terms, state: State): Iterable<Moment> {
  if (state.more.suspectAt !== NEVER) yield { at: justAfter(state.more.suspectAt), kind: 'suspected' }
  const runs = openRuns(state)
  if (runs.length > 0) yield* runMoments(terms, state, runs)
  else if (state.dueAt !== NEVER) yield* silenceMoments(terms, state)
}

function* runMoments(terms: Terms, state: State, runs: readonly OpenRun[]): Iterable<Moment> {
  const { limit } = runLimit(terms, state)
  const slow = state.more.lagged ? undefined : slowFrom(state.more.samples, terms.slow, false, 0)
  for (const run of runs) {
    yield { at: justAfter(run.judgedFrom + limit), kind: 'overran', run }
    if (slow !== undefined && !isBad(state.verdict) && state.verdict !== 'slow')
      yield { at: Math.ceil(run.judgedFrom + slow), kind: 'slow', run }
  }
}

function* silenceMoments(terms: Terms, state: State): Iterable<Moment> {
  yield { at: justAfter(state.deadlineAt), kind: 'missed' }
  if (terms.startWithin !== undefined) yield { at: justAfter(state.dueAt + terms.startWithin), kind: 'notStarted' }
  if (state.verdict === 'ok' || state.verdict === 'unverified') yield { at: justAfter(state.dueAt), kind: 'late' }
  if (state.verdict === 'ok' || state.verdict === 'late') {
    const lag = lagLimit(terms, state)
    if (lag !== undefined) yield { at: Math.ceil(opening(terms.schedule, state.dueAt) + lag), kind: 'lagging' }
  }
}

function lagLimit(terms: Terms, state: State): Duration | undefined {
  if (!state.more.lagged) return undefined
  return slowFrom(state.more.samples, terms.slow, true, graceOf(terms, state, state.dueAt).grace)
}
