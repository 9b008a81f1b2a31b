// Days and times on a wall clock, by arithmetic: no zone, no Temporal. A pattern says which wall times match,
// and the walk goes field by field, so that its cost does not grow with the distance.
import { DAY, NEVER, SECOND } from './time.ts'
import type { Wall } from './zone.ts'

/** Which of the values 0 … size-1 are in a set: the nearest member at or above, at or below; -1 for none. */
export type Steps = { readonly up: Int8Array; readonly down: Int8Array }

export type Pattern = {
  readonly years: (year: number) => boolean
  readonly firstYear: number
  readonly lastYear: number
  /** The days of a month that match, as bits 1 … 31; month 1 … 12. */
  readonly days: (year: number, month: number) => number
  readonly hours: Steps
  readonly minutes: Steps
  readonly seconds: Steps
}

export type Day = { readonly year: number; readonly month: number; readonly day: number }

export function stepsOf(values: Iterable<number>, size: number): Steps {
  const members = new Set(values)
  const up = new Int8Array(size + 1).fill(-1)
  const down = new Int8Array(size + 1).fill(-1)
  for (let value = size - 1; value >= 0; value--) up[value] = members.has(value) ? value : (up[value + 1] as number)
  for (let value = 0; value < size; value++) down[value] = members.has(value) ? value : (down[value - 1] ?? -1)
  return { up, down }
}

export function wallOf(year: number, month: number, day: number): Wall {
  return dayNumber(year, month, day) * DAY
}

export function dayOf(wall: Wall): Day {
  return civil(Math.floor(wall / DAY))
}

/** 0 is Sunday. */
export function weekdayOf(year: number, month: number, day: number): number {
  return (((dayNumber(year, month, day) + 4) % 7) + 7) % 7
}

export function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Whether any day matches; the calendar repeats after 400 years, weekdays included. */
export function isPossible(pattern: Pattern): boolean {
  const lastYear = Math.min(pattern.lastYear, Math.max(pattern.firstYear, 1970) + 399)
  for (let year = Math.max(pattern.firstYear, 1970); year <= lastYear; year++) {
    if (!pattern.years(year)) continue
    for (let month = 1; month <= 12; month++) if (pattern.days(year, month) !== 0) return true
  }
  return false
}

/** The earliest matching wall time at or after `from`; `NEVER` when there is none. */
export function nextWall(pattern: Pattern, from: Wall): Wall {
  let number = Math.floor(from / DAY)
  let time = nextTime(pattern, Math.ceil((from - number * DAY) / SECOND))
  let { year, month, day } = civil(number)
  if (time >= 0 && ((bitsOf(pattern, year, month) >>> day) & 1) === 1) return number * DAY + time * SECOND
  time = nextTime(pattern, 0)
  let open = day === 31 ? 0 : -1 << (day + 1)
  const lastYear = Math.min(pattern.lastYear, Math.max(year, pattern.firstYear) + 400)
  for (; year <= lastYear; year++) {
    if (year < pattern.firstYear) {
      year = pattern.firstYear - 1
    } else if (pattern.years(year)) {
      for (; month <= 12; month++) {
        const bits = pattern.days(year, month) & open
        open = -1
        if (bits === 0) continue
        day = 31 - Math.clz32(bits & -bits)
        number = dayNumber(year, month, day)
        return number * DAY + time * SECOND
      }
    }
    month = 1
    open = -1
  }
  return NEVER
}

/** The latest matching wall time at or before `from`; `-NEVER` when there is none. */
export function previousWall(pattern: Pattern, from: Wall): Wall {
  let number = Math.floor(from / DAY)
  let time = previousTime(pattern, Math.floor((from - number * DAY) / SECOND))
  let { year, month, day } = civil(number)
  if (time >= 0 && ((bitsOf(pattern, year, month) >>> day) & 1) === 1) return number * DAY + time * SECOND
  time = previousTime(pattern, 86_399)
  let open = ~(-1 << day)
  const firstYear = Math.max(pattern.firstYear, Math.min(year, pattern.lastYear) - 400)
  for (; year >= firstYear; year--) {
    if (year > pattern.lastYear) {
      year = pattern.lastYear + 1
    } else if (pattern.years(year)) {
      for (; month >= 1; month--) {
        const bits = pattern.days(year, month) & open
        open = -1
        if (bits === 0) continue
        day = 31 - Math.clz32(bits)
        number = dayNumber(year, month, day)
        return number * DAY + time * SECOND
      }
    }
    month = 12
    open = -1
  }
  return -NEVER
}

function bitsOf(pattern: Pattern, year: number, month: number): number {
  if (year < pattern.firstYear || year > pattern.lastYear || !pattern.years(year)) return 0
  return pattern.days(year, month)
}

/** Seconds of the day; -1 when the day has no match at or after `time`. */
function nextTime({ hours, minutes, seconds }: Pattern, time: number): number {
  if (time >= 86_400) return -1
  const hour = Math.floor(time / 3600)
  const minute = Math.floor(time / 60) % 60
  if (hours.up[hour] === hour) {
    if (minutes.up[minute] === minute) {
      const second = seconds.up[time % 60] as number
      if (second >= 0) return hour * 3600 + minute * 60 + second
    }
    const later = minutes.up[minute + 1] as number
    if (later >= 0) return hour * 3600 + later * 60 + (seconds.up[0] as number)
  }
  const next = hours.up[hour + 1] as number
  return next < 0 ? -1 : next * 3600 + (minutes.up[0] as number) * 60 + (seconds.up[0] as number)
}

/** Seconds of the day; -1 when the day has no match at or before `time`. */
function previousTime({ hours, minutes, seconds }: Pattern, time: number): number {
  const hour = Math.floor(time / 3600)
  const minute = Math.floor(time / 60) % 60
  if (hours.down[hour] === hour) {
    if (minutes.down[minute] === minute) {
      const second = seconds.down[time % 60] as number
      if (second >= 0) return hour * 3600 + minute * 60 + second
    }
    const earlier = minute === 0 ? -1 : (minutes.down[minute - 1] as number)
    if (earlier >= 0) return hour * 3600 + earlier * 60 + (seconds.down[59] as number)
  }
  const last = hour === 0 ? -1 : (hours.down[hour - 1] as number)
  return last < 0 ? -1 : last * 3600 + (minutes.down[59] as number) * 60 + (seconds.down[59] as number)
}

/** Days since 1970-01-01, proleptic Gregorian; the year begins in March so that the leap day is its last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

function civil(number: number): Day {
  const shifted = number + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}
