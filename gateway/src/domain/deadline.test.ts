import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countsFor, defaultGrace, dueAfter, earlyTolerance, expectAfter, graceOf } from './deadline.ts'
import { DEFAULT_TERMS, NO_PARTICULARS, type Sample, type State, type Terms } from './heartbeat.ts'
import type { Schedule } from './schedule.ts'
import { DAY, type Duration, formatInstant, HOUR, MINUTE, NEVER, parseInstant, SECOND } from './time.ts'

const nightly: Schedule = { kind: 'cron', cron: '0 3 * * *', zone: 'UTC' }
const window: Schedule = { kind: 'window', window: '02:00-04:00', on: '', zone: 'UTC' }
const at = (text: string) => parseInstant(text) as number
const gaps = fc.integer({ min: SECOND, max: 400 * DAY })

describe('a grace that nobody chose', () => {
  it.each([
    ['a beat each second', SECOND, 5 * SECOND],
    ['a beat each ten seconds', 10 * SECOND, 5 * SECOND],
    ["a minute's beat", MINUTE, 30 * SECOND],
    ['an hourly job', HOUR, 12 * MINUTE],
    ['a daily job', DAY, 59 * MINUTE],
    ['a weekly job', 7 * DAY, 2 * HOUR + 36 * MINUTE],
  ])('of %s, every %i ms, is %i ms to the minute', (_, gap, grace) => {
    const unit = gap < HOUR ? 1 : MINUTE
    expect(Math.round(defaultGrace(gap) / unit) * unit).toBe(grace)
  })

  it('is never under five seconds, and from there on never over half the gap', () => {
    fc.assert(
      fc.property(gaps, (gap) => {
        const grace = defaultGrace(gap)
        expect(Number.isInteger(grace)).toBe(true)
        expect(grace).toBeGreaterThanOrEqual(5 * SECOND)
        expect(grace).toBeLessThanOrEqual(Math.max(5 * SECOND, Math.ceil(gap / 2)))
      }),
    )
  })

  it('grows with the gap, but a smaller share of it', () => {
    fc.assert(
      fc.property(gaps, gaps, (one, other) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)]
        expect(defaultGrace(long)).toBeGreaterThanOrEqual(defaultGrace(short))
        expect(defaultGrace(long) / long).toBeLessThanOrEqual(defaultGrace(short) / short + 1e-3)
      }),
    )
  })

  it('goes by the root of the gap from ten minutes on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10 * MINUTE, max: 400 * DAY }), (gap) => {
        expect(Math.abs(defaultGrace(gap) - 12 * SECOND * Math.sqrt(gap / SECOND))).toBeLessThanOrEqual(0.5)
      }),
    )
  })
})

describe('a grace', () => {
  it('that was chosen is that, even none at all', () => {
    expect(graceOf(termsOf(nightly, { grace: 0 }), undefined, at('2026-02-02T03:00Z'))).toEqual({
      grace: 0,
      from: 'explicit',
    })
  })

  it('goes by the shorter gap around the due instant', () => {
    const office = termsOf({ kind: 'calendar', calendar: 'Mon..Fri 08:00', zone: 'UTC' })
    const monday = at('2026-02-02T08:00Z')
    expect(graceOf(office, undefined, monday)).toEqual({ grace: defaultGrace(DAY), from: 'gap' })
  })

  it('is four times the median lag of a job that takes long, from the first sample on', () => {
    const due = at('2026-02-02T03:00Z')
    const terms = termsOf(nightly)
    expect(graceOf(terms, lagging([2 * HOUR]), due)).toEqual({ grace: 8 * HOUR, from: 'lag' })
    expect(graceOf(terms, lagging([MINUTE]), due)).toEqual({ grace: defaultGrace(DAY), from: 'gap' })
    expect(graceOf(terms, lagging([HOUR, 2 * HOUR, 9 * HOUR]), due).grace).toBe(8 * HOUR)
  })

  it('takes no heed of durations that a job measured itself', () => {
    const measured = { ...lagging([2 * HOUR]), more: { ...lagging([2 * HOUR]).more, lagged: false } }
    expect(graceOf(termsOf(nightly), measured, at('2026-02-02T03:00Z')).from).toBe('gap')
  })
})

describe('a success', () => {
  it.each([
    ['2026-02-02T03:00Z', '2026-02-03T03:00', 'at the due instant counts for it'],
    ['2026-02-02T03:20Z', '2026-02-03T03:00', 'after it counts for it'],
    ['2026-02-02T02:05Z', '2026-02-03T03:00', 'within the grace before it counts for it'],
    ['2026-02-02T01:55Z', '2026-02-02T03:00', 'earlier than that does not'],
  ])('at %s waits for %s: what comes %s', (ok, due) => {
    expect(formatInstant(dueAfter(termsOf(nightly), at(ok))).slice(0, 16)).toBe(due)
  })

  it('counts early by a tenth of the gap at most, and not at all where that is off', () => {
    const hourly: Schedule = { kind: 'cron', cron: '@hourly', zone: 'UTC' }
    const due = at('2026-02-02T03:00Z')
    expect(earlyTolerance(termsOf(hourly), due)).toBe(6 * MINUTE)
    expect(earlyTolerance(termsOf(hourly, { grace: MINUTE }), due)).toBe(MINUTE)
    expect(earlyTolerance(termsOf(hourly, { early: false }), due)).toBe(0)
    expect(earlyTolerance(termsOf({ kind: 'every', every: HOUR }), due)).toBe(0)
  })

  it('counts for a window from its opening to its end', () => {
    const terms = termsOf(window)
    const due = at('2026-02-02T04:00Z')
    expect(dueAfter(terms, at('2026-02-02T01:59:59.999Z'))).toBe(due)
    for (const inside of ['2026-02-02T02:00Z', '2026-02-02T04:00Z']) expect(countsFor(terms, at(inside))).toBe(due)
    expect(dueAfter(terms, at('2026-02-02T02:00Z'))).toBe(due + DAY)
  })
})

describe('what is waited for', () => {
  it('adds the grace to the instant, also across a change of the clock', () => {
    const riga = termsOf({ kind: 'cron', cron: '30 2 * * *', zone: 'Europe/Riga' }, { grace: HOUR })
    const { dueAt, deadlineAt } = expectAfter(riga, undefined, at('2026-03-28T12:00Z'))
    expect([dueAt, deadlineAt].map((instant) => formatInstant(instant).slice(0, 16))).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
    ])
  })

  it('is what the signal itself announced', () => {
    expect(expectAfter(termsOf(nightly), undefined, 0, { next: HOUR, grace: MINUTE })).toEqual({
      dueAt: HOUR,
      deadlineAt: HOUR + MINUTE,
    })
  })

  it('is nothing without a schedule', () => {
    expect(expectAfter(termsOf({ kind: 'none' }), undefined, 0)).toEqual({ dueAt: NEVER, deadlineAt: NEVER })
  })
})

function termsOf(schedule: Schedule, own: Partial<Terms> = {}): Terms {
  return { ...DEFAULT_TERMS, schedule, ...own }
}

function lagging(lags: readonly Duration[]): State {
  const samples = lags.map((lag, index): Sample => [index * DAY, lag])
  return {
    ...{ declaredAt: 0, verdict: 'ok', since: 0, lastSignalAt: 0, lastOkAt: 0, judgedAt: 0, anchorAt: 0 },
    ...{ dueAt: NEVER, deadlineAt: NEVER, signals: 0, misses: 0, oks: 0, via: 'http' },
    more: { ...NO_PARTICULARS, samples, lagged: true },
  }
}
