// The points of one heartbeat: each signal it sent, and its verdict when it changes and again every few minutes.
import { baselineOf } from '../domain/baseline.ts'
import type { Fact } from '../domain/fact.ts'
import type { State, Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { skippedBy } from '../domain/sequence.ts'
import { type Instant, NEVER } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import { type Point, VERDICT_CODES } from './series-point.ts'

export type Subject = { readonly name: Name; readonly terms: Terms }

/** `before`: the state that the signal met. */
export function signalPoint(
  { name, terms }: Subject,
  before: State,
  { signal, effect }: Extract<Fact, { type: 'signal.received' }>,
  seq: number,
): Point<'hb_signal'> {
  const { dueAt, lastSignalAt, misses, more } = before
  const isAwaited = signal.kind === 'ok' && effect?.dueAt !== undefined && dueAt !== NEVER
  const duration = signal.duration ?? (effect?.lag === true ? undefined : effect?.duration)
  return {
    measurement: 'hb_signal',
    tags: { heartbeat: name, group: terms.group, kind: signal.kind, via: signal.via },
    fields: {
      n: 1,
      duration_ms: duration,
      lag_ms: isAwaited ? signal.at - dueAt : undefined,
      gap_ms: lastSignalAt === 0 ? undefined : signal.at - lastSignalAt,
      skew_ms: signal.receivedAt - signal.at,
      baseline_ms: more.lagged ? undefined : baselineOf(more.samples),
      missed: misses,
      exit: signal.exit,
      seq: signal.seq,
      lost: signal.seq === undefined ? undefined : skippedBy(more.seqs, signal.boot ?? 0, signal.seq),
      reboot: signal.boot !== undefined && more.boot > 0 && signal.boot > more.boot ? 1 : undefined,
      run: signal.run,
    },
    at: signal.at,
    seq,
  }
}

/** `prev`: the verdict before; the same where it did not change. */
export function statePoint(
  { name, terms }: Subject,
  state: State,
  prev: Verdict,
  at: Instant,
  seq: number,
): Point<'hb_state'> {
  const { verdict, since, lastSignalAt, lastOkAt, dueAt, deadlineAt, misses, more } = state
  return {
    measurement: 'hb_state',
    tags: { heartbeat: name, group: terms.group, owner: terms.owner },
    fields: {
      code: VERDICT_CODES[verdict],
      prev: VERDICT_CODES[prev],
      since,
      last_signal: lastSignalAt,
      last_ok: lastOkAt,
      due: dueAt === NEVER ? undefined : dueAt,
      deadline: deadlineAt === NEVER ? undefined : deadlineAt,
      overdue_ms: overdueAt(state, at),
      missed: misses,
      baseline_ms: baselineOf(more.samples),
    },
    at,
    seq,
  }
}

/** How far past its deadline a missed heartbeat is: its verdict became true there. */
export function overdueAt({ verdict, since }: Pick<State, 'verdict' | 'since'>, at: Instant): number {
  return verdict === 'missed' ? Math.max(0, at - since) : 0
}
