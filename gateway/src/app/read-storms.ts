// What the gateway shows of storms: what they have in common, how many are part of them, and who was paged.
import type { EscalationState } from '../domain/escalation.ts'
import type { Severity } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { describeScope, type Storm } from '../domain/storm.ts'
import { formatInstant } from '../domain/time.ts'
import { type List, whenever } from './read.ts'
import { type EntryItem, entryItem, type MutedItem, mutedItem, type PageItem, pageItem } from './read-incidents.ts'
import type { Storms } from './storms.ts'

export type StormItem = {
  readonly id: string
  /** `group hall-7`, `mqtt`, `all`. */
  readonly scope: string
  readonly state: EscalationState
  readonly severity: Severity
  readonly policy: string
  readonly explanation: string
  readonly openedAt: string
  readonly seenAt: string
  /** Since then most of its heartbeats are well again. */
  readonly recededAt: string | null
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  readonly resolvedAt: string | null
  readonly resolvedBy: string | null
  /** Heartbeats in the scope when it opened. */
  readonly size: number
  /** Heartbeats that were ever part of it, and those of them that are bad. */
  readonly heartbeats: number
  readonly open: number
  /** The first few. */
  readonly names: readonly Name[]
  /** Open incidents that are part of it, the first thousand. */
  readonly incidents: readonly string[]
  readonly muted: MutedItem | null
  readonly pages: readonly PageItem[]
  readonly timeline: readonly EntryItem[]
}

/** Of long lists of incidents so many are shown. */
export const MOST_INCIDENTS = 1000

/** Newest first, resolved by now or not. */
export function listStorms(storms: Storms, state: 'open' | 'all'): List<StormItem> {
  const shown = [...(state === 'open' ? storms.open() : storms.all())].toReversed()
  return { items: shown.map((storm) => stormItem(storms, storm)), next: null }
}

export function stormItem(storms: Storms, storm: Storm): StormItem {
  const { id, scope, state, severity, policy, explanation, size } = storm
  const { all, open } = storms.members(id)
  return {
    ...{ id, scope: describeScope(scope), state, severity, policy: policy.name, explanation },
    openedAt: formatInstant(storm.openedAt),
    seenAt: formatInstant(storm.seenAt),
    recededAt: whenever(storm.recededAt),
    acknowledgedAt: whenever(storm.acknowledgedAt),
    acknowledgedBy: storm.acknowledgedBy ?? null,
    resolvedAt: whenever(storm.resolvedAt),
    resolvedBy: storm.resolvedBy ?? null,
    ...{ size, heartbeats: all, open, names: storms.names(id) },
    incidents: [...storms.openMembers(id)].slice(0, MOST_INCIDENTS),
    muted: mutedItem(storm),
    pages: storm.pages.map(pageItem),
    timeline: storm.timeline.map(entryItem),
  }
}
