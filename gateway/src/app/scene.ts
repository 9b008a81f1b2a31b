// What a decision may know beyond its own heartbeat, as it is now: policies, whom names stand for, and everything that
// mutes. Asks the registry and the settings; changes neither.
import { type AlertSubject, incidentSubject, stormSubject } from '../domain/alert.ts'
import type { Scene } from '../domain/draft.ts'
import type { Way } from '../domain/escalate.ts'
import { type Muting, NO_POLICY, type Policy } from '../domain/escalation.ts'
import { inZone } from '../domain/explain.ts'
import type { Heartbeat, State, Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import type { Presence } from '../domain/liveness.ts'
import { isMatch, type Mute } from '../domain/mute.ts'
import type { Name } from '../domain/names.ts'
import { type OnCall, shiftsBetween } from '../domain/oncall.ts'
import { explainedBy } from '../domain/parent.ts'
import { ringThrough } from '../domain/ring.ts'
import { describeScope, type Storm, takesIn } from '../domain/storm.ts'
import type { StormScene } from '../domain/storm-decide.ts'
import { type Instant, NEVER } from '../domain/time.ts'
import type { Presences } from './presences.ts'
import type { Registry } from './registry.ts'
import { Spells } from './spells.ts'
import { isIn, Weather } from './weather.ts'

export type SceneSettings = {
  /** Writes instants for people: the zone of a heartbeat that has none of its own. */
  readonly zone: string
  readonly policies: readonly Policy[]
  /** Names of channels, in the order of the file. */
  readonly channels: readonly string[]
  /** Who is paged on which channels. */
  readonly responders: readonly { readonly name: string; readonly page: readonly string[] }[]
  readonly oncall: readonly OnCall[]
  /** Silences and maintenance windows of the file. */
  readonly mutes: readonly Mute[]
}

export class LiveScene implements Scene, StormScene {
  readonly weather: Weather
  readonly #registry: Registry
  readonly #presences: Presences
  readonly #policies: ReadonlyMap<string, Policy>
  readonly #responders: ReadonlyMap<string, readonly string[]>
  readonly #oncall: ReadonlyMap<string, OnCall>
  readonly #settings: SceneSettings
  readonly #spells = new Spells()

  constructor(
    registry: Registry,
    settings: SceneSettings,
    presences: Presences,
    weather: Weather = new Weather(registry),
  ) {
    this.#presences = presences
    this.#registry = registry
    this.#settings = settings
    this.weather = weather
    this.#policies = new Map(settings.policies.map((policy) => [policy.name, policy]))
    this.#responders = new Map(settings.responders.map(({ name, page }) => [name, page]))
    this.#oncall = new Map(settings.oncall.map((oncall) => [oncall.name, oncall]))
  }

  presenceOf(name: Name): Presence | undefined {
    return this.#presences.of(name)
  }

  get zone(): string {
    return this.#settings.zone
  }

  get channels(): readonly string[] {
    return this.#settings.channels
  }

  get policies(): readonly Policy[] {
    return this.#settings.policies
  }

  /** Names of those who can be paged, in the order of the file. */
  get responders(): readonly string[] {
    return [...this.#responders.keys()]
  }

  policyOf(terms: Terms): Policy {
    return this.policy(terms.policy)
  }

  policy(name: string): Policy {
    return this.#policies.get(name) ?? this.#policies.get('default') ?? NO_POLICY
  }

  /** With whoever stands in, by the file and by somebody's word. */
  onCall(name: string): OnCall | undefined {
    const declared = this.#oncall.get(name)
    return declared && this.#withStandIns(declared)
  }

  /** In the order of the file. */
  onCalls(): readonly OnCall[] {
    return this.#settings.oncall.map((declared) => this.#withStandIns(declared))
  }

  hasResponder(name: string): boolean {
    return this.#responders.has(name)
  }

  waysTo(target: string, at: Instant): readonly Way[] {
    if (this.channels.includes(target)) return [{ channel: target, path: target }]
    const channels = this.#responders.get(target)
    if (channels !== undefined) return channels.map((channel) => ({ channel, path: `${target} › ${channel}` }))
    const oncall = this.onCall(target)
    // Of the whole shift only its first moment is of interest.
    const who = oncall && shiftsBetween(oncall, at, at + 1)[0]?.who
    if (who === undefined) return []
    return this.waysTo(who, at).map(({ channel, path }) => ({ channel, path: `${target} › ${path}` }))
  }

  /** Whoever was never heard has no ear yet: its silence is judged as ever. */
  deafSince({ via, lastSignalAt }: State): Instant {
    const { deaf } = this.#registry.casebook
    return deaf.size === 0 || lastSignalAt === 0 ? NEVER : (deaf.get(via)?.at ?? NEVER)
  }

  muteOf(heartbeat: Heartbeat, incident: Incident, now: Instant): Muting | undefined {
    return (
      this.silenceOf(heartbeat, incident, now) ??
      this.#parentOf(heartbeat, incident, now) ??
      this.#stormOf(heartbeat, incident, now) ??
      this.weather.holdUp(heartbeat, incident, now)
    )
  }

  /** The silence or maintenance window that covers it; of several the one that lasts longest. */
  silenceOf({ terms }: Heartbeat, incident: Incident, now: Instant): Muting | undefined {
    return this.#silence(incidentSubject(incident, terms), now)
  }

  muteOfStorm(storm: Storm, now: Instant): Muting | undefined {
    return this.#silence(stormSubject(storm), now)
  }

  /** Every silence and maintenance window that somebody made or the file declares. */
  *mutes(): Iterable<Mute> {
    yield* this.#settings.mutes
    yield* this.#registry.casebook.mutes.values()
  }

  /** The mutes that are in force at the moment. */
  inForce(now: Instant): readonly Mute[] {
    return [...this.mutes()].filter((mute) => this.#spells.at(mute, now) !== undefined)
  }

  #withStandIns(declared: OnCall): OnCall {
    const made = [...this.#registry.casebook.overrides.values()].filter(({ oncall }) => oncall === declared.name)
    // Whoever is no responder any more is not paged, so they stand in for nobody.
    const good = made.filter(({ who }) => this.#responders.has(who))
    return good.length === 0 ? declared : { ...declared, overrides: [...declared.overrides, ...good] }
  }

  #silence(subject: AlertSubject, now: Instant): Muting | undefined {
    let longest: { readonly mute: Mute; readonly until: Instant } | undefined
    for (const mute of this.mutes()) {
      if (!isMatch(mute.match, subject)) continue
      const spell = this.#spells.at(mute, now)
      if (spell !== undefined && (longest === undefined || spell.until > longest.until))
        longest = { mute, until: spell.until }
    }
    if (longest === undefined) return undefined
    const { mute, until } = longest
    const reason = mute.reason === '' ? '' : `: ${mute.reason}`
    const why = mute.kind === 'silence' ? `silenced by ${mute.by}${reason}` : `maintenance window ${mute.id}${reason}`
    return { by: mute.kind, what: mute.id, why, until }
  }

  #parentOf(child: Heartbeat, incident: Incident, now: Instant): Muting | undefined {
    const { parent } = child.terms
    if (parent === '' || ringThrough(child.name, parent, (name) => this.#parentNameOf(name))) return undefined
    const number = this.#registry.find(parent)
    return number === -1 ? undefined : explainedBy(this.#registry.heartbeat(number), child, incident, this.zone, now)
  }

  #parentNameOf(name: Name): Name {
    const number = this.#registry.find(name)
    return number === -1 ? '' : (this.#registry.roster.termsOf(number)?.parent ?? '')
  }

  #stormOf({ terms, state }: Heartbeat, incident: Incident, now: Instant): Muting | undefined {
    const { storms } = this.#registry.casebook
    for (const storm of storms.open()) {
      const joins = isIn(storm.scope, terms, state) && takesIn(storm, storms.members(storm.id), incident, now)
      if (!joins && !storms.has(storm.id, incident.id)) continue
      const since = inZone(storm.openedAt, this.zone)
      return { by: 'storm', what: storm.id, why: `part of the storm of ${describeScope(storm.scope)} since ${since}` }
    }
    return undefined
  }
}
