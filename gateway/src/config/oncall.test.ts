import { describe, expect, it } from 'vitest'
import { inZone } from '../domain/explain.ts'
import { type OnCall, shiftsBetween } from '../domain/oncall.ts'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { DAY, HOUR, type Instant, parseInstant } from '../domain/time.ts'
import { readDocument } from './document.ts'
import type { Settings } from './settings.ts'

const PEOPLE = `zone: Europe/Riga
channels:
  - { name: ops, webhook: { url: "https://a.example" } }
  - { name: boss, webhook: { url: "https://b.example" } }
responders:
  - { name: ana, page: [ops] }
  - { name: ben, page: [ops, boss, ops] }
  - { name: carl, page: [boss] }
`

function read(oncall: string) {
  const readFile = (): string => ''
  return readDocument(`${PEOPLE}${oncall}\n`, { env: {}, environment: {}, file: 'x', readFile, hostZone: 'UTC' })
}

function settings(oncall: string): Settings {
  const checked = read(oncall)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value
}

function problems(oncall: string): readonly string[] {
  const checked = read(oncall)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

const at = (text: string): Instant => parseInstant(text) as Instant
const withLayer = (layer: string): OnCall =>
  settings(`oncall: [{ name: primary, layers: [{ rotate: [ana, ben], ${layer} }] }]`).oncall[0] as OnCall

/** Who begins when in the days from `from` on, cut at their ends. */
function begins(schedule: OnCall, from: string, days: number): readonly string[] {
  const shifts = shiftsBetween(schedule, at(from), at(from) + days * DAY)
  return shifts.slice(1).map((shift) => `${shift.who ?? 'nobody'} ${inZone(shift.from, schedule.zone).slice(0, 20)}`)
}

describe('on-call schedules of the file', () => {
  it('are layers of responders with overrides, in their own zone or the file’s', () => {
    const { oncall, responders } = settings(`oncall:
  - name: primary
    layers:
      - { rotate: [ana, ben], every: week, handoff: "mon 09:00" }
      - { rotate: [carl], every: day, handoff: "22:00", hours: "22:00-06:00", on: mon-fri, from: "2026-01-05", to: "2026-12-31" }
    overrides:
      - { who: ben, from: "2026-12-24 09:00", to: "2026-12-27T12:00+01:00" }
  - { name: backup, zone: America/New_York, layers: [{ rotate: [ben], every: 12h }] }`)
    expect(responders).toEqual([
      { name: 'ana', page: ['ops'] },
      { name: 'ben', page: ['ops', 'boss'] },
      { name: 'carl', page: ['boss'] },
    ])
    expect(oncall).toEqual([
      {
        name: 'primary',
        zone: 'Europe/Riga',
        layers: [
          { rotate: ['ana', 'ben'], every: 7 * DAY, anchor: at('2024-01-01T09:00Z') },
          {
            rotate: ['carl'],
            every: DAY,
            anchor: at('2026-01-04T22:00Z'),
            during: { window: '22:00-06:00', on: 'mon-fri' },
            from: at('2026-01-05T00:00+02:00'),
            to: at('2026-12-31T00:00+02:00'),
          },
        ],
        overrides: [{ who: 'ben', from: at('2026-12-24T09:00+02:00'), to: at('2026-12-27T12:00+01:00') }],
      },
      {
        name: 'backup',
        zone: 'America/New_York',
        layers: [{ rotate: ['ben'], every: 12 * HOUR, anchor: at('2024-01-01T00:00Z') }],
        overrides: [],
      },
    ])
  })

  it('are none where the file says nothing', () => {
    expect(settings('').oncall).toEqual([])
    expect(settings('oncall: []').oncall).toEqual([])
  })

  it('may be what a policy pages', () => {
    const schedule = 'oncall: [{ name: primary, layers: [{ rotate: [ana], every: day }] }]'
    expect(problems(`${schedule}\npolicies: [{ name: default, steps: [{ page: [primary, ops] }] }]`)).toEqual([])
    expect(problems(`${schedule}\npolicies: [{ name: default, steps: [{ page: [primry] }] }]`)).toEqual([
      expect.stringMatching(/^policies\[0\]\.steps\[0\]\.page\[0\]: .*nearest: "primary", got "primry"$/),
    ])
  })
})

describe('a rotation begins', () => {
  it.each([
    ['every: week, handoff: "mon 09:00"', '2024-01-01T09:00Z'],
    ['every: week, handoff: "Sunday 7:05"', '2024-01-07T07:05Z'],
    ['every: day, handoff: "22:00"', '2024-01-01T22:00Z'],
    ['every: day', '2024-01-01T00:00Z'],
    ['every: 3d, handoff: "08:00"', '2024-01-01T08:00Z'],
    ['every: 14d, handoff: "wed 08:00"', '2024-01-03T08:00Z'],
  ])('at the first hand-off from Monday 2024-01-01 on: %s', (layer, wall) => {
    expect(withLayer(layer).layers[0]?.anchor).toBe(at(wall))
  })

  it.each([
    ['every: week, handoff: "mon 09:00", from: "2026-01-05"', '2025-12-29T09:00Z'],
    ['every: week, handoff: "mon 09:00", from: "2026-01-05 09:00"', '2026-01-05T09:00Z'],
    ['every: day, handoff: "22:00", from: "2026-01-05 21:59"', '2026-01-04T22:00Z'],
    ['every: 3d, handoff: "09:00", from: "2026-01-05T12:00+02:00"', '2026-01-05T09:00Z'],
    ['every: 12h, handoff: "09:00", from: "2026-01-05 22:00"', '2026-01-05T21:00Z'],
    ['every: 3d, from: "2026-01-05 10:30"', '2026-01-05T10:30Z'],
    // The second pass of 03:10: the hand-off at 03:40 has been in the first.
    ['every: day, handoff: "03:40", from: "2026-10-25T01:10Z"', '2026-10-25T03:40Z'],
  ])('at the last hand-off at or before its own beginning: %s', (layer, wall) => {
    const [read] = withLayer(layer).layers
    expect(read?.anchor).toBe(at(wall))
    expect(begins(withLayer(layer), '2023-01-01T00:00Z', 1400)[0]).toMatch(/^ana /)
  })

  it('with the first of its responders', () => {
    const schedule = withLayer('every: week, handoff: "fri 18:00", from: "2026-01-09 18:00"')
    expect(begins(schedule, '2026-01-01T00:00Z', 24)).toEqual([
      'ana Fri 2026-01-09 18:00',
      'ben Fri 2026-01-16 18:00',
      'ana Fri 2026-01-23 18:00',
    ])
  })

  it('on whole days where days are named without hours', () => {
    const schedule = withLayer('every: week, handoff: "mon 00:00", on: "sat,sun"')
    expect(schedule.layers[0]?.during).toEqual({ window: '00:00-24:00', on: 'sat,sun' })
    expect(begins(schedule, '2024-01-01T00:00Z', 8)).toEqual([
      'ana Sat 2024-01-06 00:00',
      'nobody Mon 2024-01-08 00:00',
    ])
  })
})

describe('what is wrong with an on-call schedule is told with its place', () => {
  const week = 'every: week, handoff: "mon 09:00"'
  const layers = `layers: [{ rotate: [ana], ${week} }]`
  const override = (text: string): string => `{ name: p, ${layers}, overrides: [{ ${text} }] }`
  const layer = (text: string): string => `{ name: p, layers: [{ ${text} }] }`

  it.each([
    [`{ ${layers} }`, 'oncall[0].name: expected a name, got nothing'],
    [`{ name: ops, ${layers} }`, 'oncall[0].name: expected a name of its own, got "ops", which is taken'],
    [`{ name: ANA, ${layers} }`, 'oncall[0].name: expected a name of its own, got "ANA", which is taken'],
    [
      `{ name: p, ${layers} }, { name: P, ${layers} }`,
      'oncall[1].name: expected a name of its own, got "P", which is taken',
    ],
    [`{ name: p, zone: Riga, ${layers} }`, 'oncall[0].zone: expected an IANA zone such as Europe/Riga, got "Riga"'],
    ['{ name: p }', 'oncall[0].layers: expected at least one layer, got nothing'],
    [`{ name: p, ${layers}, layrs: [] }`, 'oncall[0].layrs: expected a key that exists, nearest: "layers"'],
    ['primary', 'oncall[0]: expected an on-call schedule, got "primary"'],
    [layer(week), 'oncall[0].layers[0].rotate: expected the names of responders, in turn, got nothing'],
    [
      layer(`rotate: [], ${week}`),
      'oncall[0].layers[0].rotate: expected the names of responders, in turn, got nothing',
    ],
    [
      layer(`rotate: [ana, benn], ${week}`),
      'oncall[0].layers[0].rotate[1]: expected the name of a responder, nearest: "ben", got "benn"',
    ],
    [layer(`rotate: [ops], ${week}`), 'oncall[0].layers[0].rotate[0]: expected the name of a responder'],
    [
      layer('rotate: [ana]'),
      'oncall[0].layers[0].every: expected day, week or a duration from 1h on such as 12h or 3d, got nothing',
    ],
    [layer('rotate: [ana], every: month'), 'oncall[0].layers[0].every: expected day, week or a duration from 1h on'],
    [layer('rotate: [ana], every: 59m'), 'oncall[0].layers[0].every: expected at least 1h, got 59m'],
    [layer('rotate: [ana], every: 1h30s'), 'oncall[0].layers[0].every: expected whole minutes, got 1h30s'],
    [
      layer('rotate: [ana], every: week'),
      'oncall[0].layers[0].handoff: expected a weekday and a local time such as "mon 09:00", got nothing',
    ],
    [
      layer('rotate: [ana], every: week, handoff: "09:00"'),
      'oncall[0].layers[0].handoff: expected a weekday and a local time such as "mon 09:00", got "09:00"',
    ],
    [
      layer('rotate: [ana], every: week, handoff: "mo 09:00"'),
      'oncall[0].layers[0].handoff: expected a weekday and a local time',
    ],
    [
      layer('rotate: [ana], every: day, handoff: "mon 09:00"'),
      'oncall[0].layers[0].handoff: expected a local time such as "09:00", got "mon 09:00"',
    ],
    [
      layer('rotate: [ana], every: day, handoff: "24:00"'),
      'oncall[0].layers[0].handoff: expected a local time such as "09:00", got "24:00"',
    ],
    [
      layer(`rotate: [ana], ${week}, hours: "9-17"`),
      'oncall[0].layers[0].hours: expected two different local times such as "02:00-04:00", got "9-17"',
    ],
    [layer(`rotate: [ana], ${week}, on: someday`), 'oncall[0].layers[0].on: expected weekdays such as "mon-fri"'],
    [
      layer(`rotate: [ana], ${week}, from: "2026-02-29"`),
      'oncall[0].layers[0].from: expected a local date such as "2026-12-24"',
    ],
    [
      layer(`rotate: [ana], ${week}, from: "2026-03-02", to: "2026-03-02"`),
      'oncall[0].layers[0].to: expected a time after from ("2026-03-02"), got "2026-03-02"',
    ],
    [
      override('from: "2026-12-24 09:00", to: "2026-12-27 09:00"'),
      'oncall[0].overrides[0].who: expected the name of a responder, got nothing',
    ],
    [
      override('who: anna, from: "2026-12-24 09:00", to: "2026-12-27 09:00"'),
      'oncall[0].overrides[0].who: expected the name of a responder, nearest: "ana", got "anna"',
    ],
    [
      override('who: ana, to: "2026-12-27 09:00"'),
      'oncall[0].overrides[0].from: expected a local time such as "2026-12-24 09:00"',
    ],
    [
      override('who: ana, from: "2026-12-24", to: "2026-12-27 09:00"'),
      'oncall[0].overrides[0].from: expected a local time such as "2026-12-24 09:00"',
    ],
    [
      override('who: ana, from: "2026-12-24 25:00", to: "2026-12-27 09:00"'),
      'oncall[0].overrides[0].from: expected a local time',
    ],
    [
      override('who: ana, from: "2026-12-24 09:00", to: "2026-12-24T07:00Z"'),
      'oncall[0].overrides[0].to: expected a time after from ("2026-12-24 09:00"), got "2026-12-24T07:00Z"',
    ],
    [override('who: ana, from: 2026, to: "2026-12-27 09:00"'), 'oncall[0].overrides[0].from: expected'],
  ])('%s', (schedules, expected) => {
    const found = problems(`oncall: [${schedules}]`)
    expect(found[0]).toContain(expected)
    expect(new Set(found.map((problem) => problem.split(': ')[0])).size).toBe(1)
  })

  it('whatever number there are', () => {
    const found = problems(`oncall:
  - { name: boss, layers: [{ rotate: [x], every: 1m, hours: y, from: z }], overrides: [{ who: w }] }`)
    expect(found.map((problem) => problem.split(': ')[0])).toEqual([
      'oncall[0].name',
      'oncall[0].layers[0].rotate[0]',
      'oncall[0].layers[0].every',
      'oncall[0].layers[0].hours',
      'oncall[0].layers[0].from',
      'oncall[0].overrides[0].who',
      'oncall[0].overrides[0].from',
      'oncall[0].overrides[0].to',
    ])
  })
})
