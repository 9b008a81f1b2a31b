// A group of facts between its judgement and its commit: who waits for it, what may be acted on after it, and what is told
// of it then.
import type { Audience } from '../app/audience.ts'
import type { Numbered, Outcome, Settled } from '../app/ports.ts'
import type { Fact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'

export type LedgerEvents = {
  /** Facts other than signals that may now be acted on; none, as often as not. */
  readonly committed: (facts: readonly Fact[]) => void
  /** One commit: how long it took, in ms, and how many facts were in its groups. */
  readonly measured: (ms: number, facts: number) => void
  /** Signals were refused unheard from `since` until now. */
  readonly wasDeaf: (since: Instant) => void
  /** Told of all facts. */
  readonly audience: Audience
}

export class PendingGroup {
  /** Number of its last fact; 0: it has none. */
  upTo = 0
  bytes = 0
  sentAt = 0
  readonly #events: Pick<LedgerEvents, 'committed' | 'audience'>
  #settled: Settled[] = []
  #notable: Fact[] = []
  #told: Numbered[] = []

  constructor(events: Pick<LedgerEvents, 'committed' | 'audience'>) {
    this.#events = events
  }

  note(fact: Fact, seq: number): void {
    this.upTo = seq
    if (fact.type !== 'signal.received') this.#notable.push(fact)
    if (this.#events.audience.isListening) this.#told.push({ seq, fact })
  }

  await(settled: Settled): void {
    this.#settled.push(settled)
  }

  settle(outcome: Outcome): void {
    const settled = this.#settled
    this.#settled = []
    for (const one of settled) one(outcome)
  }

  /** Its facts may be acted on, and are told, once. */
  publish(): void {
    const [notable, told] = [this.#notable, this.#told]
    this.#notable = []
    this.#told = []
    this.#events.committed(notable)
    if (told.length > 0) this.#events.audience.tell(told)
  }
}
