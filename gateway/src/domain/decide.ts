// The one door to a decision: facts from a heartbeat, an event and an instant. No clock, no randomness, no I/O.
import { expectAfter } from './deadline.ts'
import { Draft, type Scene } from './draft.ts'
import type { Deed, HeartbeatFact } from './fact.ts'
import { hear } from './hear.ts'
import type { Heartbeat, State, Terms } from './heartbeat.ts'
import type { Name } from './names.ts'
import * as obey from './obey.ts'
import type { Signal } from './signal.ts'
import { judgeSilence } from './silence.ts'
import { recheck } from './spell.ts'
import { type Instant, NEVER } from './time.ts'

export type Order =
  | ({ readonly kind: 'acknowledge' | 'resolve'; readonly incident: string } & Deed)
  | { readonly kind: 'pause' | 'resume' | 'remove'; readonly by: string }

export type Event =
  | { readonly kind: 'tick' }
  /** What mutes it may have changed. */
  | { readonly kind: 'recheck' }
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'order'; readonly order: Order }

export const TICK: Event = { kind: 'tick' }
export const RECHECK: Event = { kind: 'recheck' }

export type Decision = {
  readonly facts: readonly HeartbeatFact[]
  /** The state with the facts folded in. */
  readonly state: State
  readonly refused?: 'unknown' | 'already'
}

/**
 * What is true at `now` that was not known before: first what silence made true up to `now`, then what the event
 * did, then what follows at once. Nothing received earlier than `now` may still appear.
 */
export function decide(heartbeat: Heartbeat, event: Event, scene: Scene, now: Instant): Decision {
  const draft = new Draft(heartbeat.name, heartbeat.terms, heartbeat.state, scene, now)
  judgeSilence(draft)
  if (event.kind === 'tick') return { facts: draft.facts, state: draft.state }
  if (event.kind === 'signal') hear(draft, event.signal)
  if (event.kind === 'recheck') recheck(draft)
  const refused = event.kind === 'order' ? carryOut(draft, event.order) : undefined
  const isRemoved = event.kind === 'order' && event.order.kind === 'remove'
  if (!isRemoved) judgeSilence(draft)
  const decision = { facts: draft.facts, state: draft.state }
  return refused === undefined ? decision : { ...decision, refused }
}

/** A signal was heard and changed nothing else, as nearly always. */
export function isOnlyHeard({ facts }: Decision): boolean {
  return facts.length === 0 || (facts.length === 1 && facts[0]?.type === 'signal.received')
}

/** A new heartbeat, or other terms for a known one; new terms never page for what lies behind them. */
export function declare(name: Name, terms: Terms, state: State | undefined, now: Instant): HeartbeatFact {
  const waits = state === undefined && terms.unseen === 'wait'
  const from = Math.max(state?.lastOkAt ?? 0, now)
  const expect = waits ? { dueAt: NEVER, deadlineAt: NEVER } : expectAfter(terms, state, from)
  return { type: 'heartbeat.declared', heartbeat: name, at: now, seenAt: now, terms, ...expect }
}

function carryOut(draft: Draft, order: Order): 'unknown' | 'already' | undefined {
  switch (order.kind) {
    case 'acknowledge':
      return obey.acknowledge(draft, order.incident, deedOf(order))
    case 'resolve':
      return obey.resolveByHand(draft, order.incident, deedOf(order))
    case 'pause':
      return obey.pause(draft, order.by)
    case 'resume':
      return obey.resume(draft, order.by)
    case 'remove':
      obey.remove(draft, order.by)
      return undefined
  }
}

function deedOf({ by, note, link }: Deed): Deed {
  return { by, ...(note !== undefined && { note }), ...(link !== undefined && { link }) }
}
