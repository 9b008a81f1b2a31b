// What the gateway shows of drills and of the ways to its people: who is reached, and when each way last reached somebody.
import type { Name } from '../domain/names.ts'
import { formatInstant } from '../domain/time.ts'
import type { Casebook } from './casebook.ts'
import type { Drill, DrillPage } from './drills.ts'
import type { Pager } from './pager.ts'
import { type List, whenever } from './read.ts'

export type DrillItem = {
  readonly id: string
  /** Empty: a channel alone is tried. */
  readonly heartbeat: Name
  readonly policy: string
  readonly by: string
  readonly at: string
  readonly explanation: string
  /** Why a real miss would page nobody now. */
  readonly muted: string | null
  readonly pages: readonly {
    /** Ways that lead to one channel share a page. */
    readonly page: string
    /** As its page says: the first is 1. */
    readonly step: number
    readonly path: string
    /** Null: it is on its way. */
    readonly outcome: 'delivered' | 'refused' | 'expired' | null
    readonly settledAt: string | null
    /** What the last try failed with. */
    readonly why: string | null
    readonly lastReachedAt: string | null
  }[]
}

export type WayItem = {
  readonly path: string
  readonly channel: string
  readonly lastReachedAt: string
  readonly kind: string
}

export type DrillWorld = {
  readonly casebook: Pick<Casebook, 'drills' | 'unsettled'>
  readonly pager: Pick<Pager, 'whyWaits'>
}

/** Newest first, from drill `after` (exclusive) on; an unknown `after` gives nothing. */
export function listDrills(world: DrillWorld, after: string | undefined, limit: number): List<DrillItem> {
  const all = world.casebook.drills.list()
  const place = after === undefined ? 0 : all.findIndex(({ drill }) => drill === after) + 1
  const rest = after !== undefined && place === 0 ? [] : all.slice(place)
  const items = rest.slice(0, limit).map((drill) => drillItem(drill, world))
  return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null }
}

export function drillItem(drill: Drill, world: DrillWorld): DrillItem {
  const { drill: id, of: heartbeat, policy, by, at, explanation, muted } = drill
  return {
    ...{ id, heartbeat, policy, by, at: formatInstant(at), explanation, muted: muted ?? null },
    pages: drill.pages.map((page) => ({
      ...{ page: page.page, step: page.step + 1, path: page.path, outcome: page.outcome ?? null },
      settledAt: whenever(page.settledAt),
      why: whyOf(page, world) || null,
      lastReachedAt: whenever(world.casebook.drills.reachedBy(page.path)?.at),
    })),
  }
}

/** Every way by which somebody was ever reached, longest ago first. */
export function listWays({ drills }: Pick<Casebook, 'drills'>): List<WayItem> {
  const items = drills
    .reached()
    .map(({ path, channel, at, kind }) => ({ path, channel, lastReachedAt: formatInstant(at), kind }))
  return { items, next: null }
}

function whyOf({ page, outcome, why }: DrillPage, { casebook, pager }: DrillWorld): string | undefined {
  const waiting = outcome === undefined ? casebook.unsettled.get(page) : undefined
  return waiting === undefined ? why : pager.whyWaits(waiting)
}
