// A window: one ok between two local times on certain days, `02:00-04:00` on `mon-fri`, `1-7,last` or each day.
// It is due when it closes. Skipped local times are the instant of the jump, repeated ones their first pass.
import { daysIn, isPossible, nextWall, type Pattern, previousWall, stepsOf, weekdayOf } from './civil.ts'
import { type Checked, isWrong, type Problem } from './problem.ts'
import { DAY, type Duration, HOUR, type Instant, MINUTE } from './time.ts'
import { instantOf, type Wall, wallAt, type Zone } from './zone.ts'

/** `pattern` matches the wall times at which it opens; it closes `length` of wall time later. */
export type Window = { readonly pattern: Pattern; readonly length: Duration }

/** `due` is the instant the window closes: an ok at `due` itself is still inside. */
export type Opening = { readonly opensAt: Instant; readonly due: Instant }

/** A window that closes no later than it opens closes the next day; `on` names the day it opens. */
export function parseWindow(window: string, on: string, path = '', onPath: string = path): Checked<Window> {
  const problems: Problem[] = []
  const times = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(window)
  const [open, close] = times === null ? [Number.NaN, Number.NaN] : timesOf(times.slice(1).map(Number))
  if (!(open < DAY && close <= DAY) || open === close) {
    const expected = 'two different local times such as "02:00-04:00"'
    problems.push({ path, expected, found: JSON.stringify(window) })
  }
  const days = daysOf(on, onPath)
  if (isWrong(days)) problems.push(...days.problems)
  if (isWrong(days) || problems.length > 0) return { problems }
  const pattern: Pattern = {
    years: () => true,
    firstYear: Number.NEGATIVE_INFINITY,
    lastYear: Number.POSITIVE_INFINITY,
    days: days.value,
    hours: stepsOf([Math.floor(open / HOUR)], 24),
    minutes: stepsOf([(open % HOUR) / MINUTE], 60),
    seconds: stepsOf([0], 60),
  }
  if (!isPossible(pattern)) {
    return { problems: [{ path: onPath, expected: 'days that come', found: JSON.stringify(on) }] }
  }
  return { value: { pattern, length: close > open ? close - open : close + DAY - open } }
}

/** The first window that closes strictly after `after`; undefined when there is none any more. */
export function nextOpening({ pattern, length }: Window, zone: Zone, after: Instant): Opening | undefined {
  // Two days earlier than any window that is still open can have opened, by whatever the clock jumped.
  let wall = nextWall(pattern, wallAt(zone, after) - length - 2 * DAY)
  while (wall < LAST_WALL) {
    const found = openingAt(zone, wall, length)
    if (found.due > after && found.due > found.opensAt) return found
    wall = nextWall(pattern, wall + 1)
  }
  return undefined
}

/** The last window that closed at or before `before`; undefined when there is none. */
export function previousOpening({ pattern, length }: Window, zone: Zone, before: Instant): Opening | undefined {
  let wall = previousWall(pattern, wallAt(zone, before) - length + 2 * DAY)
  while (wall > -LAST_WALL) {
    const found = openingAt(zone, wall, length)
    if (found.due <= before && found.due > found.opensAt) return found
    wall = previousWall(pattern, wall - 1)
  }
  return undefined
}

/** Within what Temporal can say, and far beyond any use. */
const LAST_WALL: Wall = 8_600_000_000_000_000
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A window that the clock skips wholly opens and closes at the jump: it is none. */
function openingAt(zone: Zone, wall: Wall, length: Duration): Opening {
  return { opensAt: instantOf(zone, wall), due: instantOf(zone, wall + length) }
}

/** 24:00 is a closing time; NaN for what no clock shows. */
function timesOf(numbers: readonly number[]): readonly [number, number] {
  const [openHour = 0, openMinute = 0, closeHour = 0, closeMinute = 0] = numbers
  if (openMinute > 59 || closeMinute > 59) return [Number.NaN, Number.NaN]
  return [openHour * HOUR + openMinute * MINUTE, closeHour * HOUR + closeMinute * MINUTE]
}

function daysOf(on: string, path: string): Checked<Pattern['days']> {
  const items =
    on.trim() === ''
      ? []
      : on
          .toLowerCase()
          .split(',')
          .map((item) => item.trim())
  const weekdays = items.map(weekdaysOf)
  const dates = items.map(datesOf)
  if (weekdays.every((days) => days !== undefined)) {
    const set = new Set(items.length === 0 ? WEEKDAYS.keys() : weekdays.flat())
    return { value: (year, month) => bits(year, month, (day) => set.has(weekdayOf(year, month, day))) }
  }
  if (dates.every((days) => days !== undefined)) {
    const set = new Set(dates.flat())
    return {
      value: (year, month) => bits(year, month, (day, last) => set.has(day) || (day === last && set.has(LAST_DAY))),
    }
  }
  const expected = 'weekdays such as "mon-fri" or days of the month such as "1-7,last"'
  return { problems: [{ path, expected, found: JSON.stringify(on) }] }
}

/** Stands for the last day of any month. */
const LAST_DAY = 0

function bits(year: number, month: number, isIn: (day: number, last: number) => boolean): number {
  const last = daysIn(year, month)
  let days = 0
  for (let day = 1; day <= last; day++) if (isIn(day, last)) days |= 1 << day
  return days
}

/** 0 is Sunday. A range may run around the end of the week: `fri-mon`. */
function weekdaysOf(item: string): readonly number[] | undefined {
  const ends = item
    .split(/\s*-\s*/)
    .map((name) => WEEKDAYS.findIndex((day) => day === name || day.slice(0, 3) === name))
  const [first = -1, last = first] = ends
  if (ends.length > 2 || first < 0 || last < 0) return undefined
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7)
}

function datesOf(item: string): readonly number[] | undefined {
  if (item === 'last') return [LAST_DAY]
  const match = /^(\d{1,2})(?:\s*-\s*(\d{1,2}))?$/.exec(item)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? first)
  if (first < 1 || last > 31 || first > last) return undefined
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
