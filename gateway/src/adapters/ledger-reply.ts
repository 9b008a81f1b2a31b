// What an answer of the ledger's thread is made of.
import type { Question, Questions } from './ledger-messages.ts'

/** The answer where what was asked for can't be read. */
export const NOTHING: { readonly [Q in Question]: Questions[Q]['answer'] } = {
  slices: [],
  groups: [],
  chain: [],
  groupOf: undefined,
  body: undefined,
  cursor: 0,
  completeUpTo: 0,
  sizes: { bytes: 0, logBytes: 0, freeBytes: 0 },
}

/** Bytes are given away with the answer. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const rows = Array.isArray(value) ? value : [value]
  const pieces = rows.map((row) => (row instanceof Uint8Array ? row : (row as { bytes?: unknown } | undefined)?.bytes))
  return [...new Set(pieces.filter((bytes) => bytes instanceof Uint8Array).map(({ buffer }) => buffer as ArrayBuffer))]
}
