// What the API takes and gives of boards and events, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import { MARKS, type Mark } from '../app/arrivals.ts'
import type { List } from '../app/read.ts'
import type { BlindItem } from '../app/read-blind.ts'
import type { BoardItem } from '../app/read-board.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { arrayOf, closed, count, instant, listOf, oneOf, orNull, shapeOf, short, text } from './http-shapes.ts'

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

export type NewcomerItem = {
  readonly name: string
  readonly firstAt: string
  readonly lastAt: string
  readonly signals: number
  /** What the rule that covers its topics says; null: none covers them. */
  readonly terms: {
    readonly schedule: string
    readonly group: string
    readonly owner: string
    readonly parent: string
    readonly tags: readonly string[]
  } | null
}

const ruled = Type.Object({ schedule: text, group: text, owner: text, parent: text, tags: arrayOf(text) }, closed)

export const NEWCOMERS: object = shapeOf<List<NewcomerItem>>()(
  listOf(Type.Object({ name: text, firstAt: instant, lastAt: instant, signals: count, terms: orNull(ruled) }, closed)),
)
export const BLIND: object = shapeOf<List<BlindItem>>()(
  listOf(Type.Object({ from: instant, to: instant, cause: text, source: text, unverified: count }, closed)),
)

/** Names with a comma between them. */
export type StripsQuery = { names: string }
export type StripItem = { readonly name: string; readonly marks: readonly Mark[] }

export const MOST_STRIPS = 200
const strip = Type.Object({ name: text, marks: arrayOf(oneOf(...MARKS)) }, closed)

export const STRIPS_QUERY: object = shapeOf<StripsQuery>()(
  Type.Object({ names: Type.String({ minLength: 1, maxLength: 30_000 }) }, closed),
)
export const STRIP: object = shapeOf<StripItem>()(strip)
export const STRIPS: object = shapeOf<List<StripItem>>()(listOf(strip))
