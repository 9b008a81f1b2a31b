// What stands as a line across the graphs: incidents, storms, and the ends of times in which the gateway could not hear.
import type { Annotation } from './dashboard.ts'
import { IN_GROUP, OF_HEARTBEAT } from './query.ts'

export const STORMS: Annotation = {
  name: 'Storms',
  query: `SELECT "text", "event", "group" FROM "hb_incident" WHERE $timeFilter AND "kind" = 'storm' AND ${IN_GROUP} AND "event" =~ /^(opened|resolved)$/ LIMIT 200`,
  text: 'text',
  tags: ['event', 'group'],
  family: 'warn',
}

export const INCIDENTS_OF_HEARTBEAT: Annotation = {
  name: 'Incidents',
  query: `SELECT "text", "event", "severity" FROM "hb_incident" WHERE $timeFilter AND ${OF_HEARTBEAT} LIMIT 500`,
  text: 'text',
  tags: ['event', 'severity'],
  family: 'crit',
}

/** The line stands at the end, when the gateway heard again. */
export const BLIND: Annotation = {
  name: 'Could not hear until here',
  query: 'SELECT "blind_ms", "cause", "source" FROM "hb_gateway" WHERE $timeFilter AND "blind_ms" > 0 LIMIT 200',
  text: 'cause',
  tags: ['source'],
  family: 'mute',
}
