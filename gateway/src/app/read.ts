// What the gateway shows of heartbeats and channels, as plain objects with instants in ISO 8601.
import { baselineOf } from '../domain/baseline.ts'
import { graceOf } from '../domain/deadline.ts'
import { type Explanation, explain } from '../domain/explain.ts'
import type { Liveness } from '../domain/liveness.ts'
import type { Name } from '../domain/names.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { type Duration, formatInstant, type Instant } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'
import { type Found, type Order, search } from './search.ts'
import { type HeartbeatFilter, Sieve } from './sieve.ts'

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

export type HeartbeatWish = {
  readonly filter: HeartbeatFilter
  readonly order: Order
  /** Where another list of the same wish ended. */
  readonly after: string | undefined
  readonly limit: number
}

/** How long somebody works at an answer, and lets others have their turn. */
export type Pace = {
  /** Undefined: go on. */
  pause(): Promise<void> | undefined
  /** An answer that is short now is better than one that is whole later. */
  isLate(): boolean
}

/** A filter that fits few may give a short list with a `next`, never a long pause. */
export async function listHeartbeats(
  registry: Registry,
  { filter, order, after, limit }: HeartbeatWish,
  pace: Pace,
): Promise<List<HeartbeatItem>> {
  const found: Found[] = []
  let next: string | null = null
  for (const step of search(registry, new Sieve(registry, filter), order, after)) {
    for (const one of step.found) found.push(one)
    // One more than is wanted says whether there are more.
    if (found.length > limit) next = found[limit - 1]?.cursor ?? null
    else if (step.cursor !== undefined && pace.isLate()) next = step.cursor
    if (next !== null) break
    await pace.pause()
  }
  const items: HeartbeatItem[] = []
  for (const { number } of found.slice(0, limit)) {
    // Others had their turn meanwhile: it may be gone.
    if (registry.roster.termsOf(number) !== undefined) items.push(heartbeatItem(registry, number))
    await pace.pause()
  }
  return { items, next }
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
  const { grace, baseline, nextStep, muted, blind, liveness, ...rest } = explanation
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
    liveness: liveness === undefined ? null : livenessItem(liveness),
    blind: blind === undefined ? null : { from: formatInstant(blind[0]), to: formatInstant(blind[1]) },
  }
}

function livenessItem({ kind, ...when }: Liveness): object {
  return 'until' in when ? { kind, until: whenever(when.until) } : { kind, since: formatInstant(when.since) }
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
