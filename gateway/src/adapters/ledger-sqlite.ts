// The embedded ledger: one partition, always ours. What arrives is judged in the same tick, its facts are encoded into
// the group that is being gathered, and everybody who waits for the group is answered by its one commit.
//
//   gathering -> in flight (one at a time) -> durable
//                \-> full: heard and judged, nobody acknowledged, pages speak from memory, retried by the store

import type { Arrival, Command, Judge, Ledger, Numbered, Outcome, Reply, Settled } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { type Fact, isHeartbeatFact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'
import { GroupWriter, NOBODY } from './ledger-codec.ts'
import { walkBack } from './ledger-history.ts'
import type { Store } from './ledger-store.ts'

/** Facts that wait for space are kept up to this; beyond it signals are refused unheard. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024

/** One commit under way and one group that waits at the store: more would only be more messages. */
const MOST_IN_FLIGHT = 2

type Group = { upTo: number; bytes: number; settled: Settled[]; notable: Fact[]; sentAt: number }

export type LedgerEvents = {
  /** Facts other than signals that may now be acted on. */
  readonly committed: (facts: readonly Fact[]) => void
  /** One commit: how long it took, in ms, and how many facts were in its groups. */
  readonly measured: (ms: number, facts: number) => void
  /** Signals were refused unheard from `since` until now. */
  readonly wasDeaf: (since: Instant) => void
}

export class SqliteLedger implements Ledger {
  readonly #judge: Judge
  readonly #registry: Registry
  readonly #events: LedgerEvents
  readonly #now: () => Instant
  readonly #writer = new GroupWriter()
  readonly #inFlight: Group[] = []
  #store: Store | undefined
  #bodies: { seq: number; bytes: Uint8Array }[] = []
  #gathering: Group = emptyGroup()
  #first = 1
  #next = 1
  #durable = 0
  #isFlushing = false
  #state: 'writing' | 'full' | 'closed' = 'writing'
  #waitingBytes = 0
  #deafSince: Instant | undefined

  constructor(judge: Judge, registry: Registry, now: () => Instant, events: LedgerEvents) {
    this.#judge = judge
    this.#registry = registry
    this.#now = now
    this.#events = events
  }

  /** Begins to write, at the first free number. */
  open(store: Store, next: number): void {
    this.#store = store
    this.#first = this.#next = next
    this.#durable = next - 1
  }

  /** `ok`, or why nobody is acknowledged. */
  get state(): 'ok' | 'full' | 'closed' {
    return this.#state === 'writing' ? 'ok' : this.#state
  }

  /** Number of the latest fact, on disk or on its way. */
  get latest(): number {
    return this.#next - 1
  }

  receive(arrival: Arrival, settled: Settled): void {
    if (this.#state !== 'writing' && this.#refuses()) return settled(this.#state === 'full' ? 'full' : 'closed')
    this.#gather(this.#judge.arrive(arrival), arrival.body)
    this.#await(settled)
  }

  request(command: Command): Promise<{ reply: Reply; outcome: Outcome }> {
    const { reply, facts } = this.#judge.request(command, this.#now())
    this.#gather(facts)
    return new Promise((resolve) => this.#await((outcome) => resolve({ reply, outcome })))
  }

  tick(heardUntil: Instant): void {
    this.#gather(this.#judge.tick(heardUntil))
  }

  append(facts: readonly Fact[]): void {
    this.#judge.note(facts)
    this.#gather(facts)
  }

  history(name: string, before: number, limit: number): Promise<readonly Numbered[]> {
    const number = this.#registry.find(name)
    return walkBack(this.#store as Store, this.#registry, number, before, limit)
  }

  body(seq: number): Promise<Uint8Array | undefined> {
    return (this.#store as Store).body(seq)
  }

  maySpeak(): boolean {
    return this.#state !== 'closed'
  }

  /** Everything up to and including fact number `upTo` is on disk. */
  committed(upTo: number): void {
    this.#durable = Math.max(this.#durable, upTo)
    const done: Group[] = []
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].upTo <= upTo) done.push(this.#inFlight.shift() as Group)
    for (const group of done) {
      this.#waitingBytes -= group.bytes
      for (const settled of group.settled) settled('durable')
    }
    const oldest = done[0]
    if (oldest !== undefined) this.#events.measured(performance.now() - oldest.sentAt, upTo - this.#durableBefore)
    this.#durableBefore = upTo
    for (const group of done) if (group.notable.length > 0) this.#events.committed(group.notable)
    if (this.#gathering.upTo > 0) this.#flush()
  }
  #durableBefore = 0

  /** The disk is full: whoever waits is told so, and what was judged is acted on from memory. */
  full(): void {
    if (this.#state === 'writing') this.#state = 'full'
    for (const group of this.#inFlight) this.#speakFromMemory(group)
  }

  recovered(): void {
    if (this.#state === 'full') this.#state = 'writing'
    if (this.#deafSince !== undefined) this.#events.wasDeaf(this.#deafSince)
    this.#deafSince = undefined
  }

  /** Nothing is acknowledged from here on. */
  stop(): void {
    this.#state = 'closed'
    for (const group of [...this.#inFlight, this.#gathering]) {
      for (const settled of group.settled) settled('closed')
      group.settled = []
    }
  }

  /** Sends what was gathered on its way without waiting for the commit before it. */
  flush(): void {
    if (this.#gathering.upTo > 0) this.#flush()
  }

  /** Resolves when everything that was heard so far is settled, one way or the other. */
  quiet(): Promise<void> {
    return new Promise((resolve) => this.#await(() => resolve()))
  }

  #gather(facts: readonly Fact[], body?: Uint8Array): void {
    for (const fact of facts) {
      const seq = this.#next++
      const number = isHeartbeatFact(fact) ? this.#registry.find(fact.heartbeat) : -1
      this.#writer.add(fact, number === -1 ? NOBODY : number, number === -1 ? 0 : this.#registry.lastSeq(number))
      if (number !== -1) this.#registry.link(number, seq)
      if (fact.type !== 'signal.received') this.#gathering.notable.push(fact)
      else if (body !== undefined) this.#bodies.push({ seq, bytes: body })
      this.#gathering.upTo = seq
    }
    if (facts.length > 0) this.#schedule()
  }

  /** Answers when all facts so far are on disk: at once where they are. */
  #await(settled: Settled): void {
    if (this.#gathering.upTo > 0) this.#gathering.settled.push(settled)
    else if (this.#durable >= this.#next - 1) settled('durable')
    else if (this.#state !== 'writing') settled(this.#state)
    else (this.#inFlight.at(-1) as Group).settled.push(settled)
  }

  #schedule(): void {
    if (this.#isFlushing || (this.#inFlight.length >= MOST_IN_FLIGHT && this.#state === 'writing')) return
    this.#isFlushing = true
    setImmediate(() => {
      this.#isFlushing = false
      if (this.#gathering.upTo > 0) this.#flush()
    })
  }

  #flush(): void {
    const group = this.#gathering
    const bytes = this.#writer.take()
    group.bytes = bytes.length
    group.sentAt = performance.now()
    this.#waitingBytes += bytes.length
    this.#gathering = emptyGroup()
    this.#inFlight.push(group)
    const bodies = this.#bodies
    this.#bodies = []
    const sent = { first: this.#first, count: group.upTo - this.#first + 1, at: this.#now(), bytes }
    this.#first = group.upTo + 1
    ;(this.#store as Store).append(bodies.length === 0 ? sent : { ...sent, bodies })
    if (this.#state !== 'writing') this.#speakFromMemory(group)
  }

  #speakFromMemory(group: Group): void {
    const outcome = this.#state === 'closed' ? 'closed' : 'full'
    for (const settled of group.settled) settled(outcome)
    group.settled = []
    const { notable } = group
    group.notable = []
    if (notable.length > 0) this.#events.committed(notable)
  }

  #refuses(): boolean {
    if (this.#state === 'closed') return true
    if (this.#waitingBytes < MOST_WAITING_BYTES) return false
    this.#deafSince ??= this.#now()
    return true
  }
}

function emptyGroup(): Group {
  return { upTo: 0, bytes: 0, settled: [], notable: [], sentAt: 0 }
}
