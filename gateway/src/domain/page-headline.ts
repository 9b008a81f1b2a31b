// The first line of a page: what and since when.
import type { Escalation } from './escalation.ts'
import { inZone } from './explain.ts'
import type { PageKind } from './fact.ts'
import type { Incident } from './incident.ts'
import { describeScope, type Members, type Storm } from './storm.ts'
import { formatDuration } from './time.ts'

/** `zone` is its reader's. */
export function incidentHeadline(kind: PageKind, incident: Incident, zone: string): string {
  const { heartbeat, verdict, openedAt, resolvedAt = openedAt, resolvedBy = 'heartbeat' } = incident
  const since = inZone(openedAt, zone)
  switch (kind) {
    case 'incident.resolved':
      return `${heartbeat} is resolved after ${formatDuration(resolvedAt - openedAt)} (by ${resolvedBy})`
    case 'incident.acknowledged':
      return `${heartbeat} is ${verdict} since ${since}, acknowledged by ${incident.acknowledgedBy ?? 'somebody'}`
    case 'incident.expiring':
      return `${heartbeat} is ${verdict} since ${since}, and ${expiry(incident, zone)}`
    default:
      return `${heartbeat} is ${verdict} since ${since}`
  }
}

export function stormHeadline(kind: PageKind, storm: Storm, { all, open }: Members, zone: string): string {
  const of = storm.scope.kind === 'all' ? '' : ` of ${describeScope(storm.scope)}`
  const since = inZone(storm.openedAt, zone)
  const bad = `${open} of ${storm.size} heartbeats${of} are bad since ${since}`
  switch (kind) {
    case 'storm.resolved': {
      const lasted = formatDuration((storm.resolvedAt ?? storm.openedAt) - storm.openedAt)
      const rest = open === 0 ? '' : `; ${open} still are bad and are paged alone`
      return `${all} heartbeats${of} are resolved after ${lasted} (by ${storm.resolvedBy ?? 'heartbeats'})${rest}`
    }
    case 'storm.acknowledged':
      return `${bad}, acknowledged by ${storm.acknowledgedBy ?? 'somebody'}`
    case 'storm.expiring':
      return `${bad}, and ${expiry(storm, zone)}`
    default:
      return bad
  }
}

function expiry({ acknowledgedAt, acknowledgedBy = 'somebody', policy }: Escalation, zone: string): string {
  const until = inZone((acknowledgedAt ?? 0) + policy.ackTimeout, zone)
  return `the acknowledgement by ${acknowledgedBy} times out at ${until}: acknowledge again, or it escalates`
}
