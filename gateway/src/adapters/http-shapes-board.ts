// What the API takes and gives of boards and events, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { BoardItem } from '../app/read-board.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { arrayOf, closed, count, shapeOf, short, text } from './http-shapes.ts'

/** `after`: number of the last fact that is known. */
export type EventQuery = { heartbeat?: string; group?: string; after?: number }

export const EVENT_QUERY: object = shapeOf<EventQuery>()(
  Type.Object({ heartbeat: short, group: short, after: Type.Optional(Type.Integer({ minimum: 0 })) }, closed),
)

const verdicts = Type.Unsafe<Readonly<Record<Verdict, number>>>(
  Type.Object(Object.fromEntries(VERDICTS.map((verdict) => [verdict, count])), closed),
)
const tallies = arrayOf(Type.Object({ name: text, total: count, bad: count, verdicts }, closed))

export const BOARD: object = shapeOf<BoardItem>()(
  Type.Object(
    {
      ...{ total: count, bad: count, verdicts, ownerless: count, neverSeen: count },
      incidents: Type.Object({ open: count, acknowledged: count, muted: count }, closed),
      ...{ storms: count, groups: tallies, owners: tallies, tags: tallies, seq: count },
    },
    closed,
  ),
)
