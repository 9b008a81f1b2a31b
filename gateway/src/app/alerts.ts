// Open incidents and storms as Alertmanager knows alerts: labels, annotations, and what keeps each from paging.
import {
  type AlertSubject,
  alertLabel,
  alertLabels,
  incidentSubject,
  type Labels,
  stormSubject,
} from '../domain/alert.ts'
import { fingerprint } from '../domain/fingerprint.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import { isFitting, type Matcher } from '../domain/matcher.ts'
import { isMatch, type Mute } from '../domain/mute.ts'
import { incidentHeadline, stormHeadline } from '../domain/page-headline.ts'
import type { Storm } from '../domain/storm.ts'
import type { Instant } from '../domain/time.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'

export type Alert = {
  readonly labels: Labels
  readonly annotations: Labels
  readonly fingerprint: string
  readonly startsAt: Instant
  /** Absent: until we say otherwise. */
  readonly endsAt?: Instant
  /** Where there is more to read. */
  readonly link: string
  /** Ids of silences and windows. */
  readonly silencedBy: readonly string[]
  /** Fingerprints of alerts: a parent's, a storm's. */
  readonly inhibitedBy: readonly string[]
  /** It waits a moment to see whether it is part of a storm. */
  readonly isUnprocessed: boolean
  /** The policy. */
  readonly receiver: string
}

export type AlertWorld = {
  readonly registry: Pick<Registry, 'open' | 'find' | 'heartbeat' | 'roster' | 'casebook'>
  scene(): Pick<LiveScene, 'inForce' | 'zone'>
  /** How links begin. */
  url(): string
}

/** Which alerts are asked for. */
export type AlertWish = {
  readonly matchers: readonly Matcher[]
  /** Those that nothing suppresses, that a silence does, that another alert does. */
  readonly active: boolean
  readonly silenced: boolean
  readonly inhibited: boolean
  readonly unprocessed: boolean
}

/** Those that page somebody. */
export const PAGING: AlertWish = { matchers: [], active: true, silenced: false, inhibited: false, unprocessed: false }
/** More would fill nobody's screen, but memory; of incidents the newest are shown. */
export const MOST_ALERTS = 10_000

/** Storms first, then incidents, the newest first: each made when it is asked for. */
export function* openAlerts(world: AlertWorld, wish: AlertWish, now: Instant): Iterable<Alert> {
  const view = new AlertView(world, world.scene().inForce(now))
  for (const storm of [...world.registry.casebook.storms.open()]) {
    const subject = stormSubject(storm)
    const alert = fits(subject, wish) ? view.storm(storm, subject) : undefined
    if (alert !== undefined && isWished(alert, wish)) yield alert
  }
  let left = MOST_ALERTS
  for (const incident of [...world.registry.open()].toReversed()) {
    const subject = view.subjectOf(incident)
    const alert = fits(subject, wish) ? view.incident(incident, subject) : undefined
    if (alert === undefined || !isWished(alert, wish)) continue
    yield alert
    if (--left === 0) return
  }
}

export function isWished(alert: Alert, { active, silenced, inhibited, unprocessed }: AlertWish): boolean {
  const { silencedBy, inhibitedBy, isUnprocessed } = alert
  if (silencedBy.length === 0 && inhibitedBy.length === 0) return isUnprocessed ? unprocessed : active
  return (silenced || silencedBy.length === 0) && (inhibited || inhibitedBy.length === 0)
}

function fits(subject: AlertSubject, { matchers }: AlertWish): boolean {
  return matchers.every((matcher) => isFitting(matcher, alertLabel(subject, matcher.name)))
}

/** One look at everything; `inForce`: the mutes that are said to silence. */
export class AlertView {
  readonly #world: AlertWorld
  readonly #inForce: readonly Mute[]
  readonly #zone: string
  readonly #known = new Map<string, string>()

  constructor(world: AlertWorld, inForce: readonly Mute[]) {
    this.#world = world
    this.#inForce = inForce
    this.#zone = world.scene().zone
  }

  subjectOf(incident: Incident): AlertSubject {
    return incidentSubject(incident, this.#termsOf(incident.heartbeat))
  }

  incident(incident: Incident, subject: AlertSubject): Alert {
    const terms = this.#termsOf(incident.heartbeat)
    const { id, state, acknowledgedBy = '', explanation, openedAt } = incident
    const isOwned = state === 'acknowledged'
    const summary = incidentHeadline(isOwned ? 'incident.acknowledged' : 'incident.triggered', incident, this.#zone)
    const { description = '', runbook = '' } = terms ?? {}
    return {
      ...this.#common(subject, id, openedAt),
      annotations: saying({
        ...{ summary, description, explanation, incident: id, state },
        acknowledged_by: isOwned ? acknowledgedBy : '',
        runbook_url: /^https?:\/\//i.test(runbook) ? runbook : '',
      }),
      inhibitedBy: this.#inhibitorOf(incident),
      isUnprocessed: incident.mute?.by === 'gathering',
    }
  }

  storm(storm: Storm, subject: AlertSubject): Alert {
    const { storms } = this.#world.registry.casebook
    const { id, state, acknowledgedBy = '', explanation, openedAt } = storm
    const isOwned = state === 'acknowledged'
    const kind = isOwned ? 'storm.acknowledged' : 'storm.triggered'
    const summary = stormHeadline(kind, storm, storms.members(id), this.#zone)
    return {
      ...this.#common(subject, id, openedAt),
      annotations: saying({
        ...{ summary, explanation, incident: id, state },
        acknowledged_by: isOwned ? acknowledgedBy : '',
        heartbeats: storms.names(id).join(', '),
      }),
      inhibitedBy: [],
      isUnprocessed: false,
    }
  }

  #common(subject: AlertSubject, id: string, startsAt: Instant) {
    const labels = alertLabels(subject)
    return {
      ...{ labels, fingerprint: fingerprint(labels), startsAt },
      link: `${this.#world.url()}/incidents/${id}`,
      silencedBy: this.#inForce.filter((mute) => isMatch(mute.match, subject)).map((mute) => mute.id),
      receiver: subject.policy ?? '',
    }
  }

  /** A parent that is not known to be silent yet is named by the alert that it would be. */
  #inhibitorOf({ mute }: Incident): readonly string[] {
    if (mute?.by !== 'storm' && mute?.by !== 'parent') return []
    const { by, what } = mute
    const key = `${by} ${what}`
    const known =
      this.#known.get(key) ?? fingerprint(by === 'storm' ? this.#stormLabels(what) : this.#parentLabels(what))
    this.#known.set(key, known)
    return [known]
  }

  #stormLabels(id: string): Labels {
    const storm = this.#world.registry.casebook.storms.get(id)
    return storm === undefined ? {} : alertLabels(stormSubject(storm))
  }

  #parentLabels(name: string): Labels {
    const { registry } = this.#world
    const number = registry.find(name)
    if (number === -1) return {}
    const { terms, state } = registry.heartbeat(number)
    const { incident } = state.more
    if (incident !== undefined) return alertLabels(incidentSubject(incident, terms))
    const { severity = 'critical', policy } = terms
    return alertLabels({ about: '', name, terms, severity, verdict: 'missed', policy })
  }

  #termsOf(name: string): Terms | undefined {
    const { registry } = this.#world
    return registry.roster.termsOf(registry.find(name))
  }
}

function saying(annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([, text]) => text !== ''))
}
