// systemd's OnCalendar: the text of systemd.time(7), and the elapses that `systemd-analyze calendar` prints.
// A skipped wall time does not elapse that day; a repeated one elapses the first time.
import { type Chain, chain, EVERY_DAY, members, membersFromEnd, overrun, weekdaysOf } from './calendar-text.ts'
import {
  dayOf,
  daysIn,
  isPossible,
  nextWall,
  type Pattern,
  previousWall,
  type Steps,
  stepsOf,
  weekdayOf,
} from './civil.ts'
import type { Checked } from './problem.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from './time.ts'
import { nextInstant, previousInstant, type Rule, type Wall, type Zone, zoneNamed } from './zone.ts'

export type Calendar = {
  readonly pattern: Pattern
  /** Matching wall times that systemd's search never comes to; undefined when there are none. */
  readonly isLost: ((wall: Wall) => boolean) | undefined
  /** The one that the text itself ends in; it takes precedence. */
  readonly zone: Zone | undefined
}

/** A calendar that never elapses is a problem; one that lies wholly in the past is not. */
export function parseCalendar(text: string, path = ''): Checked<Calendar> {
  const bad = (expected: string): Checked<Calendar> => ({ problems: [{ path, expected, found: JSON.stringify(text) }] })
  const tokens = text.trim().split(/ +/)
  const last = tokens.at(-1) as string
  const zone = tokens.length > 1 && /^[A-Za-z]/.test(last) ? zoneNamed(/^utc$/i.test(last) ? 'UTC' : last) : undefined
  if (zone !== undefined) tokens.pop()
  const nickname = tokens.length === 1 ? NICKNAMES[(tokens[0] as string).toLowerCase()] : undefined
  const rest = nickname === undefined ? tokens : nickname.split(' ')

  const weekdays = /^[A-Za-z]/.test(rest[0] ?? '') ? weekdaysOf(rest.shift() as string) : EVERY_DAY
  if (weekdays === undefined) return bad('weekdays such as Mon..Fri or Sat,Sun, then a date and a time')
  const date = rest.length > 0 && !rest[0]?.includes(':') ? dateOf(rest.shift() as string) : dateOf('*-*-*')
  if (date === undefined) return bad('a date such as *-*-1, 2026-12-24 or *-02~03')
  const [hour, minute, second = '0', ...more] = (rest.shift() ?? '0:0:0').split(':')
  const hours = chain(hour as string, 0, 23)
  const minutes = chain(minute ?? '', 0, 59)
  const seconds = second.split(',').some(isEmptyRange) ? undefined : chain(second, 0, 59)
  if (rest.length > 0 || more.length > 0 || !hours || !minutes || !seconds) {
    return bad('a time such as 08:00, *:0/15 or 08:00:30, in whole seconds, then at most a zone')
  }
  const pattern: Pattern = {
    ...patternOf(weekdays, date),
    hours: stepsOf(members(hours, 0, 23), 24),
    minutes: stepsOf(members(minutes, 0, 59), 60),
    seconds: stepsOf(members(seconds, 0, 59), 60),
  }
  if (!isPossible(pattern)) return bad('a calendar that elapses some day')
  const hasDecember = new Set(members(date.months, 1, 12)).has(12)
  const isLost = lostOf(pattern, {
    second: overrun(seconds, 59) % 60,
    minute: overrun(minutes, 59) % 60,
    hour: overrun(hours, 23) % 24,
    day: date.isFromEnd || !hasDecember ? 0 : Math.max(0, overrun(date.days, 31) - 31),
  })
  return { value: { pattern, isLost, zone } }
}

/** The first elapse strictly after `after`; `NEVER` after the last. */
export function nextElapse({ pattern, isLost, zone }: Calendar, ownZone: Zone, after: Instant): Instant {
  return nextInstant(zone ?? ownZone, ELAPSE, after, (from) => {
    let wall = nextWall(pattern, from)
    while (isLost?.(wall)) wall = nextWall(pattern, wall + 1)
    return wall
  })
}

/** The last elapse at or before `before`. */
export function previousElapse(
  { pattern, isLost, zone }: Calendar,
  ownZone: Zone,
  before: Instant,
): Instant | undefined {
  return previousInstant(zone ?? ownZone, ELAPSE, before, (from) => {
    let wall = previousWall(pattern, from)
    while (isLost?.(wall)) wall = previousWall(pattern, wall - 1)
    return wall
  })
}

/** systemd refuses `5..5` for seconds alone. */
function isEmptyRange(item: string): boolean {
  const [first, last] = item.split('..')
  return last !== undefined && Number(first) === Number(last)
}

const ELAPSE: Rule = { gap: 'skip', fold: 'first' }

const NICKNAMES: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  quarterly: '*-1,4,7,10-01 00:00:00',
  semiannually: '*-1,7-01 00:00:00',
  'semi-annually': '*-1,7-01 00:00:00',
  biannually: '*-1,7-01 00:00:00',
  'bi-annually': '*-1,7-01 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
  anually: '*-01-01 00:00:00',
}

/** MIN_YEAR and MAX_YEAR of systemd. */
const FIRST_YEAR = 1970
const LAST_YEAR = 2199

type Dates = { readonly years: Chain; readonly months: Chain; readonly days: Chain; readonly isFromEnd: boolean }

function dateOf(text: string): Dates | undefined {
  const parts = /^(?:([*\d.,/]+)-)?([*\d.,/]+)([-~])([*\d.,/]+)$/.exec(text)
  if (parts === null) return undefined
  const [, year = '*', month, separator, day] = parts
  const years = chain(year, FIRST_YEAR, LAST_YEAR, fullYear)
  const months = chain(month as string, 1, 12)
  const isFromEnd = separator === '~'
  const days = chain(day as string, 1, isFromEnd ? 28 : 31, undefined, isFromEnd)
  return years && months && days ? { years, months, days, isFromEnd } : undefined
}

/** 69 is 2069, 70 is 1970. */
function fullYear(year: number): number {
  if (year < 70) return year + 2000
  return year < 100 ? year + 1900 : year
}

function patternOf(weekdays: ReadonlySet<number>, dates: Dates): Omit<Pattern, 'hours' | 'minutes' | 'seconds'> {
  const years = dates.years === '*' ? undefined : new Set(members(dates.years, FIRST_YEAR, LAST_YEAR))
  const months = new Set(members(dates.months, 1, 12))
  let [knownYear, knownMonth, bits] = [0, 0, 0]
  const days = (year: number, month: number): number => {
    if (year === knownYear && month === knownMonth) return bits
    ;[knownYear, knownMonth, bits] = [year, month, 0]
    if (!months.has(month)) return bits
    const last = daysIn(year, month)
    const isCounted = dates.isFromEnd && dates.days !== '*'
    for (const day of isCounted ? membersFromEnd(dates.days, last) : members(dates.days, 1, last)) {
      if (day <= last && weekdays.has(weekdayOf(year, month, day))) bits |= 1 << day
    }
    return bits
  }
  return { years: (year) => years?.has(year) ?? true, firstYear: FIRST_YEAR, lastYear: LAST_YEAR, days }
}

type Overruns = { readonly second: number; readonly minute: number; readonly hour: number; readonly day: number }

/**
 * When a repeat runs over the end of its unit, systemd goes on in the next one at the remainder, and resets that only
 * if no unit larger still has changed: `*:0/7` comes from 23:56 to 23:63, so to 00:03, and 00:00 never elapses.
 */
function lostOf(pattern: Pattern, overruns: Overruns): Calendar['isLost'] {
  if (Object.values(overruns).every((overrun) => overrun === 0)) return undefined
  const has = (steps: Steps, value: number) => steps.up[value] === value
  const hasDayOf = (wall: Wall) => {
    const { year, month, day } = dayOf(wall)
    return year >= FIRST_YEAR && pattern.years(year) && ((pattern.days(year, month) >>> day) & 1) === 1
  }
  return (wall) => {
    if (!Number.isFinite(wall)) return false
    const { year, month, day } = dayOf(wall)
    const hour = Math.floor(wall / HOUR) - Math.floor(wall / DAY) * 24
    const minute = Math.floor(wall / MINUTE) - Math.floor(wall / HOUR) * 60
    const second = Math.floor(wall / SECOND) - Math.floor(wall / MINUTE) * 60
    const { minutes, hours } = pattern
    if (second < overruns.second && minute === 0 && has(minutes, 59) && has(hours, (hour + 23) % 24)) {
      if (hasDayOf(wall - HOUR)) return true
    }
    if (minute < overruns.minute && hour === 0 && has(hours, 23) && hasDayOf(wall - DAY)) return true
    if (hour < overruns.hour && day === 1 && hasDayOf(wall - DAY)) return true
    return day < overruns.day && month === 1 && year > FIRST_YEAR && pattern.years(year - 1)
  }
}
