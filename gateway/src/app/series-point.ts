// One point of a time series, before it is written in anybody's protocol.
import type { Instant } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Measurement, SERIES } from './series-schema.ts'

export type Point<M extends Measurement = Measurement> = {
  readonly measurement: M
  /** Names and words. Empty: there is none, which is written as `-`; undefined: the point has no such tag. */
  readonly tags: Readonly<Record<string, string | undefined>>
  /** Undefined ones are left out. */
  readonly fields: { readonly [F in keyof (typeof SERIES)[M]]?: number | string | undefined }
  readonly at: Instant
  /** Number of the fact it comes from, which keeps it apart from others of the same instant; 0: none. */
  readonly seq: number
}

export type AnyPoint = { readonly [M in Measurement]: Point<M> }[Measurement]

/** How many series a group is worth. */
export type Detail = 'all' | 'transitions' | 'aggregate'

/** Verdicts as numbers, for ever: what is worse is higher. */
export const VERDICT_CODES: Readonly<Record<Verdict, number>> = {
  ok: 0,
  unseen: 1,
  running: 2,
  late: 3,
  unverified: 4,
  slow: 5,
  overrun: 6,
  missed: 7,
  failed: 8,
  paused: 9,
}
