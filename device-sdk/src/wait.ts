// How long: as people write it (`15m`), as a number of milliseconds, never as a bare text of digits.

/** Milliseconds as a number, or text: `500ms`, `30s`, `15m`, `1h30m`, `2d`. */
export type Wait = number | string

/** The longest that a timer of Node can wait. */
export const LONGEST_TIMER: number = 2 ** 31 - 1

/** In milliseconds; undefined for what is no length of time. */
export function waitOf(wait: unknown): number | undefined {
  if (typeof wait === 'number') return Number.isFinite(wait) && wait >= 0 ? wait : undefined
  if (typeof wait !== 'string' || !WRITTEN.test(wait)) return undefined
  let total = 0
  for (const [, count, unit] of wait.matchAll(PART)) total += Number(count) * (UNITS[unit as string] as number)
  return total
}

const WRITTEN = /^(?:\d{1,9}(?:ms|[smhdw]))+$/
const PART = /(\d+)(ms|[smhdw])/g
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}
