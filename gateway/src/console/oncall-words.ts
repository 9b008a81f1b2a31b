// On-call schedules in words: how they rotate, and when something happens on the clock of their zone.
import type { OnCall, Rotation } from '../domain/oncall.ts'
import { DAY, formatDuration, formatInstant, type Instant } from '../domain/time.ts'
import { type Html, html } from './html.ts'
import { WEEKDAYS } from './words.ts'

/** `weekly, hand-off Monday 09:00, Europe/Riga`. */
export function describeLayers({ layers, zone }: OnCall): string {
  return [...layers.map(describeLayer).join('; above it '), `, ${zone}`].join('')
}

/** `Mon 23, 09:00`; today `09:00`. */
export function moment(instant: Instant, zone: string, now: Instant): Html {
  const [then, today] = [instant, now].map((each) =>
    Temporal.Instant.fromEpochMilliseconds(each).toZonedDateTimeISO(zone),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime]
  const time = `${two(then.hour)}:${two(then.minute)}`
  const isToday = then.toPlainDate().equals(today.toPlainDate())
  const day = `${WEEKDAYS[then.dayOfWeek % 7]?.slice(0, 3)} ${then.day}, `
  return html`<time datetime="${formatInstant(instant)}">${isToday ? '' : day}${time}</time>`
}

/** `2026-11-28T09:00`, as a field for times has it. */
export function fieldTime(instant: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({
    smallestUnit: 'minute',
  })
}

/** A time of the zone's clock, as a field for times gives it; undefined where it is none. */
export function instantIn(text: string, zone: string): Instant | undefined {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return undefined
  }
}

function describeLayer({ every, anchor, during, rotate }: Rotation): string {
  const hours = during === undefined ? '' : `, only ${during.window.replace('-', '–')}${during.on && ` ${during.on}`}`
  if (rotate.length < 2) return `${rotate[0] ?? 'nobody'}${hours}`
  const minutes = Math.floor((anchor % DAY) / 60_000)
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  // 1970-01-01 was a Thursday.
  const weekday = WEEKDAYS[(Math.floor(anchor / DAY) + 4) % 7]
  if (every === 7 * DAY) return `weekly, hand-off ${weekday} ${time}${hours}`
  return `${every === DAY ? 'daily' : `every ${formatDuration(every)}`}, hand-off ${time}${hours}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
