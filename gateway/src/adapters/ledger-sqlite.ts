// The embedded ledger: one partition, always ours. What arrives is judged in the same tick, its facts are encoded into
// the group that is being gathered, and everybody who waits for the group is answered by its one commit.
//
//   gathering -> in flight (one at a time) -> durable
//                \-> full: heard and judged, nobody acknowledged, pages speak from memory, retried by the store
import type { Arrival, Command, Judge, Ledger, Numbered, Outcome, Reply, Settled } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { type Fact, isHeartbeatFact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'
import { Backlog } from './ledger-backlog.ts'
import { GroupWriter, NOBODY } from './ledger-codec.ts'
import { type LedgerEvents, PendingGroup } from './ledger-group.ts'
import { walkBack } from './ledger-history.ts'
import type { Store } from './ledger-store.ts'

/** Bytes; what one decision gives stays together, however much it is. */
const LARGEST_GROUP = 262_144

export class SqliteLedger implements Ledger {
  readonly #judge: Judge
  readonly #registry: Registry
  readonly #events: LedgerEvents
  readonly #now: () => Instant
  readonly #writer = new GroupWriter()
  readonly #backlog = new Backlog()
  readonly #inFlight: PendingGroup[] = []
  #store: Store | undefined
  #bodies: { seq: number; bytes: Uint8Array }[] = []
  #gathering: PendingGroup
  #first = 1
  #next = 1
  #durable = 0
  #isFlushing = false
  #state: 'ok' | 'full' | 'closed' = 'ok'

  constructor(judge: Judge, registry: Registry, now: () => Instant, events: LedgerEvents) {
    this.#judge = judge
    this.#registry = registry
    this.#now = now
    this.#events = events
    this.#gathering = new PendingGroup(this.#events)
  }

  /** Begins to write, at the first free number. */
  open(store: Store, next: number): void {
    this.#store = store
    this.#first = this.#next = next
    this.#durable = next - 1
  }

  get state(): 'ok' | 'full' | 'closed' {
    return this.#state
  }

  /** Since when facts wait to be on disk; undefined: none does. */
  get committingSince(): Instant | undefined {
    return this.#inFlight[0] && this.#now() - (performance.now() - this.#inFlight[0].sentAt)
  }

  /** Number of the latest fact, on disk or on its way. */
  get latest(): number {
    return this.#next - 1
  }

  receive(arrival: Arrival, settled: Settled): void {
    if (this.#state === 'closed') return settled('closed')
    if (this.#state === 'full' && this.#backlog.refuses(this.#now())) return settled('full')
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
    // What is asked of the store after this finds the latest facts there.
    this.flush()
    return walkBack(this.#opened, this.#registry, this.#registry.find(name), before, limit)
  }

  body(seq: number): Promise<Uint8Array | undefined> {
    this.flush()
    return this.#opened.body(seq)
  }

  maySpeak = (): boolean => this.#state !== 'closed'

  /** Everything up to and including fact number `upTo` is on disk. */
  committed(upTo: number): void {
    const facts = upTo - this.#durable
    this.#durable = upTo
    const done = this.#inFlight.filter((group) => group.upTo <= upTo)
    this.#inFlight.splice(0, done.length)
    for (const group of done) {
      this.#backlog.bytes -= group.bytes
      group.settle('durable')
    }
    if (done[0] !== undefined) this.#events.measured(performance.now() - done[0].sentAt, facts)
    for (const group of done) group.publish()
    this.flush()
  }

  /** The disk is full: whoever waits is told so, and what was judged is acted on from memory. */
  full(): void {
    if (this.#state === 'ok') this.#state = 'full'
    for (const group of this.#inFlight) this.#speakFromMemory(group)
    this.flush()
  }

  recovered(): void {
    if (this.#state === 'full') this.#state = 'ok'
    const deafSince = this.#backlog.hearAgain()
    if (deafSince !== undefined) this.#events.wasDeaf(deafSince)
  }

  /** Nothing is acknowledged from here on. */
  stop(): void {
    this.#state = 'closed'
    for (const group of [...this.#inFlight, this.#gathering]) group.settle('closed')
  }

  /** Sends what was gathered on its way without waiting for the commit before it. */
  flush(): void {
    const group = this.#gathering
    if (group.upTo === 0) return
    const bytes = this.#writer.take()
    const bodies = this.#bodies
    group.bytes = bytes.length
    group.sentAt = performance.now()
    this.#backlog.bytes += bytes.length
    this.#gathering = new PendingGroup(this.#events)
    this.#bodies = []
    this.#inFlight.push(group)
    const count = group.upTo - this.#first + 1
    this.#opened.append({ first: this.#first, count, at: this.#now(), bytes, bodies })
    this.#first += count
    if (this.#state !== 'ok') this.#speakFromMemory(group)
  }

  /** Resolves when everything that was heard so far is settled, one way or the other. */
  quiet(): Promise<void> {
    return new Promise((resolve) => this.#await(() => resolve()))
  }

  get #opened(): Store {
    if (this.#store === undefined) throw new Error('the ledger is not open')
    return this.#store
  }

  #gather(facts: readonly Fact[], body?: Uint8Array): void {
    for (const fact of facts) {
      const seq = this.#next++
      const number = isHeartbeatFact(fact) ? this.#registry.find(fact.heartbeat) : -1
      this.#writer.add(fact, number === -1 ? NOBODY : number, number === -1 ? 0 : this.#registry.lastSeq(number))
      if (number !== -1) this.#registry.link(number, seq)
      this.#gathering.note(fact, seq)
      if (body !== undefined && fact.type === 'signal.received') this.#bodies.push({ seq, bytes: body })
    }
    // Whoever reads one fact reads its group: a thousand declarations at once are several.
    if (this.#writer.size > LARGEST_GROUP) this.flush()
    else if (facts.length > 0) this.#schedule()
  }

  /** Answers when all facts so far are on disk: at once where they are. */
  #await(settled: Settled): void {
    if (this.#gathering.upTo > 0) this.#gathering.await(settled)
    else if (this.#durable >= this.#next - 1) settled('durable')
    else if (this.#state !== 'ok') settled(this.#state)
    else (this.#inFlight.at(-1) as PendingGroup).await(settled)
  }

  #schedule(): void {
    if (this.#isFlushing || (this.#inFlight.length > 0 && this.#state === 'ok')) return
    this.#isFlushing = true
    setImmediate(() => {
      this.#isFlushing = false
      this.flush()
    })
  }

  #speakFromMemory(group: PendingGroup): void {
    group.settle(this.#state === 'closed' ? 'closed' : 'full')
    group.publish()
  }
}
