// What a signal changes. Order of arrival does not matter where the signals say when they were true: the newest
// `ok` or `fail` gives the verdict, the newest `ok` or `bye` gives what is waited for, older ones are history.
import { slowFrom } from './baseline.ts'
import { countsFor, expectAfter, graceOf } from './deadline.ts'
import type { Draft } from './draft.ts'
import { endedAt } from './evolve-signal.ts'
import { reasonFor } from './explain.ts'
import type { Effect } from './fact.ts'
import { opening } from './schedule.ts'
import { hasSeq } from './sequence.ts'
import { identityOf, type Signal } from './signal.ts'
import { miss, slow } from './silence.ts'
import { resolve, trouble } from './spell.ts'
import { type Duration, isPast, MINUTE } from './time.ts'

/** How long a broken link has to be followed by any newer signal. */
const WILL_GRACE: Duration = MINUTE / 2

export function hear(draft: Draft, signal: Signal): void {
  if (isKnown(draft, signal)) return
  if (draft.state.verdict === 'paused') return hearPaused(draft, signal)
  switch (signal.kind) {
    case 'ok':
      return hearOk(draft, signal)
    case 'fail':
      return hearFail(draft, signal)
    case 'start':
      return hearStart(draft, signal)
    case 'will':
      return hearWill(draft, signal)
    case 'bye':
      return hearBye(draft, signal)
    case 'log':
      return record(draft, signal)
  }
  signal.kind satisfies never
}

/** Delivered before: acknowledged, and not counted twice. */
function isKnown(draft: Draft, signal: Signal): boolean {
  if (signal.seq !== undefined) return hasSeq(draft.state.more.seqs, signal.boot ?? 0, signal.seq)
  const identity = identityOf(signal)
  if (identity === undefined) return signal.redelivered === true
  return draft.state.more.recent.some((known) => known.identity === identity)
}

/** The operator stopped judging: history only, and an ok ends the pause unless it is to be ended by hand. */
function hearPaused(draft: Draft, signal: Signal): void {
  if (signal.kind !== 'ok' || draft.terms.resume === 'manual') return record(draft, signal)
  draft.add(signal.receivedAt, {
    type: 'heartbeat.resumed',
    by: 'signal',
    ...expectAfter(draft.terms, draft.state, signal.at, signal),
  })
  draft.verdict(signal.receivedAt, 'ok', 'signal')
  hearOk(draft, signal)
}

function hearOk(draft: Draft, signal: Signal): void {
  const { state, terms } = draft
  const newest = signal.at >= state.judgedAt
  const sample = sampleOf(draft, signal)
  const limit =
    sample && slowFrom(state.more.samples, terms.slow, sample.lag === true, graceOf(terms, state, state.dueAt).grace)
  const expect = expectAfter(terms, state, signal.at, signal)
  // A buffered success extends the deadline only as far as its own time allows: too old, and the silence goes on.
  const tooOld = isPast(expect.deadlineAt, draft.now) && signal.at < signal.receivedAt
  const moves = signal.at >= state.anchorAt && !tooOld
  const effect: Effect | undefined = moves ? { ...expect, ...sample } : sample
  record(draft, signal, effect)
  if (!newest || tooOld) return endRun(draft, signal)
  if (sample !== undefined && limit !== undefined && sample.duration >= limit && !draft.isBad()) {
    if (draft.state.verdict !== 'slow') slow(draft, signal.at)
    return
  }
  draft.verdict(signal.at, draft.standing(), 'signal')
  if (draft.state.more.incident !== undefined && draft.state.oks >= terms.recoverAfter)
    resolve(draft, signal.at, { by: 'heartbeat' })
}

function hearFail(draft: Draft, signal: Signal): void {
  const newest = signal.at >= draft.state.judgedAt
  record(draft, signal)
  if (!newest) return endRun(draft, signal)
  // Never an incident in the past, however long the device kept the news.
  const at = signal.receivedAt
  const why = reasonFor(draft, 'signal', at, signal)
  draft.verdict(at, 'failed', 'signal')
  trouble(draft, 'failed', at, why)
}

/** What is history only may still be the end of the last run. */
function endRun(draft: Draft, { receivedAt }: Signal): void {
  if (draft.state.verdict === 'running') draft.verdict(receivedAt, draft.standing(), 'signal')
}

function hearStart(draft: Draft, signal: Signal): void {
  const { state } = draft
  const ended = endedAt(state.more, signal.run ?? '')
  const finished =
    ended !== undefined &&
    ended >= signal.at &&
    state.more.recent.some(({ identity }) => identity === `ok:${signal.run}`)
  record(draft, signal, finished ? { duration: ended - signal.at, sampleAt: ended } : undefined)
  if (ended !== undefined || (signal.run === undefined && signal.at < state.judgedAt)) return
  if (!draft.isBad() && state.verdict !== 'slow') draft.verdict(signal.at, 'running', 'signal')
}

function hearWill(draft: Draft, signal: Signal): void {
  const { state, terms } = draft
  const ofOlderSession = signal.boot !== undefined && signal.boot < state.more.boot
  if (ofOlderSession || terms.will === 'ignore' || draft.isBad()) return record(draft, signal)
  if (terms.will === 'suspect') {
    const suspectAt = Math.min(state.deadlineAt, signal.receivedAt + WILL_GRACE)
    return record(draft, signal, { suspectAt })
  }
  record(draft, signal)
  miss(draft, signal.receivedAt, 'will')
}

function hearBye(draft: Draft, signal: Signal): void {
  const moves = signal.next !== undefined && signal.at >= draft.state.anchorAt
  const expect = expectAfter(draft.terms, draft.state, signal.at, signal)
  const ahead = moves && !isPast(expect.deadlineAt, draft.now)
  record(draft, signal, ahead ? expect : undefined)
  if (ahead && draft.state.verdict === 'late') draft.verdict(signal.at, draft.standing(), 'signal')
}

function record(draft: Draft, signal: Signal, effect?: Effect): void {
  const { redelivered: _, ...kept } = signal
  draft.add(signal.at, {
    type: 'signal.received',
    signal: signal.redelivered === undefined ? signal : kept,
    ...(effect === undefined ? {} : { effect }),
  })
}

type Measured = { readonly duration: Duration; readonly lag?: boolean }

/** In order: as the client measured it, from start to finish, behind the due instant it was waited for. */
function sampleOf(draft: Draft, signal: Signal): Measured | undefined {
  if (signal.duration !== undefined) return { duration: signal.duration }
  const { state, terms } = draft
  const run = state.more.runs.find(({ id }) => id === (signal.run ?? ''))
  if (run !== undefined) return signal.at >= run.startedAt ? { duration: signal.at - run.startedAt } : undefined
  const { kind } = terms.schedule
  const onlyPingsOnSuccess =
    state.more.runs.length === 0 && signal.run === undefined && (state.more.lagged || state.more.samples.length === 0)
  if (kind === 'every' || kind === 'none' || !onlyPingsOnSuccess || draft.isBad()) return undefined
  const due = countsFor(terms, signal.at)
  if (due === undefined || due !== state.dueAt) return undefined
  const lag = signal.at - opening(terms.schedule, due)
  return lag >= 0 ? { duration: lag, lag: true } : undefined
}
