// Cron lines as Debian's cron (vixie cron 3.0pl1) reads and fires them, with `L`, `#` and `?` on top.
// cron-parser reads the items; what it takes and Debian's cron refuses is refused here first. The walk is ours.
import { CronExpressionParser } from 'cron-parser'
import { daysIn, isPossible, nextWall, type Pattern, previousWall, stepsOf, weekdayOf } from './civil.ts'
import { type Checked, isWrong, type Problem } from './problem.ts'
import type { Instant } from './time.ts'
import { nextInstant, previousInstant, type Rule, type Zone } from './zone.ts'

export type Cron = { readonly pattern: Pattern; readonly rule: Rule }

/** Five fields or `@hourly` … `@yearly`; `path` stands in every problem. A line that never fires is a problem. */
export function parseCron(text: string, path = ''): Checked<Cron> {
  const line = text.trim()
  const fields = (NICKNAMES[line] ?? line).split(/[ \t]+/)
  if (line.startsWith('@') && NICKNAMES[line] === undefined) {
    const hint = line === '@reboot' ? ' (for a start of the machine: schedule: none)' : ''
    return wrong({ path, expected: `${Object.keys(NICKNAMES).join(', ')}${hint}`, found: JSON.stringify(line) })
  }
  if (fields.length !== 5) {
    const count = line === '' ? 0 : fields.length
    return wrong({ path, expected: '5 fields', found: `${count} (${JSON.stringify(line)})` })
  }
  const problems = FIELDS.flatMap((field, index) => {
    const expected = complaint(field, fields[index] as string)
    return expected === undefined ? [] : [{ path, expected, found: JSON.stringify(fields[index]) }]
  })
  if (problems.length > 0) return { problems }
  const cron = cronOf(fields as unknown as readonly [string, string, string, string, string])
  if (isWrong(cron))
    return wrong({ path, expected: 'a cron line', found: `${JSON.stringify(line)} (${cron.problems[0]?.found})` })
  if (!isPossible(cron.value.pattern)) {
    return wrong({ path, expected: 'a cron line that fires some day', found: JSON.stringify(line) })
  }
  return cron
}

/** The first firing strictly after `after`. */
export function nextFiring(cron: Cron, zone: Zone, after: Instant): Instant {
  return nextInstant(zone, cron.rule, after, (from) => nextWall(cron.pattern, from))
}

/** The last firing at or before `before`. */
export function previousFiring(cron: Cron, zone: Zone, before: Instant): Instant | undefined {
  return previousInstant(zone, cron.rule, before, (from) => previousWall(cron.pattern, from))
}

/**
 * cron(8): jobs at a particular time that fall into skipped time run soon after the change and are not run again
 * in repeated time. The daemon does so for changes under three hours; here a longer jump is no different.
 */
const FIXED: Rule = { gap: 'after', fold: 'first' }
/** cron(8): jobs with `*` in the hour or minute are run by the new time immediately. */
const WILDCARD: Rule = { gap: 'skip', fold: 'both' }

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

type Field = { readonly name: string; readonly low: number; readonly high: number; readonly names?: readonly string[] }

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ')
const FIELDS: readonly Field[] = [
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day of month', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, names: MONTHS },
  { name: 'day of week', low: 0, high: 7, names: WEEKDAYS },
]

/** What is expected where the field is not what Debian's get_range() takes; cron-parser alone is more lenient. */
function complaint(field: Field, text: string): string | undefined {
  const isMonthDay = field.name === 'day of month'
  const isWeekday = field.name === 'day of week'
  if (text === '?' && (isMonthDay || isWeekday)) return undefined
  const range = `${field.name} ${field.low}-${field.high}`
  for (const item of text.split(',')) {
    if (isMonthDay && item === 'L') continue
    const special = isWeekday ? /^(\w+?)(?:L|#[1-5])$/.exec(item) : null
    if (special !== null) {
      if (numberOf(field, special[1] as string) === undefined) return `a ${range} before L or #1-5`
      continue
    }
    const parts = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item)
    if (parts === null) return `a ${range} (*, 1, 1-5, lists, steps)`
    const [, star, first, last, step] = parts
    if (step !== undefined && Number(step) === 0) return `a step of at least 1 in ${field.name}`
    if (star !== undefined) continue
    const from = numberOf(field, first as string)
    const to = last === undefined ? from : numberOf(field, last)
    if (from === undefined || to === undefined) return `a ${range}`
    if (from > to) return `a ${field.name} range that goes upwards`
    if (step !== undefined && last === undefined) return `a range or * before the step (${first}-${field.high}/${step})`
  }
  return undefined
}

function numberOf(field: Field, text: string): number | undefined {
  const name = field.names?.indexOf(text.toLowerCase()) ?? -1
  if (name >= 0) return name + field.low
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= field.low && value <= field.high ? value : undefined
}

function cronOf(fields: readonly [string, string, string, string, string]): Checked<Cron> {
  const [minute, hour, monthDay, month, weekday] = fields
  try {
    const monthDays = items(monthDay).map((item) => read(`0 0 ${item} * *`).dayOfMonth.values)
    const weekdays = items(weekday).map((item) => read(`0 0 * * ${item}`).dayOfWeek)
    const months = items(month).flatMap((item) => read(`0 0 * ${item} *`).month.values.map(Number))
    const isBoth = /^[*?]/.test(monthDay) || /^[*?]/.test(weekday)
    const days = monthly((year, number) => {
      if (!months.includes(number)) return 0
      const byDate = dateBits(monthDays.flat(), year, number)
      const byWeekday = weekdays.reduce((bits, item) => bits | weekdayBits(item.values, item.nthDay, year, number), 0)
      return isBoth ? byDate & byWeekday : byDate | byWeekday
    })
    const pattern: Pattern = {
      years: () => true,
      firstYear: Number.NEGATIVE_INFINITY,
      lastYear: Number.POSITIVE_INFINITY,
      days,
      hours: stepsOf(
        items(hour).flatMap((item) => read(`0 ${item} * * *`).hour.values.map(Number)),
        24,
      ),
      minutes: stepsOf(
        items(minute).flatMap((item) => read(`${item} * * * *`).minute.values.map(Number)),
        60,
      ),
      seconds: stepsOf([0], 60),
    }
    const isWildcard = minute.startsWith('*') || hour.startsWith('*')
    return { value: { pattern, rule: isWildcard ? WILDCARD : FIXED } }
  } catch (error) {
    return wrong({ path: '', expected: 'a cron line', found: error instanceof Error ? error.message : String(error) })
  }
}

/** Item by item: cron-parser refuses a list that names a value twice, and `#` in a list; Debian's cron does not mind. */
function items(field: string): readonly string[] {
  return [...new Set(field.split(','))]
}

function read(line: string): ReturnType<typeof CronExpressionParser.parse>['fields'] {
  // The current date is only there so that the library does not ask the clock.
  return CronExpressionParser.parse(line, { currentDate: 0, tz: 'UTC' }).fields
}

type Values = readonly (number | string)[]

function dateBits(values: Values, year: number, month: number): number {
  const last = daysIn(year, month)
  let bits = 0
  for (const value of values) {
    const day = value === 'L' ? last : Number(value)
    if (day <= last) bits |= 1 << day
  }
  return bits
}

/** `5` is each Friday, `5L` the last, `5#2` (nth = 2) the second. */
function weekdayBits(values: Values, nth: number, year: number, month: number): number {
  const last = daysIn(year, month)
  let bits = 0
  for (const value of values) {
    const weekday = Number.parseInt(String(value), 10) % 7
    const first = 1 + ((weekday - weekdayOf(year, month, 1) + 7) % 7)
    for (let day = first; day <= last; day += 7) {
      if (nth > 0 && day !== first + 7 * (nth - 1)) continue
      if (typeof value === 'string' && day + 7 <= last) continue
      bits |= 1 << day
    }
  }
  return bits
}

/** The walk asks for the same month again and again. */
function monthly(days: Pattern['days']): Pattern['days'] {
  let [year, month, bits] = [Number.NaN, 0, 0]
  return (nextYear, nextMonth) => {
    if (nextYear !== year || nextMonth !== month) {
      bits = days(nextYear, nextMonth)
      year = nextYear
      month = nextMonth
    }
    return bits
  }
}

function wrong(problem: Problem): { readonly problems: readonly Problem[] } {
  return { problems: [problem] }
}
