// The facts as time series: folds them in their order into a live state of its own, and says the points that each fact,
// and each step of time between them, makes true. Nothing but the facts goes in, so that the same facts always give the
// same points, however late and however often they are read.
import { type Fact, type GatewayFact, isHeartbeatFact } from '../domain/fact.ts'
import type { State, Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, HOUR, type Instant, SECOND } from '../domain/time.ts'
import { isBad } from '../domain/verdict.ts'
import { type Arrivals, Fleet } from './fleet.ts'
import { type Hour, Hours, hourPoint, together } from './hours.ts'
import { Registry } from './registry.ts'
import { droppedPoint, incidentPoint, settledPoint } from './series-escalation.ts'
import { gatewayPoint } from './series-gateway.ts'
import { type Subject, signalPoint, statePoint } from './series-heartbeat.ts'
import type { AnyPoint, Detail, Point } from './series-point.ts'

/** How often each group, and a part of the heartbeats, is written down. */
export const STEP: Duration = 10 * SECOND
/** Every heartbeat's state is said again after so many steps: 5 minutes. */
const PARTS = 30

/** When the step was that `at` is in. */
export function stepBefore(at: Instant): Instant {
  return at - (at % STEP)
}

export type ChronicleSettings = {
  /** Name of this gateway. */
  readonly instance: string
  detailOf(group: string): Detail
}

/** `number`: the heartbeat's, where it is known. */
export type Told = { readonly seq: number; readonly number?: number; readonly fact: Fact }

export class Chronicle {
  readonly registry: Registry = new Registry()
  readonly hours: Hours = new Hours()
  readonly fleet: Fleet = new Fleet()
  readonly #settings: ChronicleSettings
  /** The last step that was taken. */
  #steppedAt: Instant

  /** `from`: everything before it is told. */
  constructor(settings: ChronicleSettings, from: Instant) {
    this.#settings = settings
    this.#steppedAt = stepBefore(from)
  }

  /** Goes on from a state that was kept: after the registry and the hours were adopted. */
  resume(from: Instant, arrivals: Arrivals = []): void {
    this.registry.recount()
    this.fleet.recount(this.registry, arrivals)
    this.#steppedAt = stepBefore(from)
  }

  get steppedAt(): Instant {
    return this.#steppedAt
  }

  /** One fact, and the steps up to it. */
  *take({ seq, number: given, fact }: Told): Iterable<AnyPoint> {
    yield* this.#moveUpTo(fact)
    const { registry } = this
    if (!isHeartbeatFact(fact)) return yield* this.#takeGateway(fact, seq)
    const number = registry.find(fact.heartbeat)
    const known = number === -1 ? undefined : registry.roster.termsOf(number)
    const before = known === undefined ? undefined : registry.state(number)
    const incident = 'incident' in fact ? registry.casebook.incidents.get(fact.incident) : undefined
    const queued = 'page' in fact ? registry.casebook.unsettled.get(fact.page) : undefined
    registry.fold(fact, number === -1 ? given : number)
    const place = number === -1 ? registry.find(fact.heartbeat) : number
    const terms = registry.roster.termsOf(place) ?? known
    if (terms === undefined) return
    const subject = { name: fact.heartbeat, terms }
    const detail = this.#settings.detailOf(terms.group)
    switch (fact.type) {
      case 'signal.received':
        if (before === undefined) return
        this.fleet.arrived(place)
        this.hours.heard(place, fact.signal.kind, fact.signal.duration ?? fact.effect?.duration)
        if (detail === 'all') yield signalPoint(subject, before, fact, seq)
        return
      case 'deadline.missed':
        return this.hours.missed(place)
      case 'verdict.changed':
        if (before !== undefined && isBad(before.verdict)) this.hours.bad(place, before.since, fact.at, this.#hour)
        return yield* this.#placed(place, subject, before, fact.at, seq)
      case 'heartbeat.declared':
      case 'heartbeat.removed':
        return yield* this.#placed(place, subject, before, fact.at, seq)
      case 'page.settled':
        yield hide(settledPoint(fact, queued, incident?.policy.name ?? '', terms.group, seq), detail)
        return
      case 'page.dropped':
        yield hide(droppedPoint(fact, incident?.policy.name ?? '', terms.group, seq), detail)
        return
      default:
    }
    if (!('incident' in fact)) return
    this.fleet.place(place, registry)
    const { incidents, openIncidents } = registry.casebook
    const point = incidentPoint(fact, incident, incidents.get(fact.incident), terms, openIncidents.size, seq)
    if (point !== undefined) yield hide(point, detail)
  }

  /** Time has come so far: nothing seen earlier will be told. */
  *moveTo(now: Instant): Iterable<AnyPoint> {
    if (now - this.#steppedAt > LONGEST_WITHOUT_FACTS) yield* this.#leapTo(now)
    for (let next = this.#steppedAt + STEP; next <= now; next = this.#steppedAt + STEP) {
      this.#steppedAt = next
      yield* this.#step(next)
    }
  }

  /** Up to when a fact was seen. Nobody knows how it stood while the gateway was away, or while its clock was put forward. */
  *#moveUpTo(fact: Fact): Iterable<AnyPoint> {
    const wasAway = fact.type === 'clock.stepped' || (fact.type === 'blind.passed' && fact.source === 'gateway')
    if (wasAway) yield* this.moveTo(fact.from)
    if (fact.type === 'clock.stepped') this.#steppedAt = Math.min(this.#steppedAt, stepBefore(fact.to))
    if (wasAway || fact.type === 'gateway.started') yield* this.#leapTo(fact.seenAt)
    yield* this.moveTo(fact.seenAt)
  }

  *#step(at: Instant): Iterable<AnyPoint> {
    yield* this.fleet.points(at)
    const { registry } = this
    const { count } = registry.roster
    for (let number = (at / STEP) % PARTS; number < count; number += PARTS) {
      const subject = this.#subject(number)
      if (subject === undefined || this.#settings.detailOf(subject.terms.group) === 'aggregate') continue
      const state = registry.state(number)
      yield statePoint(subject, state, state.verdict, at, 0)
    }
    if (at % HOUR === 0) yield* this.#closeHour(at - HOUR)
  }

  /** To the last step before `now`, closing the hour that is left. */
  *#leapTo(now: Instant): Iterable<AnyPoint> {
    const hour = this.#hour
    this.#steppedAt = Math.max(this.#steppedAt, stepBefore(now))
    if (this.#hour > hour) yield* this.#closeHour(hour)
  }

  /** When the hour began that goes on. */
  get #hour(): Instant {
    return this.#steppedAt - (this.#steppedAt % HOUR)
  }

  *#closeHour(begin: Instant): Iterable<AnyPoint> {
    const groups = new Map<string, { hour: Hour; size: number }>()
    for (const number of this.registry.roster.numbers()) {
      const { name, terms } = this.#subject(number) as Subject
      const { verdict, since } = this.registry.state(number)
      if (isBad(verdict)) this.hours.bad(number, since, begin + HOUR, begin)
      const hour = this.hours.of(number)
      if (this.#settings.detailOf(terms.group) !== 'aggregate') {
        yield hourPoint({ heartbeat: name, group: terms.group }, hour, 1, begin)
        continue
      }
      const group = groups.get(terms.group)
      groups.set(terms.group, { hour: group ? together(group.hour, hour) : hour, size: (group?.size ?? 0) + 1 })
    }
    for (const [group, { hour, size }] of groups) yield hourPoint({ group }, hour, size, begin)
    this.hours.clear()
  }

  *#placed(number: number, subject: Subject, before: State | undefined, at: Instant, seq: number): Iterable<AnyPoint> {
    this.fleet.place(number, this.registry)
    if (this.registry.roster.termsOf(number) === undefined) return
    if (this.#settings.detailOf(subject.terms.group) === 'aggregate') return
    const state = this.registry.state(number)
    yield statePoint(subject, state, before?.verdict ?? state.verdict, at, seq)
  }

  *#takeGateway(fact: GatewayFact, seq: number): Iterable<AnyPoint> {
    const { casebook } = this.registry
    const queued = 'page' in fact ? casebook.unsettled.get(fact.page) : undefined
    this.registry.fold(fact)
    const point = gatewayPoint(fact, queued, casebook.storms, this.#settings.instance, seq)
    if (point !== undefined) yield point
  }

  #subject(number: number): Subject | undefined {
    const { roster } = this.registry
    const terms: Terms | undefined = roster.termsOf(number)
    return terms === undefined ? undefined : { name: roster.nameOf(number) as Name, terms }
  }
}

/** Longer than a day without a fact, nobody was there to tell. */
const LONGEST_WITHOUT_FACTS = 24 * HOUR

/** Of a group that is worth few series, nobody is named. */
function hide<P extends Point<'hb_incident'> | Point<'hb_page'>>(point: P, detail: Detail): P {
  return detail === 'aggregate' ? { ...point, tags: { ...point.tags, heartbeat: undefined } } : point
}
