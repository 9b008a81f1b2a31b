// One continuous bad spell of one heartbeat: triggered -> acknowledged -> resolved, and triggered again when an
// acknowledgement times out. Folded from incident.* and page.* facts; a resolved incident takes no further step.
import { beginAt, evolveEscalation } from './escalate.ts'
import type { Escalation } from './escalation.ts'
import { changeOf, noteOf } from './escalation-facts.ts'
import type { HeartbeatFact } from './fact.ts'
import type { Name } from './names.ts'
import type { Instant } from './time.ts'
import { type TimelineEntry, withEntry } from './timeline.ts'
import type { Verdict } from './verdict.ts'

export type { EscalationState as IncidentState } from './escalation.ts'

export type Incident = Escalation & {
  readonly heartbeat: Name
  readonly verdict: Verdict
  readonly openedAt: Instant
  readonly seenAt: Instant
  /** The deadline that passed; absent where no silence was judged. */
  readonly deadlineAt?: Instant
  readonly explanation: string
  readonly resolvedAt?: Instant
  readonly resolvedBy?: string
  /** Pages whose links were used, with what was done. */
  readonly usedLinks: readonly string[]
  readonly timeline: readonly TimelineEntry[]
}

/** Undefined only before `incident.opened`, and for facts about another incident. */
export function evolveIncident(incident: Incident | undefined, fact: HeartbeatFact): Incident | undefined {
  if (fact.type === 'incident.opened') return opened(fact)
  if (incident === undefined || !('incident' in fact) || fact.incident !== incident.id) return incident
  const next = { ...incident, timeline: withEntry(incident.timeline, fact, noteOf(fact)), ...linkOf(incident, fact) }
  switch (fact.type) {
    case 'incident.worsened': {
      const worse = { ...next, verdict: fact.verdict, explanation: fact.explanation }
      if (fact.severity === incident.severity) return worse
      const { mute: _, ...loud } = worse
      return { ...loud, severity: fact.severity, ...beginAt(fact.seenAt), ...deadlineOf(fact) }
    }
    case 'incident.resolved':
      return { ...next, state: 'resolved', resolvedAt: fact.at, resolvedBy: fact.by }
    default: {
      const change = changeOf(fact)
      return change === undefined ? next : evolveEscalation(next, change)
    }
  }
}

/** As an earlier version kept it, with what it did not know. */
export function completed(incident: Incident): Incident {
  const pages = incident.pages.map((page) => ({ ...page, path: page.path ?? page.channel }))
  return { ...BEFORE_MUTES, ...incident, pages }
}

const BEFORE_MUTES = { gathered: false, warned: false, usedLinks: [] } as const

function opened(fact: Extract<HeartbeatFact, { type: 'incident.opened' }>): Incident {
  return {
    id: fact.incident,
    heartbeat: fact.heartbeat,
    verdict: fact.verdict,
    severity: fact.severity,
    openedAt: fact.at,
    seenAt: fact.seenAt,
    ...deadlineOf(fact),
    explanation: fact.explanation,
    policy: fact.policy,
    ...beginAt(fact.seenAt),
    gathered: false,
    pages: [],
    usedLinks: [],
    timeline: withEntry([], fact, noteOf(fact)),
  }
}

function deadlineOf(fact: { readonly deadlineAt?: Instant }): { readonly deadlineAt?: Instant } {
  return fact.deadlineAt === undefined ? {} : { deadlineAt: fact.deadlineAt }
}

function linkOf({ usedLinks }: Incident, fact: HeartbeatFact): Partial<Incident> {
  return 'link' in fact && fact.link !== undefined ? { usedLinks: [...usedLinks, fact.link] } : {}
}
