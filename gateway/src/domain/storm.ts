// A storm: many incidents that share a cause and are paged as one. It escalates like an incident, grows without new
// pages, and ends as one; whoever is still bad a while after the rest came back is let go, to be paged alone.
//
//   opened -> receded (most are well again) -> resolved; returned: receded, and then too many were bad again
import { beginAt, evolveEscalation } from './escalate.ts'
import type { Escalation } from './escalation.ts'
import { changeOf, noteOf } from './escalation-facts.ts'
import type { GatewayFact, Scope } from './fact.ts'
import type { Incident } from './incident.ts'
import { type Duration, HOUR, type Instant, isPast, MINUTE, SECOND } from './time.ts'
import { type TimelineEntry, withEntry } from './timeline.ts'

export type Storm = Escalation & {
  readonly scope: Scope
  /** Heartbeats in the scope when it opened. */
  readonly size: number
  readonly since: Instant
  readonly openedAt: Instant
  readonly seenAt: Instant
  readonly explanation: string
  /** Since then most of its heartbeats are well again. */
  readonly recededAt?: Instant
  readonly resolvedAt?: Instant
  readonly resolvedBy?: string
  readonly usedLinks: readonly string[]
  readonly timeline: readonly TimelineEntry[]
}

/** A notice is one only where it names a storm. */
export type StormFact = Extract<GatewayFact, { readonly type: `storm.${string}` | `notice.${string}` }>

/** Incidents that were ever part of it, and those of them that are open. */
export type Members = { readonly all: number; readonly open: number }

/** Incidents this close together may be one storm. */
export const STORM_WINDOW: Duration = 30 * SECOND
const LEAST_MEMBERS = 10
const LEAST_SHARE = 0.2
/** So many are a storm whatever their share: nobody reads a hundred pages. */
const SURELY = 100
/** Its first page waits so long, so that its count says something. */
export const STORM_SETTLES: Duration = 3 * SECOND
/** Whoever is bad for so long after the rest came back is paged alone. */
export const STRAGGLES: Duration = 5 * MINUTE
/** Later incidents are no part of it, however bad it still is. */
const GROWS_FOR: Duration = HOUR

/** What is in common, as people read it: `group hall-7`, `mqtt`, `all`. */
export function describeScope(scope: Scope): string {
  if (scope.kind === 'group') return `group ${scope.group}`
  return scope.kind === 'link' ? scope.link : 'all'
}

/** Whether `count` incidents within the window are a storm of a scope of so many heartbeats. */
export function isStorm(count: number, size: number): boolean {
  return count >= LEAST_MEMBERS && (count >= size * LEAST_SHARE || count >= SURELY)
}

/** Whether an incident that is not in it yet belongs to it; whoever is in stays in until it is over. */
export function takesIn(storm: Storm, members: Members, incident: Incident, now: Instant): boolean {
  if (storm.policy.name !== incident.policy.name) return false
  return incident.seenAt >= storm.since && isGrowing(storm, members, now)
}

/** It still takes in what goes bad: for an hour, and while it is as bad as a storm. */
export function isGrowing(storm: Storm, members: Members, now: Instant): boolean {
  if (storm.state === 'resolved' || isPast(storm.seenAt + GROWS_FOR, now)) return false
  return isStorm(members.open, storm.size) || !isPast(storm.seenAt + STORM_WINDOW, now)
}

/** A wider storm takes over a narrower one that nobody was told of yet. */
export function takesOver(wide: Storm, narrow: Storm): boolean {
  if (narrow.id === wide.id || narrow.turns > 0 || narrow.policy.name !== wide.policy.name) return false
  return WIDTH[wide.scope.kind] > WIDTH[narrow.scope.kind]
}

const WIDTH: Readonly<Record<Scope['kind'], number>> = { group: 0, link: 1, all: 2 }

/** Most of its heartbeats are well again. */
export function isReceded({ all, open }: Members): boolean {
  return all > 0 && open <= all * LEAST_SHARE
}

export function evolveStorm(storm: Storm | undefined, fact: StormFact): Storm | undefined {
  if (fact.type === 'storm.opened') return opened(fact)
  if (storm === undefined) return undefined
  const next = { ...storm, timeline: withEntry(storm.timeline, fact, noteOf(fact)) }
  switch (fact.type) {
    case 'storm.receded':
      return { ...next, recededAt: fact.at }
    case 'storm.returned': {
      const { recededAt: _, ...back } = next
      return back
    }
    case 'storm.resolved':
      return { ...next, ...linkOf(storm, fact.link), state: 'resolved', resolvedAt: fact.at, resolvedBy: fact.by }
    default: {
      const change = changeOf(fact)
      if (change === undefined) return next
      const link = fact.type === 'storm.acknowledged' ? fact.link : undefined
      return evolveEscalation({ ...next, ...linkOf(storm, link) }, change)
    }
  }
}

function opened(fact: Extract<StormFact, { type: 'storm.opened' }>): Storm {
  const { storm: id, scope, size, since, severity, policy, explanation } = fact
  return {
    ...{ id, scope, size, since, severity, policy, explanation },
    ...{ openedAt: fact.at, seenAt: fact.seenAt },
    ...beginAt(fact.seenAt + STORM_SETTLES),
    gathered: true,
    pages: [],
    usedLinks: [],
    timeline: withEntry([], fact, explanation),
  }
}

function linkOf({ usedLinks }: Storm, link: string | undefined): Pick<Storm, 'usedLinks'> {
  return { usedLinks: link === undefined ? usedLinks : [...usedLinks, link] }
}
