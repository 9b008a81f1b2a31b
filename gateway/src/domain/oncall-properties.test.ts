import fc, {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  integer,
  property,
  record,
  subarray,
  tuple,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, weekdayOf } from './civil.ts'
import { type OnCall, type Override, type Rotation, shiftAt, shiftsBetween } from './oncall.ts'
import { DAY, HOUR, type Instant, MINUTE, parseInstant } from './time.ts'
import { type Wall, wallAt, type Zone, zoneNamed } from './zone.ts'

const WEEK = 7 * DAY
const PEOPLE = ['ana', 'ben', 'eva', 'joe'] as const
/** Zones, and an instant at which their clock changes; Apia skipped a whole day. */
const CHANGES = [
  ['UTC', '2026-01-01T00:00Z'],
  ['Europe/Riga', '2026-03-29T01:00Z'],
  ['Europe/Riga', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Africa/Casablanca', '2026-03-22T02:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
] as const
/** Monday 2024-01-01 00:00 on the wall. */
const MONDAY: Wall = 1_704_067_200_000

const minuteOfDay = integer({ min: 0, max: 1439 })
const hours = tuple(minuteOfDay, minuteOfDay, constantFrom('', 'mon-fri', 'sat,sun', '29-31')).map(
  ([open, close, on]) => ({ window: `${clock(open)}-${clock(close === open ? open + 1 : close)}`, on }),
)

/** A schedule whose ends and overrides lie around a clock change, as does the instant beside it. */
const placed: Arbitrary<{ schedule: OnCall; from: Instant }> = constantFrom(...CHANGES).chain(([zone, change]) => {
  const moment = integer({ min: -1500, max: 1500 }).map(
    (minutes) => (parseInstant(change) as number) + minutes * MINUTE,
  )
  const rotation: Arbitrary<Rotation> = record(
    {
      rotate: subarray([...PEOPLE], { minLength: 1 }),
      every: constantFrom(HOUR, HOUR, 90 * MINUTE, 12 * HOUR, DAY, 36 * HOUR, 3 * DAY, WEEK),
      anchor: integer({ min: -20_000, max: 20_000 }).map((minutes) => MONDAY + minutes * MINUTE),
      during: hours,
      from: moment,
      to: moment,
    },
    { requiredKeys: ['rotate', 'every', 'anchor'] },
  )
  const override: Arbitrary<Override> = tuple(constantFrom(...PEOPLE), moment, integer({ min: 1, max: 1500 })).map(
    ([who, from, minutes]) => ({ who, from, to: from + minutes * MINUTE }),
  )
  const layers = array(rotation, { maxLength: 3 })
  const schedule = record({
    name: constant('primary'),
    zone: constant(zone),
    layers,
    overrides: array(override, { maxLength: 3 }),
  })
  return record({ schedule, from: moment })
})

describe('the shifts of any schedule', () => {
  it('follow one another from end to end, and neighbours differ', () => {
    fc.assert(
      property(placed, integer({ min: 1, max: 20_000 }), ({ schedule, from }, minutes) => {
        const to = from + minutes * MINUTE
        const shifts = shiftsBetween(schedule, from, to)
        expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, to])
        shifts.forEach((shift, index) => {
          expect(shift.to).toBeGreaterThan(shift.from)
          const next = shifts[index + 1]
          if (next === undefined) return
          expect(next.from).toBe(shift.to)
          expect(`${next.who} by ${next.by}`).not.toBe(`${shift.who} by ${shift.by}`)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('are what is said of each instant', () => {
    fc.assert(
      property(placed, integer({ min: 0, max: 6 * DAY }), ({ schedule, from }, after) => {
        const [at, to] = [from + after, from + 6 * DAY + 1]
        const shift = shiftAt(schedule, at)
        const listed = shiftsBetween(schedule, from, to).find((one) => one.from <= at && at < one.to)
        expect(listed).toEqual({ ...shift, from: Math.max(shift.from, from), to: Math.min(shift.to, to) })
        expect(shiftAt(schedule, shift.to - 1).who).toBe(shift.who)
      }),
      { numRuns: 300 },
    )
  })

  it('are those that a clock on the wall gives minute by minute', () => {
    fc.assert(
      property(placed, ({ schedule, from }) => {
        const shifts = shiftsBetween(schedule, from, from + 2 * DAY)
        const reached = reachedWalls(schedule.zone, from, 2 * DAY)
        const strange = reached.flatMap((wall, minute) => {
          const at = from + minute * MINUTE
          const listed = shifts.find((one) => one.from <= at && at < one.to)
          // Asked of this instant alone, no shift before it helps.
          const alone = minute % 5 === 0 ? shiftsBetween(schedule, at, at + MINUTE)[0] : listed
          const { who, by } = oracle(schedule, at, wall)
          const isAgreed = [listed, alone].every((shift) => shift?.who === who && shift?.by === by)
          return isAgreed ? [] : [{ at, listed, alone, who, by }]
        })
        expect(strange).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('a weekly rotation without restrictions', () => {
  it('gives each of n persons one of n weeks, whatever the clocks do', () => {
    fc.assert(
      property(
        subarray([...PEOPLE], { minLength: 2 }),
        constantFrom(...CHANGES),
        minuteOfDay,
        integer({ min: -99, max: 99 }),
        (rotate, [name], m, week) => {
          const layer: Rotation = { rotate, every: WEEK, anchor: MONDAY + m * MINUTE }
          const schedule: OnCall = { name: 'primary', zone: name, layers: [layer], overrides: [] }
          const { from } = shiftAt(schedule, MONDAY + week * WEEK)
          const turns: (string | undefined)[] = []
          for (let at = from; turns.length < rotate.length; at = shiftAt(schedule, at).to)
            turns.push(shiftAt(schedule, at).who)
          expect([...turns].sort()).toEqual([...rotate].sort())
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** For each minute, the furthest that the clock on the wall has ever been: it decides which hand-offs have happened. */
function reachedWalls(name: string, from: Instant, length: number): readonly Wall[] {
  const walls: Wall[] = []
  let reached = Number.NEGATIVE_INFINITY
  for (let at = from - 2 * DAY; at < from + length; at += MINUTE) {
    reached = Math.max(reached, wallAt(zoneNamed(name) as Zone, at))
    if (at >= from) walls.push(reached)
  }
  return walls
}

function oracle({ layers, overrides }: OnCall, at: Instant, wall: Wall): { who: string | undefined; by: string } {
  const over = overrides.findLast(({ from, to }) => from <= at && at < to)
  if (over !== undefined) return { who: over.who, by: 'override' }
  const layer = layers.findLast((one) => counts(one, at, wall))
  if (layer === undefined) return { who: undefined, by: 'nobody' }
  const turn = Math.floor((wall - layer.anchor) / layer.every)
  const { length } = layer.rotate
  return { who: layer.rotate[((turn % length) + length) % length], by: 'layer' }
}

function counts({ from = 0, to = Number.POSITIVE_INFINITY, during }: Rotation, at: Instant, wall: Wall): boolean {
  if (at < from || at >= to) return false
  if (during === undefined) return true
  const [open = 0, close = 0] = during.window
    .split('-')
    .map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
  const length = (close > open ? close - open : close + 1440 - open) * MINUTE
  const today = Math.floor(wall / DAY) * DAY
  return [today - DAY, today].some((day) => {
    const opensAt = day + open * MINUTE
    return isOn(day, during.on) && wall >= opensAt && wall < opensAt + length
  })
}

function isOn(wall: Wall, on: string): boolean {
  const { year, month, day } = dayOf(wall)
  if (on === '29-31') return day >= 29
  const isWeekend = weekdayOf(year, month, day) % 6 === 0
  return on === '' || isWeekend === (on === 'sat,sun')
}

function clock(minutes: number): string {
  const hour = Math.floor(minutes / 60)
  return `${String(hour).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
