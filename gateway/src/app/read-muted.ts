// Whom a silence would mute if it were in force now, for whoever is about to make it.
import { incidentSubject } from '../domain/alert.ts'
import { isMatch, type Match } from '../domain/mute.ts'
import type { Name } from '../domain/names.ts'
import type { Registry } from './registry.ts'

export type Muted = {
  readonly heartbeats: number
  /** The first few. */
  readonly names: readonly Name[]
  /** Open incidents. */
  readonly incidents: number
  /** There are more heartbeats than were looked at. */
  readonly isPartial: boolean
}

const MOST_LOOKED_AT = 100_000
const NAMED = 5

/** Of heartbeats whatever the severity of what may come; of incidents with the one that they have. */
export function previewMute(registry: Registry, match: Match): Muted {
  const { severity: _, ...anySeverity } = match
  const { roster } = registry
  const names: Name[] = []
  let heartbeats = 0
  for (let number = 0; number < Math.min(roster.count, MOST_LOOKED_AT); number++) {
    const terms = roster.termsOf(number)
    const name = roster.nameOf(number) as Name
    if (terms === undefined || !isMatch(anySeverity, { about: '', name, terms, severity: 'critical' })) continue
    heartbeats++
    if (names.length < NAMED) names.push(name)
  }
  let incidents = 0
  for (const incident of registry.open()) {
    const terms = roster.termsOf(registry.find(incident.heartbeat))
    if (isMatch(match, incidentSubject(incident, terms))) incidents++
  }
  return { heartbeats, names, incidents, isPartial: roster.count > MOST_LOOKED_AT }
}
