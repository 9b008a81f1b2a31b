import { describe, expect, it } from 'vitest'
import { inZone } from './explain.ts'
import { gapsBetween, type OnCall, type Override, type Rotation, type Shift, shiftAt, shiftsBetween } from './oncall.ts'
import { DAY, type Duration, HOUR, type Instant, MINUTE, parseInstant } from './time.ts'
import { instantOf, type Wall, type Zone, zoneNamed } from './zone.ts'

const WEEK = 7 * DAY
const at = (text: string): Instant => parseInstant(text) as Instant
/** What the wall shows, as `2026-01-05 09:00`. */
const wall = (text: string): Wall => at(`${text.replace(' ', 'T')}Z`)
const local = (text: string, zone: string): Instant => instantOf(zoneNamed(zone) as Zone, wall(text))

type Part = Partial<Rotation> & { readonly rotate: readonly string[] }

function oncall(zone: string, layers: readonly Part[], overrides: readonly Override[] = []): OnCall {
  const whole = (part: Part): Rotation => ({ every: WEEK, anchor: wall('2026-01-05 09:00'), ...part })
  return { name: 'primary', zone, layers: layers.map(whole), overrides }
}

/** `ana Mon 2026-03-23 09:00`: who begins when, on the wall of the zone. */
function begins({ zone }: OnCall, shifts: readonly Shift[]): readonly string[] {
  return shifts.map(({ who = 'nobody', from }) => `${who} ${inZone(from, zone).slice(0, 20)}`)
}

function between(schedule: OnCall, from: string, to: string): readonly string[] {
  const shifts = shiftsBetween(schedule, local(from, schedule.zone), local(to, schedule.zone))
  return begins(schedule, shifts)
}

describe('a weekly hand-off at 09:00', () => {
  it.each([
    ['Europe/Riga', '2026-03-23 09:00', 167 * HOUR, 'the week that loses an hour'],
    ['Europe/Riga', '2026-10-19 09:00', 169 * HOUR, 'the week that gains one'],
    ['America/New_York', '2026-03-02 09:00', 167 * HOUR, 'the week that loses an hour'],
    ['America/New_York', '2026-10-26 09:00', 169 * HOUR, 'the week that gains one'],
    ['Australia/Lord_Howe', '2026-03-30 09:00', 168.5 * HOUR, 'the week that gains half an hour'],
    ['Australia/Lord_Howe', '2026-09-28 09:00', 167.5 * HOUR, 'the week that loses half an hour'],
  ])('stays at 09:00 in %s: from %s it is on call for %d ms, %s', (zone, from, length) => {
    const schedule = oncall(zone, [{ rotate: ['ana', 'ben'] }])
    const shift = shiftAt(schedule, local(from, zone) + 3 * DAY)
    expect(shift.from).toBe(local(from, zone))
    expect(shift.to - shift.from).toBe(length)
    const after = shiftAt(schedule, shift.to)
    expect(begins(schedule, [after])[0]).toMatch(/ Mon .* 09:00$/)
    expect(after.who).not.toBe(shift.who)
    expect(shiftAt(schedule, shift.to - 1)).toEqual(shift)
  })

  it('goes back before its anchor as well', () => {
    const schedule = oncall('Europe/Riga', [{ rotate: ['ana', 'ben', 'eva'] }])
    expect(between(schedule, '2025-12-22 09:00', '2026-01-19 09:00')).toEqual([
      'ben Mon 2025-12-22 09:00',
      'eva Mon 2025-12-29 09:00',
      'ana Mon 2026-01-05 09:00',
      'ben Mon 2026-01-12 09:00',
    ])
  })
})

describe('a hand-off at a time', () => {
  const daily = (zone: string, time: string) =>
    oncall(zone, [{ rotate: ['ana', 'ben'], every: DAY, anchor: wall(`2026-01-05 ${time}`) }])

  it('that the clock skips is the instant of the jump', () => {
    const schedule = daily('Europe/Riga', '03:30')
    const jump = at('2026-03-29T01:00Z')
    const [before, after] = [shiftAt(schedule, jump - 1), shiftAt(schedule, jump)]
    expect([before.to, after.from, after.to]).toEqual([jump, jump, at('2026-03-30T00:30Z')])
    expect(before.who).not.toBe(after.who)
  })

  it('that the clock shows twice is its first pass, and nobody is handed back', () => {
    const schedule = daily('Europe/Riga', '03:30')
    const first = at('2026-10-25T00:30Z')
    const shift = shiftAt(schedule, first)
    expect([shift.from, shift.to]).toEqual([first, at('2026-10-26T01:30Z')])
    // 03:10 of the second pass lies before 03:30 on the wall, and after it in time.
    expect(shiftAt(schedule, at('2026-10-25T01:10Z'))).toEqual(shift)
  })

  it('inside the half hour of Lord Howe keeps to the same', () => {
    const schedule = daily('Australia/Lord_Howe', '01:45')
    const fold = at('2026-04-04T15:00Z')
    const shift = shiftAt(schedule, fold)
    expect([shift.from, shift.to]).toEqual([fold - 15 * MINUTE, at('2026-04-05T15:15Z')])
    const skipped = daily('Australia/Lord_Howe', '02:10')
    expect(shiftAt(skipped, at('2026-10-03T15:30Z')).from).toBe(at('2026-10-03T15:30Z'))
  })

  it('may leave a turn no time at all, and the next one follows', () => {
    const schedule = oncall('Europe/Riga', [
      { rotate: ['ana', 'ben', 'eva'], every: HOUR, anchor: wall('2026-03-29 02:00') },
    ])
    expect(between(schedule, '2026-03-29 02:00', '2026-03-29 06:00')).toEqual([
      'ana Sun 2026-03-29 02:00',
      'eva Sun 2026-03-29 04:00',
      'ana Sun 2026-03-29 05:00',
    ])
  })
})

describe('a turn', () => {
  it.each<[string, Duration, readonly string[]]>([
    ['a day', DAY, ['ana Mon 2026-01-05 09:00', 'ben Tue 2026-01-06 09:00', 'ana Wed 2026-01-07 09:00']],
    ['12h', 12 * HOUR, ['ana Mon 2026-01-05 09:00', 'ben Mon 2026-01-05 21:00', 'ana Tue 2026-01-06 09:00']],
    ['36h', 36 * HOUR, ['ana Mon 2026-01-05 09:00', 'ben Tue 2026-01-06 21:00', 'ana Thu 2026-01-08 09:00']],
    ['3d', 3 * DAY, ['ana Mon 2026-01-05 09:00', 'ben Thu 2026-01-08 09:00', 'ana Sun 2026-01-11 09:00']],
    ['a week', WEEK, ['ana Mon 2026-01-05 09:00', 'ben Mon 2026-01-12 09:00', 'ana Mon 2026-01-19 09:00']],
  ])('of %s ends that much of wall time later', (_length, every, expected) => {
    const schedule = oncall('Europe/Riga', [{ rotate: ['ana', 'ben'], every }])
    const from = local('2026-01-05 09:00', 'Europe/Riga')
    expect(begins(schedule, shiftsBetween(schedule, from, from + 3 * every))).toEqual(expected)
  })

  it('of one person alone goes on, as far as is looked', () => {
    const schedule = oncall('Europe/Riga', [{ rotate: ['ana'], every: HOUR }])
    const now = at('2026-06-01T00:00Z')
    expect(shiftAt(schedule, now)).toEqual({ who: 'ana', by: 'layer', from: now - 400 * DAY, to: now + 400 * DAY })
  })

  it('that follows one of the same person is one shift with it', () => {
    const schedule = oncall('UTC', [{ rotate: ['ana', 'ana', 'ben'] }])
    expect(between(schedule, '2026-01-05 09:00', '2026-02-02 09:00')).toEqual([
      'ana Mon 2026-01-05 09:00',
      'ben Mon 2026-01-19 09:00',
      'ana Mon 2026-01-26 09:00',
    ])
    expect(shiftAt(schedule, at('2026-01-13T00:00Z'))).toMatchObject({
      from: at('2026-01-05T09:00Z'),
      to: at('2026-01-19T09:00Z'),
    })
  })
})

describe('an override', () => {
  const layers: readonly Part[] = [{ rotate: ['ana', 'ben'] }]
  const over = (who: string, from: string, to: string): Override => ({
    who,
    from: local(from, 'Europe/Riga'),
    to: local(to, 'Europe/Riga'),
  })

  it('counts from its beginning, and no longer at its end', () => {
    const eva = over('eva', '2026-01-07 12:00', '2026-01-07 18:00')
    const schedule = oncall('Europe/Riga', layers, [eva])
    expect(shiftAt(schedule, eva.from - 1).who).toBe('ana')
    expect(shiftAt(schedule, eva.from)).toEqual({ ...eva, by: 'override' })
    expect(shiftAt(schedule, eva.to - 1).who).toBe('eva')
    expect(shiftAt(schedule, eva.to)).toMatchObject({ who: 'ana', by: 'layer', from: eva.to })
  })

  it('that ends exactly at a hand-off hands over to the next person', () => {
    const schedule = oncall('Europe/Riga', layers, [over('eva', '2026-01-11 09:00', '2026-01-12 09:00')])
    expect(between(schedule, '2026-01-05 09:00', '2026-01-19 09:00')).toEqual([
      'ana Mon 2026-01-05 09:00',
      'eva Sun 2026-01-11 09:00',
      'ben Mon 2026-01-12 09:00',
    ])
  })

  it('by the one who is on call anyway is a shift of its own', () => {
    const schedule = oncall('Europe/Riga', layers, [over('ana', '2026-01-07 09:00', '2026-01-08 09:00')])
    const shifts = shiftsBetween(schedule, local('2026-01-05 09:00', 'Europe/Riga'), at('2026-01-09T00:00Z'))
    expect(shifts.map(({ who, by }) => `${who} by ${by}`)).toEqual(['ana by layer', 'ana by override', 'ana by layer'])
  })

  it('lies above those that are written before it', () => {
    const schedule = oncall('Europe/Riga', layers, [
      over('eva', '2026-01-06 00:00', '2026-01-10 00:00'),
      over('joe', '2026-01-08 00:00', '2026-01-12 00:00'),
      over('kim', '2026-01-09 00:00', '2026-01-09 12:00'),
    ])
    expect(between(schedule, '2026-01-05 09:00', '2026-01-13 09:00')).toEqual([
      'ana Mon 2026-01-05 09:00',
      'eva Tue 2026-01-06 00:00',
      'joe Thu 2026-01-08 00:00',
      'kim Fri 2026-01-09 00:00',
      'joe Fri 2026-01-09 12:00',
      'ana Mon 2026-01-12 00:00',
      'ben Mon 2026-01-12 09:00',
    ])
  })
})

describe('layers', () => {
  const nights = { window: '22:00-06:00', on: 'mon-fri' }

  it('with hours over midnight lie above the one below them only then', () => {
    const schedule = oncall('Europe/Riga', [{ rotate: ['ana', 'ben'] }, { rotate: ['carl'], during: nights }])
    expect(between(schedule, '2026-01-08 12:00', '2026-01-12 23:00')).toEqual([
      'ana Thu 2026-01-08 12:00',
      'carl Thu 2026-01-08 22:00',
      'ana Fri 2026-01-09 06:00',
      'carl Fri 2026-01-09 22:00',
      'ana Sat 2026-01-10 06:00',
      'ben Mon 2026-01-12 09:00',
      'carl Mon 2026-01-12 22:00',
    ])
  })

  it('for weekdays and for the weekend leave no gap between them', () => {
    const schedule = oncall('America/New_York', [
      { rotate: ['ana', 'ben'], during: { window: '00:00-24:00', on: 'mon-fri' }, anchor: wall('2026-01-05 00:00') },
      { rotate: ['sam'], during: { window: '00:00-24:00', on: 'sat,sun' } },
    ])
    expect(between(schedule, '2026-03-02 00:00', '2026-03-16 00:00')).toEqual([
      'ana Mon 2026-03-02 00:00',
      'sam Sat 2026-03-07 00:00',
      'ben Mon 2026-03-09 00:00',
      'sam Sat 2026-03-14 00:00',
    ])
    expect(gapsBetween(schedule, at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z'))).toEqual([])
  })

  it('count only from and until their instants', () => {
    const summer = { from: local('2026-01-07 00:00', 'UTC'), to: local('2026-01-14 00:00', 'UTC') }
    const schedule = oncall('UTC', [{ rotate: ['ana', 'ben'] }, { rotate: ['carl'], ...summer }])
    expect(between(schedule, '2026-01-05 09:00', '2026-01-20 00:00')).toEqual([
      'ana Mon 2026-01-05 09:00',
      'carl Wed 2026-01-07 00:00',
      'ben Wed 2026-01-14 00:00',
      'ana Mon 2026-01-19 09:00',
    ])
  })

  it('restricted to hours leave gaps, which are told with their ends', () => {
    const schedule = oncall('Europe/Riga', [{ rotate: ['ana'], during: { window: '09:00-18:00', on: 'mon-fri' } }])
    const gaps = gapsBetween(
      schedule,
      local('2026-11-26 12:00', 'Europe/Riga'),
      local('2026-12-01 09:00', 'Europe/Riga'),
    )
    expect(begins(schedule, gaps)).toEqual([
      'nobody Thu 2026-11-26 18:00',
      'nobody Fri 2026-11-27 18:00',
      'nobody Mon 2026-11-30 18:00',
    ])
    expect(gaps[1]).toMatchObject({ who: undefined, by: 'nobody', to: local('2026-11-30 09:00', 'Europe/Riga') })
  })

  it('without anybody in them are one gap, as far as is looked', () => {
    const now = at('2026-01-01T00:00Z')
    for (const schedule of [oncall('UTC', []), oncall('UTC', [{ rotate: [] }])]) {
      expect(gapsBetween(schedule, now, now + DAY)).toHaveLength(1)
      expect(shiftAt(schedule, now)).toEqual({
        who: undefined,
        by: 'nobody',
        from: now - 400 * DAY,
        to: now + 400 * DAY,
      })
    }
  })
})

describe('a schedule that was never checked', () => {
  it('is a mistake of ours', () => {
    expect(() => shiftAt(oncall('Mars/Base', []), 0)).toThrow('unchecked zone of the on-call schedule primary')
    const during = { window: 'always', on: '' }
    expect(() => shiftAt(oncall('UTC', [{ rotate: ['ana'], during }]), 0)).toThrow('unchecked hours')
  })
})
