// How the days of some heartbeats were, as far as incidents and blind windows tell: cheap, since both are in memory.
import type { Incident } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, HOUR, type Instant, NEVER } from '../domain/time.ts'
import { isBad } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'

/** `unseen`: nothing is known of it; `unverified`: nobody could hear, for some of it at least. */
export type Day = 'ok' | 'slow' | 'missed' | 'failed' | 'overrun' | 'unverified' | 'unseen'

export type Days = {
  readonly days: readonly Day[]
  /** Share of the time that is known in which it was not bad; undefined: less than an hour is known. */
  readonly well: number | undefined
}

/** More of them are forgotten, so that a time before the oldest says nothing. */
const INCIDENTS_KEPT = 10_000

/** `bounds`: where each day begins, oldest first, and where the last one ends. */
export function readDays(
  registry: Registry,
  numbers: readonly number[],
  bounds: readonly Instant[],
  now: Instant,
): ReadonlyMap<number, Days> {
  const incidents = incidentsOf(registry, new Set(numbers.map((number) => registry.roster.nameOf(number) as Name)))
  const knownFrom = oldestKnown(registry)
  const blind = registry.blind.filter(({ to }) => to > (bounds[0] ?? 0))
  return new Map(
    numbers.map((number) => {
      const { name, state } = registry.heartbeat(number)
      const since = Math.max(state.declaredAt, knownFrom)
      return [number, daysOf(incidents.get(name) ?? [], blind, bounds, since, now)] as const
    }),
  )
}

type Stretch = { readonly from: Instant; readonly to: Instant }

function daysOf(
  incidents: readonly Incident[],
  blind: readonly Stretch[],
  bounds: readonly Instant[],
  since: Instant,
  now: Instant,
): Days {
  const days: Day[] = []
  for (let place = 0; place + 1 < bounds.length; place++) {
    const [from, to] = [bounds[place] as Instant, bounds[place + 1] as Instant]
    const within = incidents.filter((one) => one.openedAt < to && (one.resolvedAt ?? NEVER) > from)
    const worst = within.find(({ verdict }) => isBad(verdict)) ?? within[0]
    if (worst !== undefined) days.push(isBad(worst.verdict) ? (worst.verdict as Day) : 'slow')
    else if (to <= since || from > now) days.push('unseen')
    else days.push(blind.some((window) => window.from < to && window.to > from) ? 'unverified' : 'ok')
  }
  const first = Math.max(since, bounds[0] ?? now)
  const bad = incidents.filter(({ verdict }) => isBad(verdict)).reduce((sum, one) => sum + overlap(one, first, now), 0)
  return { days, well: now - first >= HOUR ? Math.max(0, 1 - bad / (now - first)) : undefined }
}

function overlap({ openedAt, resolvedAt = NEVER }: Incident, from: Instant, to: Instant): Duration {
  return Math.max(0, Math.min(resolvedAt, to) - Math.max(openedAt, from))
}

function incidentsOf({ incidents }: Registry, names: ReadonlySet<Name>): ReadonlyMap<Name, readonly Incident[]> {
  const found = new Map<Name, Incident[]>()
  for (const incident of incidents.values()) {
    if (!names.has(incident.heartbeat)) continue
    const list = found.get(incident.heartbeat) ?? []
    found.set(incident.heartbeat, list)
    list.push(incident)
  }
  return found
}

function oldestKnown({ incidents }: Registry): Instant {
  if (incidents.size < INCIDENTS_KEPT) return 0
  const [oldest] = incidents.values()
  return oldest?.openedAt ?? 0
}
