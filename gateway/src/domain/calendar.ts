// systemd's OnCalendar: the text of systemd.time(7), and the elapses that `systemd-analyze calendar` prints.
// A skipped wall time does not elapse that day; a repeated one elapses the first time.
import { daysIn, isPossible, nextWall, type Pattern, previousWall, stepsOf, weekdayOf } from './civil.ts'
import type { Checked } from './problem.ts'
import type { Instant } from './time.ts'
import { nextInstant, previousInstant, type Rule, type Zone, zoneNamed } from './zone.ts'

/** `zone` is the one that the text itself ends in; it takes precedence. */
export type Calendar = { readonly pattern: Pattern; readonly zone: Zone | undefined }

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
  const seconds = chain(second, 0, 59)
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
  return { value: { pattern, zone } }
}

/** The first elapse strictly after `after`; `NEVER` after the last. */
export function nextElapse(calendar: Calendar, zone: Zone, after: Instant): Instant {
  return nextInstant(calendar.zone ?? zone, ELAPSE, after, (from) => nextWall(calendar.pattern, from))
}

/** The last elapse at or before `before`. */
export function previousElapse(calendar: Calendar, zone: Zone, before: Instant): Instant | undefined {
  return previousInstant(calendar.zone ?? zone, ELAPSE, before, (from) => previousWall(calendar.pattern, from))
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

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const EVERY_DAY: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6])

/** `0` is Sunday; a range runs from Monday to Sunday and not around. */
function weekdaysOf(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>()
  // A trailing comma is allowed.
  for (const item of text.replace(/,$/, '').split(',')) {
    const [first, last, ...more] = item.split(/\.\.|-/).map(weekdayNumber)
    const end = item.includes('.') || item.includes('-') ? last : first
    if (first === undefined || end === undefined || more.length > 0 || first > end) return undefined
    for (let day = first; day <= end; day++) days.add(day % 7)
  }
  return days
}

/** Monday is 1, Sunday is 7. */
function weekdayNumber(text: string): number | undefined {
  const name = text.toLowerCase()
  const index = WEEKDAYS.findIndex((weekday) => name === weekday || name === weekday.slice(0, 3))
  return index < 0 ? undefined : index || 7
}

/** One part of a chain: `5`, `1..7`, `0/15`, `8..18/2`. Without a repeat it is its first value alone. */
type Part = { readonly start: number; readonly stop: number | undefined; readonly repeat: number }
type Chain = '*' | readonly Part[]
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

/** Reads and bounds a chain as systemd's chain_valid() does; undefined when it would refuse. */
function chain(
  text: string,
  low: number,
  high: number,
  fix: (value: number) => number = (value) => value,
  isFromEnd = false,
): Chain | undefined {
  if (text === '*') return '*'
  const parts: Part[] = []
  for (const item of text.split(',')) {
    const match = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(item)
    if (match === null) return undefined
    const start = fix(Number(match[1]))
    let stop = match[2] === undefined ? undefined : fix(Number(match[2]))
    let repeat = match[3] === undefined ? (stop === undefined ? 0 : 1) : Number(match[3])
    if (match[3] !== undefined && repeat === 0) return undefined
    if (start < low || start > high || (stop !== undefined && (stop < start || stop > high))) return undefined
    // A repeat that cannot happen once inside its range is dropped; without a range it is an error.
    if (stop !== undefined && start + repeat > stop) [stop, repeat] = [undefined, 0]
    if (repeat > high - low) return undefined
    if (stop === undefined && (isFromEnd ? start - repeat < low : start + repeat > high)) return undefined
    parts.push({ start, stop, repeat })
  }
  return parts.length <= MOST_PARTS ? parts : undefined
}

const MOST_PARTS = 240

function* members(parts: Chain, low: number, high: number): Generator<number> {
  if (parts === '*') for (let value = low; value <= high; value++) yield value
  else {
    for (const { start, stop = high, repeat } of parts) {
      yield start
      if (repeat > 0) for (let value = start + repeat; value <= stop; value += repeat) yield value
    }
  }
}

/** `~3` is the third last day, `~1..7` the last seven, `~7/2` the seventh last and each second day from there on. */
function* membersFromEnd(parts: readonly Part[], last: number): Generator<number> {
  for (const { start, stop, repeat } of parts) {
    const first = last + 1 - (stop ?? start)
    const end = stop === undefined ? last : last + 1 - start
    yield first
    if (repeat > 0) for (let day = first + repeat; day <= end; day += repeat) yield day
  }
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
