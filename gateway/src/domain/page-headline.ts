// The first line of a page: what and since when.
import type { Escalation } from './escalation.ts'
import type { PageKind } from './fact.ts'
import type { Incident } from './incident.ts'
import { describeScope, type Members, type Storm } from './storm.ts'
import { formatDuration, formatInstant } from './time.ts'

export function incidentHeadline(kind: PageKind, incident: Incident): string {
  const { heartbeat, verdict, openedAt, resolvedAt = openedAt, resolvedBy = 'heartbeat' } = incident
  const since = formatInstant(openedAt)
  switch (kind) {
    case 'incident.resolved':
      return `${heartbeat} is resolved after ${formatDuration(resolvedAt - openedAt)} (by ${resolvedBy})`
    case 'incident.acknowledged':
      return `${heartbeat} is ${verdict} since ${since}, acknowledged by ${incident.acknowledgedBy ?? 'somebody'}`
    case 'incident.expiring':
      return `${heartbeat} is ${verdict} since ${since}, and ${expiry(incident)}`
    default:
      return `${heartbeat} is ${verdict} since ${since}`
  }
}

export function stormHeadline(kind: PageKind, storm: Storm, { all, open }: Members): string {
  const of = storm.scope.kind === 'all' ? '' : ` of ${describeScope(storm.scope)}`
  const since = formatInstant(storm.openedAt)
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
      return `${bad}, and ${expiry(storm)}`
    default:
      return bad
  }
}

function expiry({ acknowledgedAt, acknowledgedBy = 'somebody', policy }: Escalation): string {
  const until = formatInstant((acknowledgedAt ?? 0) + policy.ackTimeout)
  return `the acknowledgement by ${acknowledgedBy} times out at ${until}: acknowledge again, or it escalates`
}
