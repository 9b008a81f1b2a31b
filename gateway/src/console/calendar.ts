// An on-call schedule as weeks of hours: one table a week, one column an hour of the wall clock, so that a day is as wide
// when the clock changes.
import { dayOf, weekdayOf } from '../domain/civil.ts'
import { gapsBetween, type OnCall, type Shift, shiftsBetween } from '../domain/oncall.ts'
import { DAY, HOUR, type Instant } from '../domain/time.ts'
import { instantOf, type Wall, wallAt, type Zone, zoneNamed } from '../domain/zone.ts'
import { type Html, html } from './html.ts'
import { MONTHS, WEEKDAYS } from './words.ts'

/** So many hours wide; `who` undefined: nothing stands there. */
export type Bar = {
  readonly who: string | undefined
  readonly columns: number
  readonly isNow: boolean
  /** Nobody is on call, by no layer and no override. */
  readonly isGap: boolean
}

export type Week = { readonly monday: Wall; readonly overrides: readonly Bar[]; readonly rotation: readonly Bar[] }

/** This week and those after it, from the local Monday on. */
export function weeksOf(oncall: OnCall, now: Instant, count: number): readonly Week[] {
  const zone = zoneNamed(oncall.zone) as Zone
  const first = mondayOf(wallAt(zone, now))
  return Array.from({ length: count }, (_, index) => weekOf(oncall, zone, first + index * WEEK, now))
}

export function calendar(oncall: OnCall, now: Instant, count = 2): Html {
  const zone = zoneNamed(oncall.zone) as Zone
  const today = Math.floor(wallAt(zone, now) / DAY) * DAY
  const tones = tonesOf(oncall)
  return html`${weeksOf(oncall, now, count).map(({ monday, overrides, rotation }) => {
    const days = [0, 1, 2, 3, 4, 5, 6].map((day) => monday + day * DAY)
    const isOverridden = overrides.some(({ who }) => who !== undefined)
    return html`<div class="weekbox"><table class="week"><caption class="sr">${oncall.name}, ${dateOf(monday)} to ${dateOf(monday + 6 * DAY)}</caption>
<thead><tr><td class="lab"></td>${days.map((day) => dayHead(day, day === today))}</tr></thead>
<tbody>${isOverridden && html`<tr><th class="lab" scope="row">Override</th>${overrides.map((bar) => cell(bar, 'over'))}</tr>`}<tr><th class="lab" scope="row">Rotation</th>${rotation.map(
      (bar) => cell(bar, tones.get(bar.who ?? '') ?? 'c'),
    )}</tr></tbody></table></div>`
  })}`
}

const WEEK = 7 * DAY
const COLUMNS = 168
const TONES = ['a', 'b', 'c'] as const
/** Bars of fewer hours show an initial; of fewer still, on any screen. */
const NARROW = 24
const SMALL = 12
const TINY = 9

function weekOf(oncall: OnCall, zone: Zone, monday: Wall, now: Instant): Week {
  const [from, to] = [instantOf(zone, monday), instantOf(zone, monday + WEEK)]
  const whole = shiftsBetween(oncall, from, to)
  const base = shiftsBetween({ ...oncall, overrides: [] }, from, to)
  const gaps = gapsBetween(oncall, from, to)
  const isNow = (shift: Shift): boolean => shift.from <= now && now < shift.to
  const isByOverride = whole.find(isNow)?.by === 'override'
  const bars = (shifts: readonly Shift[], isShown: (shift: Shift) => boolean, mayBeNow: boolean): readonly Bar[] =>
    shifts.flatMap((shift): readonly Bar[] => {
      const columns = columnOf(zone, shift.to, monday) - columnOf(zone, shift.from, monday)
      const isGap = shift.who === undefined && gaps.some((gap) => gap.from < shift.to && shift.from < gap.to)
      const who = isShown(shift) ? shift.who : undefined
      return columns <= 0 ? [] : [{ who, columns, isNow: mayBeNow && isNow(shift) && who !== undefined, isGap }]
    })
  return {
    monday,
    overrides: bars(whole, ({ by }) => by === 'override', isByOverride).map((bar) => ({ ...bar, isGap: false })),
    rotation: bars(base, () => true, !isByOverride),
  }
}

/** 0 to 168; a clock that was set back never goes before where it was. */
function columnOf(zone: Zone, instant: Instant, monday: Wall): number {
  return Math.min(COLUMNS, Math.max(0, Math.round((wallAt(zone, instant) - monday) / HOUR)))
}

function mondayOf(wall: Wall): Wall {
  const { year, month, day } = dayOf(wall)
  return Math.floor(wall / DAY) * DAY - ((weekdayOf(year, month, day) + 6) % 7) * DAY
}

/** In the order of the rotations, so that a person keeps theirs. */
function tonesOf({ layers, overrides }: OnCall): ReadonlyMap<string, string> {
  const people = new Set([...layers.flatMap(({ rotate }) => rotate), ...overrides.map(({ who }) => who)])
  return new Map([...people].map((who, place) => [who, TONES[place % TONES.length] as string]))
}

function cell({ who, columns, isNow, isGap }: Bar, tone: string): Html {
  const classes = (kind: string): string =>
    ['who', kind, columns < NARROW && 'nar', columns < SMALL && 'tiny'].filter(Boolean).join(' ')
  if (who === undefined) {
    const word = columns < NARROW ? html`<span class="sr">nobody</span>` : 'nobody'
    return html`<td colspan="${columns}">${isGap && html`<span class="${classes('gap')}">${word}</span>`}</td>`
  }
  const kind = isNow ? `now${tone === 'over' ? ' over' : ''}` : tone
  return html`<td colspan="${columns}"><span class="${classes(kind)}">${named(who, columns)}</span></td>`
}

function named(who: string, columns: number): Html | string {
  const [initial = ''] = who
  if (columns < TINY) return html`<abbr title="${who}">${initial}</abbr>`
  return columns < SMALL ? html`${initial}<span class="t">${who.slice(initial.length)}</span>` : who
}

function dayHead(day: Wall, isToday: boolean): Html {
  const { year, month, day: date } = dayOf(day)
  const iso = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
  return html`<th scope="col" colspan="24"${isToday && html` class="today"`}><time datetime="${iso}">${WEEKDAYS[weekdayOf(year, month, date)]?.slice(0, 3)} <span>${date}</span></time></th>`
}

function dateOf(wall: Wall): string {
  const { month, day } = dayOf(wall)
  return `${day} ${MONTHS[month - 1]}`
}
