// What the API takes and gives of drills and ways, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type, { type Static, type TSchema } from 'typebox'
import type { List } from '../app/read.ts'
import type { DrillItem, WayItem } from '../app/read-drills.ts'

/** Who asks for it. */
export type DrillOrder = { by: string }
export type DrillQuery = { limit?: number; after?: string }

const closed = { additionalProperties: false }
const text = Type.String()
const instant = Type.String({ format: 'date-time' })

/** The schema, if it says neither more nor less than the type. */
function shapeOf<T>() {
  return <S extends TSchema>(schema: Same<T, Static<S>> extends true ? S : never): object => schema
}

type Same<A, B> = [A, B, Required<B>] extends [B, A, Required<A>] ? true : false

function orNull<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()])
}

function arrayOf<S extends TSchema>(items: S) {
  return Type.Unsafe<readonly Static<S>[]>(Type.Array(items))
}

function listOf<S extends TSchema>(items: S) {
  return Type.Object({ items: arrayOf(items), next: orNull(text) }, closed)
}

const page = Type.Object(
  {
    page: text,
    step: Type.Integer({ minimum: 1 }),
    path: text,
    outcome: orNull(
      Type.Unsafe<'delivered' | 'refused' | 'expired'>({ type: 'string', enum: ['delivered', 'refused', 'expired'] }),
    ),
    settledAt: orNull(instant),
    why: orNull(text),
    lastReachedAt: orNull(instant),
  },
  closed,
)

const drill = Type.Object(
  {
    ...{ id: text, heartbeat: text, policy: text, by: text, at: instant, explanation: text },
    muted: orNull(text),
    pages: arrayOf(page),
  },
  closed,
)

const way = Type.Object({ path: text, channel: text, lastReachedAt: instant, kind: text }, closed)

export const DRILL_ORDER: object = shapeOf<DrillOrder>()(
  Type.Object(
    { by: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' }) },
    closed,
  ),
)
export const DRILL_QUERY: object = shapeOf<DrillQuery>()(
  Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      after: Type.Optional(Type.String({ maxLength: 200 })),
    },
    closed,
  ),
)
export const DRILL: object = shapeOf<DrillItem>()(drill)
export const DRILLS: object = shapeOf<List<DrillItem>>()(listOf(drill))
export const WAYS: object = shapeOf<List<WayItem>>()(listOf(way))
