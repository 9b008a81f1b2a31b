// Instants and durations: the only place that compares instants, and the one grammar of durations.
// Nothing here reads a clock.

/** Milliseconds since the epoch, UTC, whole. */
export type Instant = number
/** Milliseconds. */
export type Duration = number

export const SECOND: Duration = 1_000
export const MINUTE: Duration = 60_000
export const HOUR: Duration = 3_600_000
export const DAY: Duration = 86_400_000

/** An instant that never comes. */
export const NEVER: Instant = Number.POSITIVE_INFINITY

/** True from the instant itself on: work scheduled `at` is due at `at`. */
export function isDue(at: Instant, now: Instant): boolean {
  return now >= at
}

/** True strictly after `deadline`: what arrives at the deadline itself is in time. */
export function isPast(deadline: Instant, now: Instant): boolean {
  return now > deadline
}

/** The first instant at which `isPast(deadline, …)` holds. */
export function justAfter(deadline: Instant): Instant {
  return deadline + 1
}

export function earliest(...instants: readonly Instant[]): Instant {
  let least = NEVER
  for (const instant of instants) if (instant < least) least = instant
  return least
}

const UNITS: Readonly<Record<string, Duration>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** One or more `<number><unit>` parts, largest unit first by custom: `90s`, `1h30m`, `2d`, `250ms`. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g

/** Reads `90s`, `15m`, `1h30m`, `2d`, `250ms`; undefined for anything else, a bare number included. */
export function parseDuration(text: string): Duration | undefined {
  if (!DURATION.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(DURATION_PART)) total += Number(count) * (UNITS[unit as string] as number)
  return Math.round(total)
}

/** The shortest exact writing: `5400000` is `1h30m`, `0` is `0s`. */
export function formatDuration(duration: Duration): string {
  let rest = Math.round(Math.abs(duration))
  let text = ''
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return `${duration < 0 ? '-' : ''}${text || '0s'}`
}

const MILLISECONDS_PER_NANOSECOND = 1_000_000n

/** ISO 8601, UTC, with milliseconds: what every edge writes. */
export function formatInstant(instant: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString({ smallestUnit: 'millisecond' })
}

/** Reads any ISO 8601 instant that carries an offset or `Z`; undefined otherwise. */
export function parseInstant(text: string): Instant | undefined {
  try {
    return Number(Temporal.Instant.from(text).epochNanoseconds / MILLISECONDS_PER_NANOSECOND)
  } catch {
    return undefined
  }
}
