// What the gateway shows of heartbeats and channels, as plain objects with instants in ISO 8601.
import { baselineOf } from '../domain/baseline.ts'
import { graceOf } from '../domain/deadline.ts'
import { type Explanation, explain } from '../domain/explain.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { type Duration, formatInstant, type Instant } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'

/** A page of a longer list; `next` is where it goes on, null at its end. */
export type List<T> = { readonly items: readonly T[]; readonly next: string | null }

export type HeartbeatItem = {
  readonly name: Name
  readonly verdict: Verdict
  readonly since: string
  readonly lastSignalAt: string | null
  readonly lastOkAt: string | null
  readonly dueAt: string | null
  readonly deadlineAt: string | null
  readonly owner: string
  readonly description: string
  readonly tags: readonly string[]
  readonly group: string
  readonly schedule: string
  readonly graceMs: Duration | null
  readonly baselineMs: Duration | null
  readonly incident: string | null
  readonly signals: number
}

export type HeartbeatFilter = {
  readonly verdict?: Verdict
  readonly tag?: string
  readonly group?: string
  readonly owner?: string
  /** Part of a name or description, in any case. */
  readonly q?: string
}

/** Heartbeats looked at for one answer: a filter that fits few gives short pages, never a long pause. */
const MOST_LOOKED_AT = 50_000

/** In the order of their declaration, from number `after` (exclusive) on. */
export function listHeartbeats(
  registry: Registry,
  filter: HeartbeatFilter,
  after: number,
  limit: number,
): List<HeartbeatItem> {
  const items: HeartbeatItem[] = []
  const { roster } = registry
  const end = Math.min(roster.count, after + 1 + MOST_LOOKED_AT)
  for (let number = after + 1; number < end; number++) {
    const terms = roster.termsOf(number)
    if (terms === undefined || !fits(registry, number, terms, filter)) continue
    items.push(heartbeatItem(registry, number))
    if (items.length === limit) return { items, next: number + 1 < roster.count ? String(number) : null }
  }
  return { items, next: end < roster.count ? String(end - 1) : null }
}

export function heartbeatItem(registry: Registry, number: number): HeartbeatItem {
  const { name, terms, state } = registry.heartbeat(number)
  return {
    name,
    verdict: state.verdict,
    since: formatInstant(state.since),
    lastSignalAt: whenever(state.lastSignalAt),
    lastOkAt: whenever(state.lastOkAt),
    dueAt: whenever(state.dueAt),
    deadlineAt: whenever(state.deadlineAt),
    owner: terms.owner,
    description: terms.description,
    tags: terms.tags,
    group: terms.group,
    schedule: describeSchedule(terms.schedule),
    graceMs: Number.isFinite(state.dueAt) ? graceOf(terms, state, state.dueAt).grace : (terms.grace ?? null),
    baselineMs: baselineOf(state.more.samples) ?? null,
    incident: state.more.incident?.id ?? null,
    signals: state.signals,
  }
}

export function explainHeartbeat(registry: Registry, number: number, scene: LiveScene, now: Instant): object {
  const explanation: Explanation = explain(registry.heartbeat(number), scene.zone, scene, now)
  const { grace, baseline, nextStep, muted, blind, ...rest } = explanation
  return {
    ...rest,
    since: formatInstant(rest.since),
    lastSignalAt: whenever(rest.lastSignalAt),
    lastOkAt: whenever(rest.lastOkAt),
    dueAt: whenever(rest.dueAt),
    deadlineAt: whenever(rest.deadlineAt),
    wakeAt: whenever(rest.wakeAt),
    graceMs: grace,
    baselineMs: baseline ?? null,
    incident: rest.incident ?? null,
    nextStep: nextStep === undefined ? null : { ...nextStep, at: formatInstant(nextStep.at) },
    muted: muted === undefined ? null : { ...muted, until: whenever(muted.until) },
    blind: blind === undefined ? null : { from: formatInstant(blind[0]), to: formatInstant(blind[1]) },
  }
}

/** Where pages go, and which of it can't be reached. */
export function listChannels(
  registry: Registry,
  channels: Iterable<readonly [name: string, waiting: number]>,
): List<object> {
  const items = [...channels].map(([name, waiting]) => {
    const failed = registry.failedChannels.get(name)
    const reached = registry.casebook.drills.reachedBy(name)
    return {
      ...{ name, state: failed ? 'failed' : 'ok', since: whenever(failed?.at), why: failed?.why ?? null, waiting },
      ...{ lastReachedAt: whenever(reached?.at), lastReachedKind: reached?.kind ?? null },
    }
  })
  return { items, next: null }
}

/** Null for what never was and never comes. */
export function whenever(at: Instant | undefined): string | null {
  return at === undefined || at === 0 || !Number.isFinite(at) ? null : formatInstant(at)
}

function fits(registry: Registry, number: number, terms: Terms, filter: HeartbeatFilter): boolean {
  if (filter.owner !== undefined && terms.owner !== filter.owner) return false
  if (filter.group !== undefined && terms.group !== filter.group) return false
  if (filter.tag !== undefined && !terms.tags.includes(filter.tag)) return false
  if (filter.q !== undefined) {
    const text = `${registry.roster.nameOf(number)}\n${terms.description}`.toLowerCase()
    if (!text.includes(filter.q.toLowerCase())) return false
  }
  return filter.verdict === undefined || registry.state(number).verdict === filter.verdict
}
