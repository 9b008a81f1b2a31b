// What a way to the gateway is: it sends one signal and says what became of it. Types only.
import type { Signal } from './signal.ts'

export type Answer =
  | { readonly kind: 'taken' }
  /** `refused`: for good. `away`: to be tried again, no sooner than `retryAfter` milliseconds. */
  | { readonly kind: 'refused' | 'away'; readonly why: string; readonly retryAfter?: number }

export type Link = {
  /** How many signals may be under way at once. */
  readonly window: number
  /** Never rejects. `age` is asked for once, when the signal is written, and answers in milliseconds. */
  send(signal: Signal, seq: number, age: () => number): Promise<Answer>
  /** Whether what is under way keeps the process alive; at first it does not. */
  hold(held: boolean): void
  /** Ends a connection that is being made: it holds the process, whatever it is told. */
  giveUp(): void
  /** True while a connection is open that should be closed in good order. */
  isOpen(): boolean
  /** Closes in good order; the next signal opens anew. `now`: the process ends in this tick. */
  leave(now: boolean): void
  /** Called when an open connection broke. */
  onLost: () => void
}

/** Seconds of a Retry-After as milliseconds, and no more than a quarter of an hour. */
export function retryAfterOf(written: string | undefined): number {
  return written !== undefined && /^\d{1,6}$/.test(written) ? Math.min(Number(written) * 1000, 900_000) : 0
}

/**
 * A connection that is not made by then never will be: two SYNs more fit in. It also bounds how long one holds up the
 * end.
 */
export const CONNECT_WITHIN = 3_500
