// What the API takes and gives of drills and ways, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import type { DrillItem, WayItem } from '../app/read-drills.ts'
import { arrayOf, closed, instant, limit, listOf, oneOf, orNull, person, shapeOf, short, text } from './http-shapes.ts'

/** Who asks for it. */
export type DrillOrder = { by: string }
export type DrillQuery = { limit?: number; after?: string }

const page = Type.Object(
  {
    page: text,
    step: Type.Integer({ minimum: 1 }),
    path: text,
    outcome: orNull(oneOf('delivered', 'refused', 'expired')),
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

export const DRILL_ORDER: object = shapeOf<DrillOrder>()(Type.Object({ by: person }, closed))
export const DRILL_QUERY: object = shapeOf<DrillQuery>()(Type.Object({ limit, after: short }, closed))
export const DRILL: object = shapeOf<DrillItem>()(drill)
export const DRILLS: object = shapeOf<List<DrillItem>>()(listOf(drill))
export const WAYS: object = shapeOf<List<WayItem>>()(listOf(way))
