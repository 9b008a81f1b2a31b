// A schedule in the words that people use for it; where there are none, as it is written.
import { nextDue, type Schedule } from '../domain/schedule.ts'
import { DAY, formatDuration, HOUR, type Instant, MINUTE, NEVER } from '../domain/time.ts'
import type { When } from './job.ts'

/** `every day at 03:00`, `every 15 minutes`, `Mon-Fri at 08:00`. */
export function inWords(when: When): string {
  if ('why' in when) return when.written
  const { schedule } = when
  switch (schedule.kind) {
    case 'every':
      return everyWords(schedule.every)
    case 'cron':
      return cronWords(schedule.cron) ?? schedule.cron
    case 'calendar':
      return CALENDARS[schedule.calendar.toLowerCase()] ?? calendarWords(schedule.calendar) ?? schedule.calendar
    case 'window':
      return `once between ${schedule.window.replace('-', ' and ')}${schedule.on === '' ? ', every day' : `, ${schedule.on}`}`
    case 'none':
      return when.written === '@reboot' ? 'at each start of the host' : 'when something else starts it'
  }
}

/** The next runs in the zone of the schedule, to the second where it matters. */
export function nextRuns(schedule: Schedule, now: Instant, count: number): readonly Instant[] {
  if (schedule.kind === 'every' || schedule.kind === 'none') return []
  const runs: Instant[] = []
  for (let due = nextDue(schedule, now); due !== NEVER && runs.length < count; due = nextDue(schedule, due))
    runs.push(due)
  return runs
}

/** `Thu 2026-11-26 03:00`. */
export function localTime(instant: Instant, zone: string): string {
  const moment = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
  const time = moment.toPlainTime().toString({ smallestUnit: moment.second === 0 ? 'minute' : 'second' })
  return `${DAYS[moment.dayOfWeek % 7]} ${moment.toPlainDate()} ${time}`
}

export function zoneOf(schedule: Schedule): string | undefined {
  return schedule.kind === 'every' || schedule.kind === 'none' ? undefined : schedule.zone
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['', 'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const CALENDARS: Readonly<Record<string, string>> = {
  minutely: 'every minute',
  hourly: 'every hour at minute 0',
  daily: 'every day at 00:00',
  weekly: 'Mon at 00:00',
  monthly: 'on day 1 of the month at 00:00',
  quarterly: 'on day 1 of Jan, Apr, Jul, Oct at 00:00',
  yearly: 'on day 1 of Jan at 00:00',
  annually: 'on day 1 of Jan at 00:00',
}
const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

function everyWords(every: number): string {
  for (const [unit, size] of [
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
  ] as const)
    if (every % size === 0) return every === size ? `every ${unit}` : `every ${every / size} ${unit}s`
  return `every ${formatDuration(every)}`
}

/** Weekdays and times of the day; more is left as it is. */
function calendarWords(calendar: string): string | undefined {
  const [, days, hour, minute, second = '00'] =
    /^(?:([A-Za-z.,-]+) +)?(?:\*-\*-\* +)?(\d+(?:,\d+)*):(\d+)(?::(\d+))?$/.exec(calendar.trim()) ?? []
  if (hour === undefined || second !== '00') return undefined
  const time = timeWords(minute as string, hour)
  return time === undefined ? undefined : `${days?.replaceAll('..', '-').replaceAll(',', ', ') ?? 'every day'} ${time}`
}

function cronWords(cron: string): string | undefined {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = (NICKNAMES[cron] ?? cron).split(/\s+/)
  const time = timeWords(minute, hour)
  const days = dayWords(day, month, weekday)
  if (time === undefined || days === undefined) return undefined
  const isOften = !time.startsWith('at ')
  if (days === 'every day') return isOften ? time : `every day ${time}`
  return isOften ? `${time}, ${days}` : `${days} ${time}`
}

function timeWords(minute: string, hour: string): string | undefined {
  const step = /^\*\/(\d+)$/
  if (hour === '*') {
    if (minute === '*' || minute === '*/1') return 'every minute'
    const minutes = step.exec(minute)?.[1]
    if (minutes !== undefined) return `every ${minutes} minutes`
    return isList(minute) ? `every hour at minute ${minute.replaceAll(',', ', ')}` : undefined
  }
  const hours = step.exec(hour)?.[1]
  if (hours !== undefined && /^\d+$/.test(minute)) return `every ${hours} hours at minute ${minute}`
  if (!isList(minute) || !isList(hour)) return undefined
  const times = hour
    .split(',')
    .flatMap((h) => minute.split(',').map((m) => `${h.padStart(2, '0')}:${m.padStart(2, '0')}`))
  return times.length <= MOST_TIMES ? `at ${times.join(', ')}` : undefined
}

const MOST_TIMES = 6

function dayWords(day: string, month: string, weekday: string): string | undefined {
  const names = namesOf(weekday, DAYS)
  const months = namesOf(month, MONTHS)
  if (months === undefined || names === undefined || !/^(?:\*|\?|[\d,-]+|L)$/.test(day)) return undefined
  const inMonths = months === '' ? '' : ` of ${months}`
  const isAnyDay = day === '*' || day === '?'
  if (isAnyDay && names === '') return months === '' ? 'every day' : `every day${inMonths}`
  const onDay = `on ${day === 'L' ? 'the last day' : `day ${day.replaceAll(',', ', ')}`}${inMonths || ' of the month'}`
  if (isAnyDay) return `${names}${months === '' ? '' : ` in ${months}`}`
  return names === '' ? onDay : `${onDay} and ${names}`
}

/** `1-5` is `Mon-Fri`; empty for any, undefined for what is more. */
function namesOf(field: string, names: readonly string[]): string | undefined {
  if (field === '*' || field === '?') return ''
  const nameOf = (item: string): string | undefined =>
    /^\d+$/.test(item)
      ? names[names === DAYS ? Number(item) % 7 : Number(item)]
      : names.find((name) => name.toLowerCase() === item.toLowerCase())
  const parts = field.split(',').map((item) => {
    const ends = item.split('-').map(nameOf)
    return ends.every((end) => end) && ends.length <= 2 ? ends.join('-') : undefined
  })
  return parts.every((part) => part !== undefined) ? parts.join(', ') : undefined
}

function isList(field: string): boolean {
  return /^\d+(?:,\d+)*$/.test(field)
}
