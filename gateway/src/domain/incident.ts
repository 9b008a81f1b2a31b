// One continuous bad spell of one heartbeat: triggered -> acknowledged -> resolved, and triggered again when an
// acknowledgement times out. Folded from incident.* and page.* facts; a resolved incident takes no further step.
import type { Policy } from './escalation.ts'
import type { HeartbeatFact } from './fact.ts'
import type { Severity } from './heartbeat.ts'
import type { Name } from './names.ts'
import type { Instant } from './time.ts'
import type { Verdict } from './verdict.ts'

export type IncidentState = 'triggered' | 'acknowledged' | 'resolved'

export type IncidentPage = {
  readonly id: string
  readonly kind: string
  readonly channel: string
  readonly queuedAt: Instant
  readonly settledAt?: Instant
  readonly outcome?: 'delivered' | 'refused' | 'expired'
}

export type TimelineEntry = {
  readonly at: Instant
  readonly seenAt: Instant
  readonly type: string
  readonly note: string
}

export type Incident = {
  readonly id: string
  readonly heartbeat: Name
  readonly verdict: Verdict
  readonly severity: Severity
  readonly state: IncidentState
  readonly openedAt: Instant
  readonly seenAt: Instant
  /** The deadline that passed; absent where no silence was judged. */
  readonly deadlineAt?: Instant
  readonly explanation: string
  readonly policy: Policy
  /** The escalation counts from here: the opening, a rise in severity, or an acknowledgement that timed out. */
  readonly beganAt: Instant
  /** Turns of the policy taken since `beganAt`. */
  readonly turns: number
  readonly acknowledgedAt?: Instant
  readonly acknowledgedBy?: string
  readonly resolvedAt?: Instant
  readonly resolvedBy?: string
  readonly pages: readonly IncidentPage[]
  readonly timeline: readonly TimelineEntry[]
}

/** A timeline that grows longer than this keeps its first half and its newest. */
export const LONGEST_TIMELINE = 200

/** Undefined only before `incident.opened`, and for facts about another incident. */
export function evolveIncident(incident: Incident | undefined, fact: HeartbeatFact): Incident | undefined {
  if (fact.type === 'incident.opened') return opened(fact)
  if (incident === undefined || !('incident' in fact) || fact.incident !== incident.id) return incident
  const next = { ...incident, timeline: withEntry(incident.timeline, fact) }
  switch (fact.type) {
    case 'incident.worsened':
      return fact.severity === incident.severity
        ? { ...next, verdict: fact.verdict, explanation: fact.explanation }
        : {
            ...next,
            verdict: fact.verdict,
            severity: fact.severity,
            explanation: fact.explanation,
            state: 'triggered',
            beganAt: fact.seenAt,
            turns: 0,
            ...deadlineOf(fact),
          }
    case 'incident.stepTaken':
      return { ...next, turns: incident.turns + 1 }
    case 'incident.acknowledged':
      return { ...next, state: 'acknowledged', acknowledgedAt: fact.seenAt, acknowledgedBy: fact.by }
    case 'incident.acknowledgementExpired':
      return { ...next, state: 'triggered', beganAt: fact.seenAt, turns: 0 }
    case 'incident.resolved':
      return { ...next, state: 'resolved', resolvedAt: fact.at, resolvedBy: fact.by }
    case 'page.queued':
      return {
        ...next,
        pages: [...incident.pages, { id: fact.page, kind: fact.kind, channel: fact.channel, queuedAt: fact.seenAt }],
      }
    case 'page.settled':
      return {
        ...next,
        pages: incident.pages.map((page) =>
          page.id === fact.page ? { ...page, settledAt: fact.at, outcome: fact.outcome } : page,
        ),
      }
    default:
      return next
  }
}

/** Everyone who was paged, in the order of their first page. */
export function pagedChannels(incident: Incident): readonly string[] {
  return [...new Set(incident.pages.map((page) => page.channel))]
}

function opened(fact: Extract<HeartbeatFact, { type: 'incident.opened' }>): Incident {
  return {
    id: fact.incident,
    heartbeat: fact.heartbeat,
    verdict: fact.verdict,
    severity: fact.severity,
    state: 'triggered',
    openedAt: fact.at,
    seenAt: fact.seenAt,
    ...deadlineOf(fact),
    explanation: fact.explanation,
    policy: fact.policy,
    beganAt: fact.seenAt,
    turns: 0,
    pages: [],
    timeline: withEntry([], fact),
  }
}

function deadlineOf(fact: { readonly deadlineAt?: Instant }): { readonly deadlineAt?: Instant } {
  return fact.deadlineAt === undefined ? {} : { deadlineAt: fact.deadlineAt }
}

function withEntry(timeline: readonly TimelineEntry[], fact: HeartbeatFact): readonly TimelineEntry[] {
  const next = [...timeline, { at: fact.at, seenAt: fact.seenAt, type: fact.type, note: noteOf(fact) }]
  return next.length <= LONGEST_TIMELINE
    ? next
    : [...next.slice(0, LONGEST_TIMELINE / 2), ...next.slice(1 - LONGEST_TIMELINE / 2)]
}

function noteOf(fact: HeartbeatFact): string {
  switch (fact.type) {
    case 'incident.opened':
    case 'incident.worsened':
      return `${fact.verdict}, ${fact.severity}: ${fact.explanation}`
    case 'incident.stepTaken':
      return fact.repeat === 0 ? `step ${fact.step + 1}` : `step ${fact.step + 1}, repeat ${fact.repeat}`
    case 'incident.acknowledged':
    case 'incident.resolved':
      return fact.note === undefined ? `by ${fact.by}` : `by ${fact.by}: ${fact.note}`
    case 'page.queued':
      return `${fact.kind} to ${fact.channel}`
    case 'page.settled':
      return fact.why === '' ? `${fact.outcome} by ${fact.channel}` : `${fact.outcome} by ${fact.channel}: ${fact.why}`
    case 'page.dropped':
      return `${fact.kind} not sent: ${fact.why}`
    default:
      return ''
  }
}
