// Incidents and storms as what is marked on graphs.
import { alertLabels, incidentSubject, stormSubject } from '../domain/alert.ts'
import { zoneOf } from '../domain/explain.ts'
import type { Incident } from '../domain/incident.ts'
import { incidentHeadline, stormHeadline } from '../domain/page-headline.ts'
import type { Storm } from '../domain/storm.ts'
import type { AnnotatorRules, Marked } from './annotator.ts'
import type { Registry } from './registry.ts'

export function markable(registry: Registry, zone: () => string): Pick<AnnotatorRules, 'open' | 'find' | 'describe'> {
  const { storms } = registry.casebook
  const markedOf = ({ id, openedAt, resolvedAt, mute }: Incident | Storm): Marked => ({
    ...{ id, openedAt, isMuted: mute !== undefined },
    ...(resolvedAt !== undefined && { resolvedAt }),
  })
  return {
    *open() {
      for (const storm of storms.open()) yield markedOf(storm)
      for (const incident of registry.open()) yield markedOf(incident)
    },
    find(id) {
      const found = registry.incidents.get(id) ?? storms.get(id)
      return found && markedOf(found)
    },
    describe(id) {
      const incident = registry.incidents.get(id)
      if (incident !== undefined) {
        const terms = registry.roster.termsOf(registry.find(incident.heartbeat))
        const local = terms === undefined ? zone() : zoneOf(terms, zone())
        const headline = incidentHeadline('incident.triggered', incident, local)
        return {
          labels: alertLabels(incidentSubject(incident, terms)),
          summary: `${headline}. ${incident.explanation}`,
        }
      }
      const storm = storms.get(id)
      if (storm === undefined) return { labels: {}, summary: id }
      const headline = stormHeadline('storm.triggered', storm, storms.members(id), zone())
      return { labels: alertLabels(stormSubject(storm)), summary: `${headline}. ${storm.explanation}` }
    },
  }
}
