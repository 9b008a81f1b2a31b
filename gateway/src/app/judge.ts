// The partition's loop: arrivals, commands and the movement of time, in order, each turned into facts by `decide` and
// folded at once. It names no adapter and reads no clock.
import { type Decision, decide, declare, type Event, isOnlyHeard, RECHECK, TICK } from '../domain/decide.ts'
import { type Fact, type HeartbeatFact, isHeartbeatFact } from '../domain/fact.ts'
import type { Heartbeat, Terms } from '../domain/heartbeat.ts'
import { wakeAt } from '../domain/moments.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import { grant, isGrant } from './grant.ts'
import type { Hearing } from './hearing.ts'
import { type Answered, done, refused } from './look.ts'
import { isOfOperator, Operator } from './operator.ts'
import type { Arrival, Command, Judge } from './ports.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'
import { StormJudge } from './storm-judge.ts'
import { WakeHeap } from './wake.ts'

/** Heartbeats judged in one tick, and facts that it makes; what is left waits for the next, so that signals are heard between. */
const MOST_PER_TICK = 2_000
const MOST_FACTS = 100

export class PartitionJudge implements Judge {
  readonly #registry: Registry
  readonly #hearing: Hearing
  readonly #heap = new WakeHeap()
  readonly #storms: StormJudge
  readonly #operator: Operator
  /** Numbers of heartbeats whose mute may have changed. */
  readonly #rechecks = new Set<number>()
  /** Of the last command: a tick may be stamped a little earlier, and what was asked for is not yet true then. */
  #askedAt: Instant = 0
  #scene: LiveScene
  /** More was due than one tick judges. */
  isBehind = false

  constructor(registry: Registry, hearing: Hearing, scene: LiveScene) {
    this.#registry = registry
    this.#hearing = hearing
    this.#scene = scene
    const look = { registry, scene: () => this.#scene, recheck: (incident: string) => this.#recheck(incident) }
    this.#storms = new StormJudge(look)
    this.#operator = new Operator(look, this.#storms)
  }

  get scene(): LiveScene {
    return this.#scene
  }

  /** Other rules from now on: whoever is muted may not be any more. */
  set scene(scene: LiveScene) {
    this.#scene = scene
    for (const { id, mute } of this.#registry.open()) if (mute !== undefined) this.#recheck(id)
    this.#storms.expectOtherMutes()
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

  request(command: Command, now: Instant): Answered {
    this.#askedAt = now
    if (isGrant(command)) return grant(this.#registry, command, now)
    if (isOfOperator(command)) return this.#operator.request(command, now)
    switch (command.kind) {
      case 'declare':
        return done(this.#declare(command.name, command.terms, now))
      case 'acknowledge':
      case 'resolve': {
        const incident = this.#registry.incidents.get(command.incident)
        if (incident === undefined) return this.#ofStorm(command, now)
        return incident.state === 'resolved' ? refused('already') : this.#order(incident.heartbeat, command, now)
      }
      default:
        return this.#order(command.name, command, now)
    }
  }

  tick(now: Instant): readonly Fact[] {
    const facts: Fact[] = []
    let judged = 0
    for (; judged < MOST_PER_TICK && facts.length < MOST_FACTS; judged++) {
      const number = this.#heap.take(now)
      if (number === -1) break
      if (this.#registry.roster.termsOf(number) === undefined) continue
      const again = this.#hearing.looksAgain(this.#registry, number, this.#scene, now)
      if (again !== undefined) this.#heap.wake(number, again)
      else for (const fact of this.#decide(number, TICK, now).facts) facts.push(fact)
    }
    this.#recheckSome(now, facts)
    this.isBehind = judged === MOST_PER_TICK || facts.length >= MOST_FACTS
    for (const fact of this.#storms.tick(now)) facts.push(fact)
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
    this.#askedAt = 0
    this.#heap.reserve(this.#registry.roster.count)
    for (const number of this.#registry.roster.numbers()) this.#wake(number)
  }

  #order(name: Name, order: Extract<Event, { kind: 'order' }>['order'], now: Instant): Answered {
    const number = this.#registry.find(name)
    if (number === -1) return refused('unknown')
    const { facts, refused: why } = this.#decide(number, { kind: 'order', order }, now)
    return { ...(why === undefined ? done([]) : refused(why)), facts }
  }

  /** A storm's word; resolving one resolves the incidents in it. */
  #ofStorm(command: Extract<Command, { kind: 'acknowledge' | 'resolve' }>, now: Instant): Answered {
    const members = command.kind === 'resolve' ? this.#storms.membersOf(command.incident) : []
    const { reply, facts } = this.#storms.request(command, now)
    if (reply.kind === 'refused') return { reply, facts }
    const { by, note } = command
    const resolved = members.flatMap(({ id, heartbeat }) => [
      ...this.#order(heartbeat, { kind: 'resolve', incident: id, by, ...(note !== undefined && { note }) }, now).facts,
    ])
    return { reply, facts: [...facts, ...resolved] }
  }

  #decide(number: number, event: Event, now: Instant): Decision {
    const heartbeat = this.#registry.heartbeat(number)
    const decision = decide(heartbeat, event, this.#scene, now)
    this.#registry.settle(number, decision.state, decision.facts)
    this.#heap.wake(number, wakeAt(heartbeat.terms, decision.state, this.#scene.deafSince(decision.state)))
    if (isOnlyHeard(decision)) return decision
    const more = this.#consequences({ ...heartbeat, state: decision.state }, decision.facts, now)
    return more.length === 0 ? decision : { ...decision, facts: [...decision.facts, ...more] as HeartbeatFact[] }
  }

  /** What a decision about one heartbeat means for others: its children, and a storm. */
  #consequences(heartbeat: Heartbeat, facts: readonly HeartbeatFact[], now: Instant): readonly Fact[] {
    const storm: Fact[] = []
    for (const fact of facts) {
      const ofParent = fact.type === 'verdict.changed' && (fact.from === 'missed' || fact.to === 'missed')
      if (ofParent || fact.type === 'heartbeat.removed')
        for (const child of this.#registry.casebook.mutedBy('parent', heartbeat.name)) this.#recheck(child)
      else if (fact.type === 'incident.stepTaken' || (fact.type === 'incident.muted' && fact.by === 'gathering'))
        storm.push(...this.#storms.note(heartbeat, now))
    }
    return storm
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

  #recheckSome(now: Instant, facts: Fact[]): void {
    if (now < this.#askedAt) return
    let left = MOST_PER_TICK
    for (const number of this.#rechecks) {
      if (left-- === 0 || facts.length >= MOST_FACTS) return
      this.#rechecks.delete(number)
      if (this.#registry.roster.termsOf(number) === undefined) continue
      for (const fact of this.#decide(number, RECHECK, now).facts) facts.push(fact)
    }
  }

  #recheck(incident: string): void {
    const name = this.#registry.incidents.get(incident)?.heartbeat
    const number = name === undefined ? -1 : this.#registry.find(name)
    if (number !== -1) this.#rechecks.add(number)
  }

  #wake(number: number): void {
    const terms = this.#registry.roster.termsOf(number)
    if (terms === undefined) return
    const state = this.#registry.state(number)
    this.#heap.wake(number, wakeAt(terms, state, this.#scene.deafSince(state)))
  }
}
