// What the gateway shows of incidents: what is wrong, who was paged, and what happened since.
import type { Escalation, MutedBy, QueuedPage } from '../domain/escalation.ts'
import type { Severity } from '../domain/heartbeat.ts'
import type { Incident, IncidentState } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import { formatInstant } from '../domain/time.ts'
import type { TimelineEntry } from '../domain/timeline.ts'
import type { Verdict } from '../domain/verdict.ts'
import { type List, whenever } from './read.ts'
import type { Registry } from './registry.ts'

export type IncidentItem = {
  readonly id: string
  readonly heartbeat: Name
  readonly verdict: Verdict
  readonly severity: Severity
  readonly state: IncidentState
  readonly openedAt: string
  readonly seenAt: string
  readonly deadlineAt: string | null
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  readonly resolvedAt: string | null
  readonly resolvedBy: string | null
  readonly policy: string
  readonly explanation: string
  /** Null: it pages. */
  readonly muted: MutedItem | null
  readonly pages: readonly PageItem[]
  readonly timeline: readonly EntryItem[]
}

export type MutedItem = {
  readonly by: MutedBy
  readonly what: string
  readonly why: string
  /** Null: until what mutes it ends. */
  readonly until: string | null
}

export type PageItem = {
  readonly id: string
  readonly kind: string
  readonly channel: string
  readonly path: string
  /** Null: it is on its way. */
  readonly outcome: 'delivered' | 'refused' | 'expired' | null
  readonly queuedAt: string
  readonly settledAt: string | null
}

export type EntryItem = {
  readonly type: string
  readonly note: string
  readonly at: string
  readonly seenAt: string
}

/** Newest first, from incident `after` (exclusive) on, resolved by now or not; an unknown `after` gives nothing. */
export function listIncidents(
  registry: Registry,
  state: 'open' | 'all',
  after: string | undefined,
  limit: number,
): List<IncidentItem> {
  const ids = [...registry.incidents.keys()]
  const shown: Incident[] = []
  for (let place = after === undefined ? ids.length : ids.lastIndexOf(after); place-- > 0; ) {
    const incident = registry.incidents.get(ids[place] as string) as Incident
    if (state === 'open' && incident.state === 'resolved') continue
    if (shown.length === limit) return { items: shown.map(incidentItem), next: shown.at(-1)?.id ?? null }
    shown.push(incident)
  }
  return { items: shown.map(incidentItem), next: null }
}

export function incidentItem(incident: Incident): IncidentItem {
  return {
    id: incident.id,
    heartbeat: incident.heartbeat,
    verdict: incident.verdict,
    severity: incident.severity,
    state: incident.state,
    openedAt: formatInstant(incident.openedAt),
    seenAt: formatInstant(incident.seenAt),
    deadlineAt: whenever(incident.deadlineAt),
    acknowledgedAt: whenever(incident.acknowledgedAt),
    acknowledgedBy: incident.acknowledgedBy ?? null,
    resolvedAt: whenever(incident.resolvedAt),
    resolvedBy: incident.resolvedBy ?? null,
    policy: incident.policy.name,
    explanation: incident.explanation,
    muted: mutedItem(incident),
    pages: incident.pages.map(pageItem),
    timeline: incident.timeline.map(entryItem),
  }
}

/** What a thing that is over was muted by last is of no interest. */
export function mutedItem({ state, mute }: Escalation): MutedItem | null {
  if (mute === undefined || state === 'resolved') return null
  return { by: mute.by, what: mute.what, why: mute.why, until: whenever(mute.until) }
}

export function pageItem({ id, kind, channel, path, queuedAt, settledAt, outcome }: QueuedPage): PageItem {
  const times = { queuedAt: formatInstant(queuedAt), settledAt: whenever(settledAt) }
  return { id, kind, channel, path, outcome: outcome ?? null, ...times }
}

export function entryItem({ type, note, at, seenAt }: TimelineEntry): EntryItem {
  return { type, note, at: formatInstant(at), seenAt: formatInstant(seenAt) }
}
