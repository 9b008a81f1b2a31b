// One signal folded into the state of one heartbeat: its times, its count, its run, its duration.
import { withSample } from './baseline.ts'
import type { Fact } from './fact.ts'
import { NO_PARTICULARS, type OpenRun, type Particulars, type State } from './heartbeat.ts'
import { particulars } from './particulars.ts'
import { withSeq } from './sequence.ts'
import { identityOf, type Signal } from './signal.ts'
import { type Instant, NEVER } from './time.ts'

const RUNS_KEPT = 16
const RECENT_KEPT = 16
const MOST_COUNTED = 65_535

export function heard(state: State, fact: Extract<Fact, { type: 'signal.received' }>): State {
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
    seqs: signal.seq === undefined ? more.seqs : withSeq(more.seqs, signal.boot ?? 0, signal.seq),
    boot: Math.max(more.boot, signal.boot ?? 0),
    farewell: farewellAfter(more, signal),
    suspectAt: effect?.suspectAt ?? (signal.kind === 'log' ? more.suspectAt : NEVER),
  })
}

function farewellAfter({ farewell }: Particulars, { kind, at }: Signal): Particulars['farewell'] {
  if (kind === 'bye' || kind === 'will') return { kind, at }
  return kind === 'log' ? farewell : undefined
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
