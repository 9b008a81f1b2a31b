// A decision in the making: the facts so far, and the heartbeat as it is with them folded in.
import type { Directory } from './escalate.ts'
import type { Muting, Policy } from './escalation.ts'
import { evolve } from './evolve.ts'
import type { HeartbeatFact } from './fact.ts'
import type { Heartbeat, State, Terms } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { openRuns } from './moments.ts'
import type { Name } from './names.ts'
import type { Instant } from './time.ts'
import { isBad, type Rule, type Verdict } from './verdict.ts'

/** What a decision may know beyond the heartbeat itself. */
export interface Scene extends Directory {
  policyOf(terms: Terms): Policy
  /** Why nobody is to be paged for an incident; undefined: they are. */
  muteOf(heartbeat: Heartbeat, incident: Incident, now: Instant): Muting | undefined
  /** Since when the ear that hears it is deaf; NEVER: it hears. */
  deafSince(state: State): Instant
  /** Writes instants for people: the zone of a heartbeat that has none of its own. */
  readonly zone: string
}

type Body = HeartbeatFact extends infer F
  ? F extends HeartbeatFact
    ? Omit<F, 'heartbeat' | 'at' | 'seenAt'>
    : never
  : never

export class Draft {
  readonly name: Name
  readonly terms: Terms
  readonly scene: Scene
  readonly now: Instant
  readonly facts: HeartbeatFact[] = []
  state: State

  constructor(name: Name, terms: Terms, state: State, scene: Scene, now: Instant) {
    this.name = name
    this.terms = terms
    this.state = state
    this.scene = scene
    this.now = now
  }

  get heartbeat(): Heartbeat {
    return { name: this.name, terms: this.terms, state: this.state }
  }

  /** `at` is when it became true; it was seen now. */
  add(at: Instant, body: Body): void {
    const fact = { heartbeat: this.name, at, seenAt: this.now, ...body } as HeartbeatFact
    this.facts.push(fact)
    this.state = evolve(this.terms, this.state, fact)
  }

  verdict(at: Instant, to: Verdict, rule: Rule): void {
    if (this.state.verdict !== to) this.add(at, { type: 'verdict.changed', from: this.state.verdict, to, rule })
  }

  /** The verdict of a heartbeat of which nothing bad is known. */
  standing(): Verdict {
    return openRuns(this.state).length > 0 ? 'running' : 'ok'
  }

  isBad(): boolean {
    return isBad(this.state.verdict)
  }
}
