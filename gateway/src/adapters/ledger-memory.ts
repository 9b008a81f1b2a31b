// A ledger that keeps its facts in memory: for stories on a virtual clock. The same port, the same order, nothing on
// disk; `fill` and `free` play a disk.

import type { Arrival, Command, Judge, Ledger, Numbered, Outcome, Reply, Settled } from '../app/ports.ts'
import type { Fact } from '../domain/fact.ts'
import { isHeartbeatFact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'

export class MemoryLedger implements Ledger {
  readonly facts: Fact[] = []
  readonly #bodies = new Map<number, Uint8Array>()
  readonly #judge: Judge
  readonly #now: () => Instant
  readonly #committed: (facts: readonly Fact[]) => void
  #isFull = false

  constructor(judge: Judge, now: () => Instant, committed: (facts: readonly Fact[]) => void) {
    this.#judge = judge
    this.#now = now
    this.#committed = committed
  }

  fill(): void {
    this.#isFull = true
  }

  free(): void {
    this.#isFull = false
  }

  receive(arrival: Arrival, settled: Settled): void {
    const facts = this.#judge.arrive(arrival)
    const received = facts.findIndex((fact) => fact.type === 'signal.received')
    if (arrival.body !== undefined && received !== -1) this.#bodies.set(this.facts.length + received + 1, arrival.body)
    this.#commit(facts)
    settled(this.#outcome())
  }

  async request(command: Command): Promise<{ reply: Reply; outcome: Outcome }> {
    const { reply, facts } = this.#judge.request(command, this.#now())
    this.#commit(facts)
    return { reply, outcome: this.#outcome() }
  }

  tick(heardUntil: Instant): void {
    this.#commit(this.#judge.tick(heardUntil))
  }

  append(facts: readonly Fact[]): void {
    this.#judge.note(facts)
    this.#commit(facts)
  }

  async history(name: string, before: number, limit: number): Promise<readonly Numbered[]> {
    const found: Numbered[] = []
    for (let seq = Math.min(this.facts.length, before - 1); seq > 0 && found.length < limit; seq--) {
      const fact = this.facts[seq - 1] as Fact
      if (isHeartbeatFact(fact) && fact.heartbeat === name) found.push({ seq, fact })
    }
    return found
  }

  async body(seq: number): Promise<Uint8Array | undefined> {
    return this.#bodies.get(seq)
  }

  maySpeak(): boolean {
    return true
  }

  #commit(facts: readonly Fact[]): void {
    for (const fact of facts) this.facts.push(fact)
    const notable = facts.filter((fact) => fact.type !== 'signal.received')
    if (notable.length > 0) this.#committed(notable)
  }

  #outcome(): Outcome {
    return this.#isFull ? 'full' : 'durable'
  }
}
