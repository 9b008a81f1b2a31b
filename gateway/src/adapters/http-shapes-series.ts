// What the API gives of the time series, as types and as schemas. Where a type and its schema differ, this file does not
// compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import {
  closed,
  count,
  instant,
  listOf,
  ms,
  oneOf,
  orNull,
  SIGNAL_QUERY,
  type SignalQuery,
  shapeOf,
  text,
} from './http-shapes.ts'

export type DeadQuery = SignalQuery
export const DEAD_QUERY: object = SIGNAL_QUERY

/** How the writing of time series stands. */
export type SeriesItem = {
  /** `off`: nothing is configured. `waiting`: the server takes nothing now; nothing is lost meanwhile. */
  readonly state: 'off' | 'connecting' | 'writing' | 'waiting' | 'broken'
  readonly flavor: string | null
  /** Why it waits: `unreachable`, `unauthorized`, `missing`, `busy`; and in words. */
  readonly because: string | null
  readonly why: string | null
  readonly since: string | null
  /** How far behind the ledger. */
  readonly lagMs: number
  readonly lagFacts: number
  /** Written since the start. */
  readonly points: number
  /** Refused for good, ever. */
  readonly dead: number
}

/** A point that the server refused for good, and its words. */
export type DeadItem = { readonly id: number; readonly at: string; readonly line: string; readonly why: string }

export const SERIES_STATUS: object = shapeOf<SeriesItem>()(
  Type.Object(
    {
      state: oneOf('off', 'connecting', 'writing', 'waiting', 'broken'),
      flavor: orNull(text),
      because: orNull(text),
      why: orNull(text),
      since: orNull(instant),
      lagMs: ms,
      lagFacts: count,
      points: count,
      dead: count,
    },
    closed,
  ),
)
export const DEAD: object = shapeOf<List<DeadItem>>()(
  listOf(Type.Object({ id: count, at: instant, line: text, why: text }, closed)),
)
