// What the gateway shows of incidents: what is wrong, who was paged, and what happened since.
import type { Severity } from '../domain/heartbeat.ts'
import type { Incident, IncidentState } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import { formatInstant } from '../domain/time.ts'
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
  readonly explanation: string
  readonly pages: readonly {
    readonly id: string
    readonly kind: string
    readonly channel: string
    /** Null: it is on its way. */
    readonly outcome: 'delivered' | 'refused' | 'expired' | null
    readonly queuedAt: string
    readonly settledAt: string | null
  }[]
  readonly timeline: readonly {
    readonly type: string
    readonly note: string
    readonly at: string
    readonly seenAt: string
  }[]
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
    explanation: incident.explanation,
    pages: incident.pages.map(({ id, kind, channel, queuedAt, settledAt, outcome = null }) => ({
      ...{ id, kind, channel, outcome },
      queuedAt: formatInstant(queuedAt),
      settledAt: whenever(settledAt),
    })),
    timeline: incident.timeline.map(({ type, note, at, seenAt }) => ({
      ...{ type, note },
      at: formatInstant(at),
      seenAt: formatInstant(seenAt),
    })),
  }
}
