import { describe, expect, it } from 'vitest'
import { formatProblem } from './problem.ts'
import { checkSchedule, describeSchedule, gapAround, nextDue, opening, previousDue, type Schedule } from './schedule.ts'
import { DAY, HOUR, MINUTE, NEVER, parseInstant } from './time.ts'

const every: Schedule = { kind: 'every', every: 5 * MINUTE }
const none: Schedule = { kind: 'none' }
const nightly: Schedule = { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/Riga' }
const weekdays: Schedule = { kind: 'calendar', calendar: 'Mon..Fri 08:00', zone: 'UTC' }
const once: Schedule = { kind: 'calendar', calendar: '2026-12-24 18:00', zone: 'UTC' }
const window: Schedule = { kind: 'window', window: '22:00-02:00', on: 'mon-fri', zone: 'UTC' }
const at = (text: string) => parseInstant(text) as number

describe('a due instant', () => {
  it('of "every" comes its period after the last ok', () => {
    expect(nextDue(every, 1_000)).toBe(1_000 + 5 * MINUTE)
    expect(previousDue(every, 1_000)).toBeUndefined()
  })

  it('never comes without a schedule', () => {
    expect(nextDue(none, 0)).toBe(NEVER)
    expect(previousDue(none, 0)).toBeUndefined()
    expect(gapAround(none, 0)).toBe(NEVER)
  })

  it('is strictly after the instant asked about, and at or before it looking back', () => {
    const due = at('2026-02-02T01:00Z')
    expect(nextDue(nightly, due - 1)).toBe(due)
    expect(nextDue(nightly, due)).toBe(due + DAY)
    expect(previousDue(nightly, due)).toBe(due)
    expect(previousDue(nightly, due - 1)).toBe(due - DAY)
  })

  it('of a window is its end, and an ok counts from its opening', () => {
    const due = at('2026-02-03T02:00Z')
    expect(nextDue(window, at('2026-02-02T12:00Z'))).toBe(due)
    expect(opening(window, due)).toBe(at('2026-02-02T22:00Z'))
    expect(opening(window, due + 1)).toBe(due + 1)
    expect(opening(nightly, due)).toBe(due)
  })

  it('does not come after the last, nor before the first', () => {
    const due = at('2026-12-24T18:00Z')
    expect(nextDue(once, at('2026-01-01T00:00Z'))).toBe(due)
    expect(nextDue(once, due)).toBe(NEVER)
    expect(previousDue(once, due - 1)).toBeUndefined()
    for (const schedule of [every, none, nightly, weekdays, window]) expect(nextDue(schedule, NEVER)).toBe(NEVER)
  })

  it('asked of a schedule that was never checked is a mistake of ours', () => {
    expect(() => nextDue({ kind: 'cron', cron: '0 0 31 2 *', zone: 'UTC' }, 0)).toThrow('fires some day')
  })

  it('is the same however many schedules are remembered', () => {
    const first = nextDue(nightly, 0)
    for (let n = 0; n < 9_000; n++)
      nextDue({ kind: 'window', window: '1:00-2:00', on: '', zone: n % 2 ? 'UTC' : 'GMT' }, n)
    for (let n = 0; n < 9_000; n++)
      nextDue({ kind: 'calendar', calendar: `${1970 + (n % 230)}-1-1 ${n % 24}:${n % 60}`, zone: 'UTC' }, 0)
    expect(nextDue(nightly, 0)).toBe(first)
  })
})

describe('the gap around a due instant', () => {
  it('is the shorter of the two', () => {
    expect(gapAround(every, 0)).toBe(5 * MINUTE)
    expect(gapAround(nightly, at('2026-03-28T01:00Z'))).toBe(DAY)
    expect(gapAround(nightly, at('2026-03-30T00:00Z'))).toBe(23 * HOUR)
    expect(gapAround(weekdays, at('2026-02-06T08:00Z'))).toBe(DAY)
    expect(gapAround({ kind: 'cron', cron: '0 9 * * 5', zone: 'UTC' }, at('2026-02-06T09:00Z'))).toBe(7 * DAY)
  })

  it('is a day for one that stands alone', () => {
    expect(gapAround(once, at('2026-12-24T18:00Z'))).toBe(DAY)
  })
})

describe('checking a schedule', () => {
  it('has nothing to say about a good one', () => {
    for (const schedule of [every, none, nightly, weekdays, once, window])
      expect(checkSchedule(schedule, 'x')).toEqual([])
  })

  it.each<[Schedule, readonly string[]]>([
    [{ kind: 'every', every: 500 }, ['h[3].every: expected 1s to 400d, got 500ms']],
    [{ kind: 'every', every: 401 * DAY }, ['h[3].every: expected 1s to 400d, got 401d']],
    [{ kind: 'every', every: Number.NaN }, ['h[3].every: expected 1s to 400d, got NaN']],
    [{ kind: 'cron', cron: '0 2 * *', zone: 'UTC' }, ['h[3].cron: expected 5 fields, got 4 ("0 2 * *")']],
    [
      { kind: 'cron', cron: '@daily', zone: 'Europe/Rigga' },
      ['h[3].zone: expected an IANA zone such as Europe/Riga, got "Europe/Rigga"'],
    ],
    [
      { kind: 'cron', cron: '@daily', zone: '+02:00' },
      ['h[3].zone: expected an IANA zone such as Europe/Riga, got "+02:00"'],
    ],
    [
      { kind: 'calendar', calendar: '*-02-30', zone: 'UTC' },
      ['h[3].calendar: expected a calendar that elapses some day, got "*-02-30"'],
    ],
  ])('%j is refused with its place', (schedule, messages) => {
    expect(checkSchedule(schedule, 'h[3]').map(formatProblem)).toEqual(messages)
  })

  it('lists every problem', () => {
    const problems = checkSchedule({ kind: 'window', window: 'now', on: 'then', zone: 'here' }, '')
    expect(problems.map(({ path }) => path)).toEqual(['zone', 'window', 'on'])
  })
})

describe('a schedule in words', () => {
  it.each<[Schedule, string]>([
    [every, 'every 5m'],
    [nightly, 'cron "0 3 * * *" in Europe/Riga'],
    [weekdays, 'calendar "Mon..Fri 08:00" in UTC'],
    [window, 'window 22:00-02:00 on mon-fri in UTC'],
    [{ ...window, on: '' } as Schedule, 'window 22:00-02:00 in UTC'],
    [none, 'no schedule'],
  ])('%j is "%s"', (schedule, words) => {
    expect(describeSchedule(schedule)).toBe(words)
  })
})
