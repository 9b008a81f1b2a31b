// What the gateway shows of on-call schedules: who is on call, until when, and who is next.
import { dayOf, weekdayOf } from '../domain/civil.ts'
import {
  LONGEST_LOOK,
  type OnCall,
  type Override,
  type Shift,
  type StandIn,
  shiftAt,
  shiftsBetween,
} from '../domain/oncall.ts'
import { DAY, type Duration, formatInstant, type Instant } from '../domain/time.ts'
import { instantOf, wallAt, type Zone, zoneNamed } from '../domain/zone.ts'
import type { List } from './read.ts'

export type OnCallItem = {
  readonly name: string
  readonly zone: string
  /** Null: nobody. */
  readonly onCall: string | null
  /** Null: for longer than is looked ahead. */
  readonly until: string | null
}

export type ShiftItem = {
  readonly who: string | null
  readonly by: Shift['by']
  readonly from: string
  readonly to: string
}

export type OnCallView = OnCallItem & {
  readonly at: string
  readonly by: Shift['by']
  /** Null: for longer than is looked back. */
  readonly from: string | null
  /** Whoever takes over next; null: nobody does as far as is looked ahead. */
  readonly next: { readonly who: string; readonly from: string } | null
  /** Two weeks from the Monday on or before `at`. */
  readonly shifts: readonly ShiftItem[]
}

export type OverrideItem = {
  /** Null: the file declares it. */
  readonly id: string | null
  readonly who: string
  readonly from: string
  readonly to: string
  readonly by: string
  readonly declaredBy: 'file' | 'api'
}

/** Those that are not over, in the order in which they count: a later one lies above. */
export function listOverrides({ overrides }: OnCall, now: Instant): List<OverrideItem> {
  return { items: overrides.filter(({ to }) => to > now).map(overrideItem), next: null }
}

export function overrideItem({ who, from, to, ...made }: Override | StandIn): OverrideItem {
  const times = { from: formatInstant(from), to: formatInstant(to) }
  if (!('id' in made)) return { id: null, who, ...times, by: 'the file', declaredBy: 'file' }
  return { id: made.id, who, ...times, by: made.by, declaredBy: 'api' }
}

export function listOnCall(oncall: readonly OnCall[], now: Instant): List<OnCallItem> {
  return { items: oncall.map((schedule) => itemOf(schedule, shiftAt(schedule, now), now)), next: null }
}

export function viewOnCall(oncall: OnCall, at: Instant): OnCallView {
  const shift = shiftAt(oncall, at)
  const [from, to] = twoWeeksAround(zoneNamed(oncall.zone) as Zone, at)
  return {
    ...itemOf(oncall, shift, at),
    at: formatInstant(at),
    by: shift.by,
    from: shift.from > at - LONGEST_LOOK ? formatInstant(shift.from) : null,
    next: nextPerson(oncall, shift, at),
    shifts: shiftsBetween(oncall, from, to).map(shiftItem),
  }
}

const TWO_WEEKS: Duration = 14 * DAY

function itemOf({ name, zone }: OnCall, { who, to }: Shift, at: Instant): OnCallItem {
  return { name, zone, onCall: who ?? null, until: to < at + LONGEST_LOOK ? formatInstant(to) : null }
}

function shiftItem({ who, by, from, to }: Shift): ShiftItem {
  return { who: who ?? null, by, from: formatInstant(from), to: formatInstant(to) }
}

/** Somebody else, or the same person after a gap: an override of whoever is on call anyway takes over nothing. */
function nextPerson(oncall: OnCall, shift: Shift, at: Instant): OnCallView['next'] {
  let { who, to } = shift
  while (to < at + LONGEST_LOOK) {
    const next = shiftAt(oncall, to)
    if (next.who !== undefined && next.who !== who) return { who: next.who, from: formatInstant(to) }
    who = next.who
    to = next.to
  }
  return null
}

/** From one local midnight to another, whatever the clock does between them. */
function twoWeeksAround(zone: Zone, at: Instant): readonly [from: Instant, to: Instant] {
  const wall = wallAt(zone, at)
  const { year, month, day } = dayOf(wall)
  const midnight = Math.floor(wall / DAY) * DAY
  const monday = midnight - ((weekdayOf(year, month, day) + 6) % 7) * DAY
  return [instantOf(zone, monday), instantOf(zone, monday + TWO_WEEKS)]
}
