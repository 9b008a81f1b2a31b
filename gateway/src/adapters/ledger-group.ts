// A group of facts between its judgement and its commit: who waits for it, and what may be acted on after it.
import type { Outcome, Settled } from '../app/ports.ts'
import type { Fact } from '../domain/fact.ts'

export class PendingGroup {
  /** Number of its last fact; 0: it has none. */
  upTo = 0
  bytes = 0
  sentAt = 0
  #settled: Settled[] = []
  #notable: Fact[] = []

  note(fact: Fact, seq: number): void {
    this.upTo = seq
    if (fact.type !== 'signal.received') this.#notable.push(fact)
  }

  await(settled: Settled): void {
    this.#settled.push(settled)
  }

  settle(outcome: Outcome): void {
    const settled = this.#settled
    this.#settled = []
    for (const one of settled) one(outcome)
  }

  /** Facts other than signals, once. */
  takeNotable(): readonly Fact[] {
    const notable = this.#notable
    this.#notable = []
    return notable
  }
}
