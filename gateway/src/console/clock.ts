// Times as people read them: on the clock of a zone, as near as they need to be, and how long until or since.
import { DAY, type Duration, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { type Html, html } from './html.ts'

/** What a page knows of time. */
export type Clock = { readonly now: Instant; readonly zone: string }

/** A point in time: today `08:42:10` or, on the minute, `08:42`; this week `Fri 07:31`, else `16 Nov` or `16 Nov 2024`. */
export function at(instant: Instant, { now, zone }: Clock): Html {
  return html`<time datetime="${formatInstant(instant)}">${clockTime(instant, { now, zone })}</time>`
}

/** What is ahead, counted down by the page while it is open: `in 2 min 10 s`. */
export function until(instant: Instant, { now }: Clock): Html {
  const text = instant <= now ? 'now' : `in ${duration(instant - now)}`
  return html`<time datetime="${formatInstant(instant)}" data-count="until">${text}</time>`
}

/** What is past, counted up: `12 s ago`. */
export function ago(instant: Instant, { now }: Clock): Html {
  return html`<time datetime="${formatInstant(instant)}" data-count="ago">${duration(Math.max(0, now - instant))} ago</time>`
}

/** How long it goes on, counted up: `4 h 31 min`. */
export function lasting(since: Instant, { now }: Clock): Html {
  return html`<time datetime="${formatInstant(since)}" data-count="for">${duration(Math.max(0, now - since))}</time>`
}

export function clockTime(instant: Instant, { now, zone }: Clock): string {
  const [then, today] = [instant, now].map((each) =>
    Temporal.Instant.fromEpochMilliseconds(each).toZonedDateTimeISO(zone),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime]
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = `${two(then.hour)}:${two(then.minute)}`
  const days = Math.abs(then.toPlainDate().until(today.toPlainDate()).days)
  if (days === 0) return then.second === 0 ? minutes : `${minutes}:${two(then.second)}`
  if (days < 7) return `${DAYS[then.dayOfWeek - 1]} ${minutes}`
  const date = `${then.day} ${MONTHS[then.month - 1]}`
  return then.year === today.year ? date : `${date} ${then.year}`
}

/** `Sun 22`. */
export function dayName(instant: Instant, zone: string): string {
  const { dayOfWeek, day } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
  return `${DAYS[dayOfWeek - 1]} ${day}`
}

/** `Tue 24 Nov`. */
export function dateName(instant: Instant, zone: string): string {
  const { dayOfWeek, day, month } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
  return `${DAYS[dayOfWeek - 1]} ${day} ${MONTHS[month - 1]}`
}

/** `02:30`, with seconds where there are some. */
export function timeOf(instant: Instant, zone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainTime()
  return time.toString({ smallestUnit: time.second === 0 ? 'minute' : 'second' })
}

/** Two units at most, and seconds below ten minutes only: `4 h 31 min`, `2 min 10 s`. The page's script says the same. */
export function duration(length: Duration): string {
  if (length < SECOND) return `${Math.round(length)}\u00a0ms`
  if (length < MINUTE) return `${Math.floor(length / SECOND)}\u00a0s`
  if (length < 10 * MINUTE) return two(length, MINUTE, 'min', SECOND, 's')
  if (length < HOUR) return `${Math.floor(length / MINUTE)}\u00a0min`
  return length < DAY ? two(length, HOUR, 'h', MINUTE, 'min') : two(length, DAY, 'd', HOUR, 'h')
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

function two(length: Duration, large: Duration, largeName: string, small: Duration, smallName: string): string {
  const rest = Math.floor((length % large) / small)
  const first = `${Math.floor(length / large)}\u00a0${largeName}`
  return rest === 0 ? first : `${first} ${rest}\u00a0${smallName}`
}
