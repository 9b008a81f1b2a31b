// The partition's loop: arrivals, commands and the movement of time, in order, each turned into facts by `decide` and
// folded at once. It names no adapter and reads no clock.
import { type Decision, decide, declare, type Event, TICK } from '../domain/decide.ts'
import type { Scene } from '../domain/draft.ts'
import { type Fact, isHeartbeatFact } from '../domain/fact.ts'
import type { Terms } from '../domain/heartbeat.ts'
import { wakeAt } from '../domain/moments.ts'
import type { Name } from '../domain/names.ts'
import type { Duration, Instant } from '../domain/time.ts'
import type { Hearing } from './hearing.ts'
import type { Arrival, Command, Judge, Reply } from './ports.ts'
import type { Registry } from './registry.ts'
import { WakeHeap } from './wake.ts'

/** Heartbeats judged in one tick; what is left waits for the next, so that signals are heard between. */
const MOST_PER_TICK = 2_000
/** When a held heartbeat is looked at again. */
const HOLD_AGAIN: Duration = 50

const DONE: Reply = { kind: 'done' }

export class PartitionJudge implements Judge {
  readonly #registry: Registry
  readonly #hearing: Hearing
  readonly #heap = new WakeHeap()
  scene: Scene

  constructor(registry: Registry, hearing: Hearing, scene: Scene) {
    this.#registry = registry
    this.#hearing = hearing
    this.scene = scene
  }

  /** The earliest instant at which a tick has something to do. */
  get wakesAt(): Instant {
    return this.#heap.next
  }

  arrive({ name, signal, create }: Arrival): readonly Fact[] {
    const number = this.#registry.find(name)
    if (number !== -1) return this.#decide(number, { kind: 'signal', signal }, signal.receivedAt).facts
    if (create === undefined) return []
    const declared = this.#declare(name, create, signal.receivedAt)
    const { facts } = this.#decide(this.#registry.find(name), { kind: 'signal', signal }, signal.receivedAt)
    return [...declared, ...facts]
  }

  request(command: Command, now: Instant): { reply: Reply; facts: readonly Fact[] } {
    switch (command.kind) {
      case 'declare':
        return { reply: DONE, facts: this.#declare(command.name, command.terms, now) }
      case 'acknowledge':
      case 'resolve': {
        const incident = this.#registry.incidents.get(command.incident)
        if (incident === undefined) return refused('unknown')
        return incident.state === 'resolved' ? refused('already') : this.#order(incident.heartbeat, command, now)
      }
      default:
        return this.#order(command.name, command, now)
    }
  }

  tick(now: Instant): readonly Fact[] {
    const facts: Fact[] = []
    for (let judged = 0; judged < MOST_PER_TICK; judged++) {
      const number = this.#heap.take(now)
      if (number === -1) break
      const name = this.#registry.roster.nameOf(number) as Name
      if (this.#registry.roster.termsOf(number) === undefined) continue
      if (this.#hearing.isHeld(name, now)) this.#heap.wake(number, now + HOLD_AGAIN)
      else facts.push(...this.#decide(number, TICK, now).facts)
    }
    return facts
  }

  note(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.#registry.fold(fact)
      if (isHeartbeatFact(fact)) this.#wake(this.#registry.find(fact.heartbeat))
      else if (fact.type === 'blind.passed' || fact.type === 'clock.stepped') this.wakeAll()
    }
  }

  /** After a replay, or when every deadline may have moved. */
  wakeAll(): void {
    this.#heap.reserve(this.#registry.roster.count)
    for (const number of this.#registry.roster.numbers()) this.#wake(number)
  }

  #order(
    name: Name,
    order: Extract<Event, { kind: 'order' }>['order'],
    now: Instant,
  ): { reply: Reply; facts: readonly Fact[] } {
    const number = this.#registry.find(name)
    if (number === -1) return refused('unknown')
    const { facts, refused: why } = this.#decide(number, { kind: 'order', order }, now)
    return { reply: why === undefined ? DONE : { kind: 'refused', why }, facts }
  }

  #decide(number: number, event: Event, now: Instant): Decision {
    const heartbeat = this.#registry.heartbeat(number)
    const decision = decide(heartbeat, event, this.scene, now)
    this.#registry.settle(number, decision.state, decision.facts)
    this.#heap.wake(number, wakeAt(heartbeat.terms, decision.state))
    return decision
  }

  /** No fact where nothing changes. */
  #declare(name: Name, terms: Terms, now: Instant): readonly Fact[] {
    const { roster } = this.#registry
    const number = this.#registry.find(name)
    const shared = roster.share(terms)
    if (number !== -1 && roster.termsOf(number) === shared) return []
    const fact = declare(name, shared, number === -1 ? undefined : this.#registry.state(number), now)
    this.#registry.fold(fact)
    this.#wake(this.#registry.find(name))
    return [fact]
  }

  #wake(number: number): void {
    const terms = this.#registry.roster.termsOf(number)
    if (terms !== undefined) this.#heap.wake(number, wakeAt(terms, this.#registry.state(number)))
  }
}

function refused(why: 'unknown' | 'already'): { reply: Reply; facts: readonly Fact[] } {
  return { reply: { kind: 'refused', why }, facts: [] }
}
