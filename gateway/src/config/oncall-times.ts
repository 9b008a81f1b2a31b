// The times of on-call schedules as the file writes them: moments, lengths of turns, hand-offs, and where a rotation is anchored.
import { daysIn, wallOf } from '../domain/civil.ts'
import {
  DAY,
  type Duration,
  formatDuration,
  HOUR,
  type Instant,
  MINUTE,
  parseDuration,
  parseInstant,
} from '../domain/time.ts'
import { instantOf, type Wall, wallAt, type Zone } from '../domain/zone.ts'
import { readDuration } from './durations.ts'
import { type Report, show } from './report.ts'

const WEEK: Duration = 7 * DAY
/** Monday 2024-01-01: where a rotation that says nothing else begins, so that it does not depend on when it is read. */
const MONDAY: Wall = wallOf(2024, 1, 1)
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** `weekday` counts from Monday, `time` from midnight. */
export type Handoff = { readonly weekday?: number; readonly time: Duration }

/** `2026-01-05` (its midnight), `2026-01-05 09:00`, or an ISO instant with an offset; undefined when absent or wrong. */
export function readMoment(
  text: string | undefined,
  path: string,
  zone: Zone,
  mayBeDate: boolean,
  report: Report,
): Instant | undefined {
  if (text === undefined) return undefined
  const instant = localInstant(text, zone, mayBeDate) ?? (/^\d{4}-/.test(text) ? parseInstant(text) : undefined)
  if (instant === undefined) report.add(path, mayBeDate ? DATE_OR_TIME : LOCAL_TIME, show(text))
  return instant
}

export const LOCAL_TIME = 'a local time such as "2026-12-24 09:00" or an instant with its offset'
const DATE_OR_TIME =
  'a local date such as "2026-12-24", a time such as "2026-12-24 09:00" or an instant with its offset'

/** `day`, `week`, or whole minutes from an hour on. */
export function readEvery(text: string | undefined, path: string, report: Report): Duration | undefined {
  if (text === 'day') return DAY
  if (text === 'week') return WEEK
  if (text === undefined || parseDuration(text) === undefined) {
    report.add(path, 'day, week or a duration from 1h on such as 12h or 3d', show(text))
    return undefined
  }
  const every = readDuration(text, path, report, HOUR)
  if (every === undefined || every % MINUTE === 0) return every
  report.add(path, 'whole minutes', formatDuration(every))
  return undefined
}

/** A `week` needs a weekday; another length takes one where it is whole weeks. */
export function readHandoff(
  text: string | undefined,
  path: string,
  every: { readonly text: string | undefined; readonly length: Duration },
  report: Report,
): Handoff | undefined {
  if (text === undefined && every.text !== 'week') return undefined
  const handoff = text === undefined ? undefined : parseHandoff(text)
  const isDated = handoff?.weekday !== undefined
  const isRight = isDated ? every.length % WEEK === 0 : every.text !== 'week'
  if (handoff !== undefined && isRight) return handoff
  report.add(path, every.length % WEEK === 0 ? WEEKDAY_AND_TIME : TIME, show(text))
  return undefined
}

const WEEKDAY_AND_TIME = 'a weekday and a local time such as "mon 09:00"'
const TIME = 'a local time such as "09:00"'

/** The last hand-off at or before `from`; without `from` the first one from Monday 2024-01-01 on. */
export function anchorOf(every: Duration, handoff: Handoff | undefined, from: Instant | undefined, zone: Zone): Wall {
  const first = MONDAY + (handoff?.weekday ?? 0) * DAY + (handoff?.time ?? 0)
  if (from === undefined) return first
  const begin = wallAt(zone, from)
  if (handoff === undefined) return begin
  const period = handoff.weekday === undefined ? DAY : WEEK
  const step = Math.min(period, every)
  let anchor = first + Math.floor((begin - first) / period) * period
  // Turns shorter than a day; and a time that the clock shows again after its hand-off has been.
  while (instantOf(zone, anchor + step) <= from) anchor += step
  return anchor
}

function parseHandoff(text: string): Handoff | undefined {
  const [, name, hour, minute] = /^\s*(?:([a-z]+)\s+)?(\d{1,2}):(\d{2})\s*$/i.exec(text) ?? []
  if (Number(hour) > 23 || Number(minute) > 59 || hour === undefined) return undefined
  const time = Number(hour) * HOUR + Number(minute) * MINUTE
  if (name === undefined) return { time }
  const weekday = WEEKDAYS.findIndex((day) => day === name.toLowerCase() || day.slice(0, 3) === name.toLowerCase())
  return weekday === -1 ? undefined : { weekday, time }
}

function localInstant(text: string, zone: Zone, mayBeDate: boolean): Instant | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?$/.exec(text.trim())
  if (match === null || (match[4] === undefined && !mayBeDate)) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59) return undefined
  return instantOf(zone, wallOf(year, month, day) + hour * HOUR + minute * MINUTE)
}
