// What the API takes and gives, as types and as schemas: Fastify holds requests against them, openapi.json shows them.
// Where a type and its schema differ, this file does not compile.
import Type, { type Static, type TSchema } from 'typebox'
import type { HeartbeatItem, List } from '../app/read.ts'
import type { IncidentItem } from '../app/read-incidents.ts'
import type { SignalItem } from '../app/read-signals.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'

export type HeartbeatQuery = {
  verdict?: Verdict
  tag?: string
  group?: string
  owner?: string
  q?: string
  limit?: number
  after?: number
}
export type SignalQuery = { limit?: number; after?: number }
export type IncidentQuery = { state?: 'open' | 'all'; limit?: number; after?: string }
/** A person, and their word. */
export type Deed = { by: string; note?: string }

const closed = { additionalProperties: false }
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
const short = Type.Optional(Type.String({ maxLength: 200 }))
/** No control characters; a note may have tabs and line feeds. */
const LINE = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$'
const NOTE = '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$'

/** The schema, if it says neither more nor less than the type. */
export function shapeOf<T>(): <S extends TSchema>(schema: Same<T, Static<S>> extends true ? S : never) => object {
  return (schema) => schema
}

type Same<A, B> = [A, B, Required<B>] extends [B, A, Required<A>] ? true : false

export const HEARTBEAT_QUERY: object = shapeOf<HeartbeatQuery>()(
  Type.Object(
    {
      verdict: Type.Optional(oneOf(...VERDICTS)),
      tag: short,
      group: short,
      owner: short,
      q: short,
      limit,
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  ),
)

export const SIGNAL_QUERY: object = shapeOf<SignalQuery>()(
  Type.Object({ limit, after: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
)

export const INCIDENT_QUERY: object = shapeOf<IncidentQuery>()(
  Type.Object(
    {
      state: Type.Optional(oneOf('open', 'all')),
      limit,
      after: short,
    },
    closed,
  ),
)

export const DEED: object = shapeOf<Deed>()(
  Type.Object(
    {
      by: Type.String({ minLength: 1, maxLength: 200, pattern: LINE }),
      note: Type.Optional(Type.String({ maxLength: 2000, pattern: NOTE })),
    },
    closed,
  ),
)

const text = Type.String()
const instant = Type.String({ format: 'date-time' })
const ms = Type.Number({ minimum: 0 })
const texts = arrayOf(text)
const count = Type.Integer({ minimum: 0 })
const verdict = oneOf(...VERDICTS)

function orNull<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()])
}

function oneOf<const T extends readonly string[]>(...values: T) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })
}

function arrayOf<S extends TSchema>(items: S) {
  return Type.Unsafe<readonly Static<S>[]>(Type.Array(items))
}

function listOf<S extends TSchema>(items: S) {
  return Type.Object({ items: arrayOf(items), next: orNull(text) }, closed)
}

const heartbeat = {
  name: text,
  verdict,
  since: instant,
  lastSignalAt: orNull(instant),
  lastOkAt: orNull(instant),
  dueAt: orNull(instant),
  deadlineAt: orNull(instant),
  owner: text,
  description: text,
  tags: texts,
  group: text,
  schedule: text,
  graceMs: orNull(ms),
  baselineMs: orNull(ms),
  incident: orNull(text),
  signals: count,
}
const ownHeartbeat = { ...heartbeat, key: orNull(text), uuid: orNull(text) }
type OwnHeartbeat = HeartbeatItem & { readonly key: string | null; readonly uuid: string | null }

const signal = Type.Object(
  {
    seq: count,
    kind: text,
    at: instant,
    receivedAt: instant,
    via: text,
    run: orNull(text),
    durationMs: orNull(ms),
    exit: orNull(count),
    killedBy: orNull(text),
    message: orNull(text),
    metrics: orNull(Type.Unsafe<Readonly<Record<string, number>>>(Type.Record(text, Type.Number()))),
    bodyBytes: count,
  },
  closed,
)

const incident = Type.Object(
  {
    id: text,
    heartbeat: text,
    verdict,
    severity: oneOf('warning', 'critical'),
    state: oneOf('triggered', 'acknowledged', 'resolved'),
    openedAt: instant,
    seenAt: instant,
    deadlineAt: orNull(instant),
    acknowledgedAt: orNull(instant),
    acknowledgedBy: orNull(text),
    resolvedAt: orNull(instant),
    explanation: text,
    pages: arrayOf(
      Type.Object(
        {
          id: text,
          kind: text,
          channel: text,
          outcome: orNull(oneOf('delivered', 'refused', 'expired')),
          queuedAt: instant,
          settledAt: orNull(instant),
        },
        closed,
      ),
    ),
    timeline: arrayOf(Type.Object({ type: text, note: text, at: instant, seenAt: instant }, closed)),
  },
  closed,
)

export const HEARTBEATS: object = shapeOf<List<HeartbeatItem>>()(listOf(Type.Object(heartbeat, closed)))
export const OWN_HEARTBEAT: object = shapeOf<OwnHeartbeat>()(Type.Object(ownHeartbeat, closed))
export const SIGNALS: object = shapeOf<List<SignalItem>>()(listOf(signal))
export const INCIDENT: object = shapeOf<IncidentItem>()(incident)
export const INCIDENTS: object = shapeOf<List<IncidentItem>>()(listOf(incident))
