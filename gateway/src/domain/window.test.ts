import { check, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from './problem.ts'
import { formatInstant, parseInstant } from './time.ts'
import { nextOpening, parseWindow, previousOpening } from './window.ts'
import { type Zone, zoneNamed } from './zone.ts'

describe('a window', () => {
  it.each([
    ['02:00-04:00', '', 'UTC', '2026-02-01T00:00Z', '2026-02-01T02:00 2026-02-01T04:00', 'each day'],
    ['02:00-04:00', '', 'UTC', '2026-02-01T04:00Z', '2026-02-02T02:00 2026-02-02T04:00', 'is over at its end'],
    ['02:00-04:00', '', 'UTC', '2026-02-01T03:59Z', '2026-02-01T02:00 2026-02-01T04:00', 'is due while it is open'],
    [
      '22:00-02:00',
      'Fri',
      'UTC',
      '2026-02-01T00:00Z',
      '2026-02-06T22:00 2026-02-07T02:00',
      'crosses midnight from the day it names',
    ],
    [
      '20:00-24:00',
      'sat,SUN',
      'UTC',
      '2026-02-02T00:00Z',
      '2026-02-07T20:00 2026-02-08T00:00',
      'may close at midnight',
    ],
    [
      '9:00-17:00',
      'fri - mon',
      'UTC',
      '2026-02-03T00:00Z',
      '2026-02-06T09:00 2026-02-06T17:00',
      'runs around the end of the week',
    ],
    [
      '9:00-17:00',
      'monday-friday',
      'UTC',
      '2026-02-07T00:00Z',
      '2026-02-09T09:00 2026-02-09T17:00',
      'knows long names',
    ],
    ['9:00-17:00', '1,15', 'UTC', '2026-02-02T00:00Z', '2026-02-15T09:00 2026-02-15T17:00', 'on days of the month'],
    ['9:00-17:00', '1-7,last', 'UTC', '2026-02-08T00:00Z', '2026-02-28T09:00 2026-02-28T17:00', 'on the last day'],
    ['9:00-17:00', '31', 'UTC', '2026-02-08T00:00Z', '2026-03-31T09:00 2026-03-31T17:00', 'skips shorter months'],
    [
      '02:00-03:30',
      '',
      'Europe/Riga',
      '2026-03-29T00:00Z',
      '2026-03-29T00:00 2026-03-29T01:00',
      'closes right after a gap',
    ],
    [
      '03:30-05:00',
      '',
      'Europe/Riga',
      '2026-03-29T00:00Z',
      '2026-03-29T01:00 2026-03-29T02:00',
      'opens right after a gap',
    ],
    [
      '03:10-03:50',
      '',
      'Europe/Riga',
      '2026-03-29T00:00Z',
      '2026-03-30T00:10 2026-03-30T00:50',
      'is none inside a gap',
    ],
    [
      '02:30-03:30',
      '',
      'Europe/Riga',
      '2026-10-24T12:00Z',
      '2026-10-24T23:30 2026-10-25T00:30',
      'closes in the first pass',
    ],
    ['03:30-04:30', '', 'Europe/Riga', '2026-10-24T12:00Z', '2026-10-25T00:30 2026-10-25T02:30', 'is longer by a fold'],
  ])('%s on "%s" in %s, after %s, is %s: %s', (window, on, zone, after, expected) => {
    const opening = nextOpening(windowOf(window, on), zoneNamed(zone) as Zone, parseInstant(after) as number)
    expect([opening?.opensAt, opening?.due].map((at) => formatInstant(at as number).slice(0, 16)).join(' ')).toBe(
      expected,
    )
  })

  it.each([
    ['02:00', '', 'window: expected two different local times such as "02:00-04:00", got "02:00"'],
    ['02:00-02:00', '', 'window: expected two different local times such as "02:00-04:00", got "02:00-02:00"'],
    ['24:00-02:00', '', 'window: expected two different local times such as "02:00-04:00", got "24:00-02:00"'],
    ['02:60-03:00', '', 'window: expected two different local times such as "02:00-04:00", got "02:60-03:00"'],
    ['02:00-24:01', '', 'window: expected two different local times such as "02:00-04:00", got "02:00-24:01"'],
    [
      '02:00-03:00',
      'mon,1',
      'on: expected weekdays such as "mon-fri" or days of the month such as "1-7,last", got "mon,1"',
    ],
    [
      '02:00-03:00',
      '7-1',
      'on: expected weekdays such as "mon-fri" or days of the month such as "1-7,last", got "7-1"',
    ],
    [
      '02:00-03:00',
      'mon,',
      'on: expected weekdays such as "mon-fri" or days of the month such as "1-7,last", got "mon,"',
    ],
  ])('%s on "%s" is refused', (window, on, message) => {
    const parsed = parseWindow(window, on, 'window', 'on')
    expect(isWrong(parsed) && parsed.problems.map(formatProblem)).toEqual([message])
  })

  it('goes forward, never past a closing, and finds its way back', () => {
    const windows = constantFrom('02:00-04:00', '22:00-02:30', '03:10-03:50', '00:00-24:00', '23:59-00:01')
    const days = constantFrom('', 'mon-fri', 'sun', '1,15,last', '29-31')
    const zones = constantFrom('UTC', 'Europe/Riga', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia')
    // 1975 to 2040.
    const instants = integer({ min: 157_766_400_000, max: 2_208_988_800_000 })
    const walk = property(windows, days, zones, instants, (text, on, name, from) => {
      const [window, zone] = [windowOf(text, on), zoneNamed(name) as Zone]
      const opening = nextOpening(window, zone, from)
      if (opening === undefined) throw new Error('each of these comes again')
      expect(opening.due).toBeGreaterThan(from)
      expect(opening.opensAt).toBeLessThan(opening.due)
      expect(previousOpening(window, zone, opening.due)).toEqual(opening)
      expect(previousOpening(window, zone, opening.due - 1)?.due).toBeLessThanOrEqual(from)
    })
    expect(check(walk, { numRuns: 2_000 }).errorInstance ?? null).toBeNull()
  })
})

function windowOf(text: string, on: string) {
  const parsed = parseWindow(text, on)
  if (isWrong(parsed)) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}
