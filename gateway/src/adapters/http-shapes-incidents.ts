// What the API takes and gives of incidents and storms, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import type { IncidentItem } from '../app/read-incidents.ts'
import type { StormItem } from '../app/read-storms.ts'
import {
  arrayOf,
  closed,
  count,
  instant,
  limit,
  listOf,
  oneOf,
  orNull,
  shapeOf,
  short,
  text,
  texts,
  verdict,
} from './http-shapes.ts'

export type IncidentQuery = { state?: 'open' | 'all'; limit?: number; after?: string }
/** `open`: what is over is left out. */
export type StateQuery = { state?: 'open' | 'all' }

const state = Type.Optional(oneOf('open', 'all'))

export const INCIDENT_QUERY: object = shapeOf<IncidentQuery>()(Type.Object({ state, limit, after: short }, closed))
export const STATE_QUERY: object = shapeOf<StateQuery>()(Type.Object({ state }, closed))

const muted = Type.Object(
  {
    by: oneOf('silence', 'maintenance', 'parent', 'storm', 'gathering'),
    what: text,
    why: text,
    until: orNull(instant),
  },
  closed,
)

const page = Type.Object(
  {
    id: text,
    kind: text,
    channel: text,
    path: text,
    outcome: orNull(oneOf('delivered', 'refused', 'expired')),
    queuedAt: instant,
    settledAt: orNull(instant),
  },
  closed,
)

/** What an incident and a storm have in common. */
const escalation = {
  id: text,
  severity: oneOf('warning', 'critical'),
  state: oneOf('triggered', 'acknowledged', 'resolved'),
  openedAt: instant,
  seenAt: instant,
  acknowledgedAt: orNull(instant),
  acknowledgedBy: orNull(text),
  resolvedAt: orNull(instant),
  resolvedBy: orNull(text),
  policy: text,
  explanation: text,
  muted: orNull(muted),
  pages: arrayOf(page),
  timeline: arrayOf(Type.Object({ type: text, note: text, at: instant, seenAt: instant }, closed)),
}

const incident = Type.Object({ ...escalation, heartbeat: text, verdict, deadlineAt: orNull(instant) }, closed)

const storm = Type.Object(
  {
    ...escalation,
    scope: text,
    recededAt: orNull(instant),
    size: count,
    heartbeats: count,
    open: count,
    names: texts,
    incidents: texts,
  },
  closed,
)

export const INCIDENT: object = shapeOf<IncidentItem>()(incident)
export const INCIDENTS: object = shapeOf<List<IncidentItem>>()(listOf(incident))
export const STORM: object = shapeOf<StormItem>()(storm)
export const STORMS: object = shapeOf<List<StormItem>>()(listOf(storm))
