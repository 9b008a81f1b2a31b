// Whether incidents that come close together are a storm: the first two of a group page at once, later ones wait a
// moment, and when enough of what they have in common is bad they are one storm. Remembers half a minute, no more.
import type { Muting, Policy } from '../domain/escalation.ts'
import type { GatewayFact, Scope } from '../domain/fact.ts'
import type { Heartbeat, State, Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import { type Name, stormId } from '../domain/names.ts'
import { isLink } from '../domain/signal.ts'
import { describeScope, isGrowing, isStorm, STORM_WINDOW } from '../domain/storm.ts'
import { type Duration, formatDuration, type Instant, SECOND } from '../domain/time.ts'
import type { Registry } from './registry.ts'

/** So many page at once: of one group, and of all together. */
const AT_ONCE_OF_GROUP = 2
const AT_ONCE_OF_ALL = 5
/** Within so long; the others wait so long at most. */
const GATHERS: Duration = 15 * SECOND
/** The size of a scope is counted anew after so long. */
const COUNTED_FOR: Duration = 10 * SECOND
/** A scope that has so much of all that is bad is what they have in common. */
const LION_SHARE = 0.8

type Candidate = {
  readonly incident: Incident
  readonly heartbeat: Name
  readonly scopes: readonly Scope[]
  readonly at: Instant
}

export class Weather {
  readonly #registry: Registry
  /** Of the last half minute, oldest first; and the same by what they have in common. */
  readonly #candidates = new Map<string, Candidate>()
  readonly #byScope = new Map<string, Set<Candidate>>()
  /** When the last few of each scope and policy came. */
  readonly #latest = new Map<string, Instant[]>()
  readonly #sizes = new Map<string, { readonly size: number; readonly at: Instant }>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Why an incident waits before its first page. */
  holdUp({ terms, state }: Heartbeat, incident: Incident, now: Instant): Muting | undefined {
    if (incident.gathered || incident.turns > 0) return undefined
    this.#forget(now)
    const [narrowest] = scopesOf(terms, state)
    const { policy } = incident
    const near = narrowest?.kind === 'group' && this.#recent(keyOf(policy, narrowest), AT_ONCE_OF_GROUP, now)
    if (!near && !this.#recent(keyOf(policy, { kind: 'all' }), AT_ONCE_OF_ALL, now)) return undefined
    const why = `waits up to ${formatDuration(GATHERS)} to see whether it is part of a storm`
    return { by: 'gathering', what: '', why, until: now + GATHERS }
  }

  /** An incident that pages, or waits to: the storm that it makes, if it makes one. */
  note({ name, terms, state }: Heartbeat, incident: Incident, now: Instant): readonly GatewayFact[] {
    this.#forget(now)
    if (this.#candidates.has(incident.id)) return []
    const candidate = { incident, heartbeat: name, scopes: scopesOf(terms, state), at: now }
    this.#candidates.set(incident.id, candidate)
    for (const key of keysOf(candidate)) {
      this.#inScope(key).add(candidate)
      this.#came(key, now)
    }
    return this.#brew(candidate, now)
  }

  /** Incidents of the last half minute. */
  *suspects(): Iterable<Incident> {
    for (const { incident } of this.#candidates.values()) yield incident
  }

  #brew(latest: Candidate, now: Instant): readonly GatewayFact[] {
    const { policy } = latest.incident
    const common = this.#inCommon(latest, now)
    if (common === undefined || this.#isKnown(common.scope, policy.name, now)) return []
    const { scope, size } = common
    const members = [...common.members]
    const [first] = members
    if (first === undefined) return []
    const severity = members.some(({ incident }) => incident.severity === 'critical') ? 'critical' : 'warning'
    const what = scope.kind === 'all' ? `${size} heartbeats` : `${size} heartbeats of ${describeScope(scope)}`
    const explanation = `At least ${members.length} of ${what} went bad within ${formatDuration(STORM_WINDOW)}, the first ${first.heartbeat}: ${first.incident.explanation}`
    return [
      {
        ...{ type: 'storm.opened', seenAt: now, storm: stormId(describeScope(scope), policy.name, now) },
        at: Math.min(...members.map(({ incident }) => incident.openedAt)),
        ...{ scope, size, severity, policy, explanation },
        since: Math.min(...members.map(({ incident }) => incident.seenAt)),
      },
    ]
  }

  /** The narrowest scope that is a storm and has nearly all of them; else the widest that is one. */
  #inCommon({ incident, scopes }: Candidate, now: Instant): Common | undefined {
    const { policy } = incident
    const all = this.#inScope(keyOf(policy, { kind: 'all' })).size
    let widest: Common | undefined
    for (const scope of scopes) {
      const members = this.#inScope(keyOf(policy, scope))
      if (!isStorm(members.size, 0)) continue
      const size = this.#sizeOf(scope, now)
      if (!isStorm(members.size, size)) continue
      if (members.size >= all * LION_SHARE) return { scope, size, members }
      widest = { scope, size, members }
    }
    return widest
  }

  /** Such a storm is under way, and takes them in. */
  #isKnown(scope: Scope, policy: string, now: Instant): boolean {
    const { storms } = this.#registry.casebook
    for (const storm of storms.open()) {
      const same = storm.policy.name === policy && describeScope(storm.scope) === describeScope(scope)
      if (same && isGrowing(storm, storms.members(storm.id), now)) return true
    }
    return false
  }

  #sizeOf(scope: Scope, now: Instant): number {
    const key = describeScope(scope)
    const known = this.#sizes.get(key)
    if (known !== undefined && now - known.at < COUNTED_FOR) return known.size
    const size = this.#count(scope)
    this.#sizes.set(key, { size, at: now })
    return size
  }

  #count(scope: Scope): number {
    const { roster, verdicts } = this.#registry
    // Looking at each of a million would keep every signal waiting.
    if (scope.kind === 'all') return roster.size - (verdicts.get('paused') ?? 0)
    let size = 0
    for (const number of roster.numbers()) {
      const terms = roster.termsOf(number) as Terms
      if (scope.kind === 'group' && terms.group !== scope.group) continue
      const state = this.#registry.state(number)
      if (state.verdict !== 'paused' && isIn(scope, terms, state)) size++
    }
    return size
  }

  /** Whether so many of a scope came within the time that later ones wait for. */
  #recent(key: string, count: number, now: Instant): boolean {
    const nth = this.#latest.get(key)?.at(-count)
    return nth !== undefined && nth > now - GATHERS
  }

  #came(key: string, now: Instant): void {
    const times = this.#latest.get(key) ?? []
    times.push(now)
    if (times.length > AT_ONCE_OF_ALL) times.shift()
    this.#latest.set(key, times)
  }

  #inScope(key: string): Set<Candidate> {
    const set = this.#byScope.get(key) ?? new Set()
    this.#byScope.set(key, set)
    return set
  }

  #forget(now: Instant): void {
    for (const [id, candidate] of this.#candidates) {
      if (candidate.at > now - STORM_WINDOW) return
      this.#candidates.delete(id)
      for (const key of keysOf(candidate)) {
        const set = this.#inScope(key)
        set.delete(candidate)
        if (set.size === 0) this.#byScope.delete(key)
      }
    }
  }
}

type Common = { readonly scope: Scope; readonly size: number; readonly members: ReadonlySet<Candidate> }

/** A storm is of one policy: everybody's own people are paged. */
function keysOf({ scopes, incident }: Candidate): readonly string[] {
  return scopes.map((scope) => keyOf(incident.policy, scope))
}

function keyOf({ name }: Policy, scope: Scope): string {
  return `${name}|${describeScope(scope)}`
}

/** What it has in common with others, the narrowest first. */
export function scopesOf(terms: Terms, state: State): readonly Scope[] {
  const scopes: Scope[] = terms.group === '' ? [] : [{ kind: 'group', group: terms.group }]
  if (isLink(state.via) && state.lastSignalAt > 0) scopes.push({ kind: 'link', link: state.via })
  scopes.push({ kind: 'all' })
  return scopes
}

/** Whether a heartbeat is in the scope. */
export function isIn(scope: Scope, terms: Terms, state: State): boolean {
  if (scope.kind === 'group') return terms.group === scope.group
  return scope.kind === 'all' || (state.via === scope.link && state.lastSignalAt > 0)
}
