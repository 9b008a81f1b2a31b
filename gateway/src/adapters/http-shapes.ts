// What the API takes and gives, as types and as schemas: Fastify holds requests against them, openapi.json shows them.
// Where a type and its schema differ, this file does not compile.
import Type, {
  type Static,
  type TInteger,
  type TNull,
  type TNumber,
  type TObject,
  type TOptional,
  type TSchema,
  type TString,
  type TUnion,
  type TUnsafe,
} from 'typebox'
import type { HeartbeatItem, List } from '../app/read.ts'
import type { SignalItem } from '../app/read-signals.ts'
import type { Order } from '../app/search.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'

export type HeartbeatQuery = {
  verdict?: Verdict
  tag?: string
  group?: string
  owner?: string
  q?: string
  seen?: 'never'
  order?: Order
  limit?: number
  after?: string
}
export type SignalQuery = { limit?: number; after?: number }
/** A person, and their word. */
export type Deed = { by: string; note?: string }
/** The duration is read by the route. */
export type RotateKeyBody = { by: string; overlap?: string }

export const closed: { readonly additionalProperties: false } = { additionalProperties: false }
export const limit: TOptional<TInteger> = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
export const short: TOptional<TString> = Type.Optional(Type.String({ maxLength: 200 }))
/** No control characters; a note may have tabs and line feeds. */
export const LINE: string = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$'
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
      seen: Type.Optional(oneOf('never')),
      order: Type.Optional(oneOf('declared', 'wrong')),
      limit,
      after: Type.Optional(Type.String({ maxLength: 40 })),
    },
    closed,
  ),
)

export const SIGNAL_QUERY: object = shapeOf<SignalQuery>()(
  Type.Object({ limit, after: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
)

export const person: TString = Type.String({ minLength: 1, maxLength: 200, pattern: LINE })
export const note: TOptional<TString> = Type.Optional(Type.String({ maxLength: 2000, pattern: NOTE }))

export const DEED: object = shapeOf<Deed>()(
  Type.Object(
    {
      by: person,
      note,
    },
    closed,
  ),
)

export const ROTATE_KEY_BODY: object = shapeOf<RotateKeyBody>()(
  Type.Object({ by: person, overlap: Type.Optional(Type.String({ maxLength: 40 })) }, closed),
)

export const text: TString = Type.String()
export const instant: TString = Type.String({ format: 'date-time' })
export const ms: TNumber = Type.Number({ minimum: 0 })
export const texts: TUnsafe<readonly string[]> = arrayOf(text)
export const count: TInteger = Type.Integer({ minimum: 0 })
export const verdict: TUnsafe<Verdict> = oneOf(...VERDICTS)

export function orNull<S extends TSchema>(schema: S): TUnion<[S, TNull]> {
  return Type.Union([schema, Type.Null()])
}

export function oneOf<const T extends readonly string[]>(...values: T): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })
}

export function arrayOf<S extends TSchema>(items: S): TUnsafe<readonly Static<S>[]> {
  return Type.Unsafe<readonly Static<S>[]>(Type.Array(items))
}

export function listOf<S extends TSchema>(
  items: S,
): TObject<{ items: TUnsafe<readonly Static<S>[]>; next: TUnion<[TString, TNull]> }> {
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
const ownHeartbeat = { ...heartbeat, key: orNull(text), uuid: orNull(text), previousKeyUntil: orNull(instant) }
type OwnHeartbeat = HeartbeatItem & {
  readonly key: string | null
  readonly uuid: string | null
  /** The key before it was or is good until then. */
  readonly previousKeyUntil: string | null
}

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

export const HEARTBEATS: object = shapeOf<List<HeartbeatItem>>()(listOf(Type.Object(heartbeat, closed)))
export const OWN_HEARTBEAT: object = shapeOf<OwnHeartbeat>()(Type.Object(ownHeartbeat, closed))
export const SIGNALS: object = shapeOf<List<SignalItem>>()(listOf(signal))
