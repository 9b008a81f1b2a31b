import { check, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextElapse, parseCalendar, previousElapse } from './calendar.ts'
import { isWrong } from './problem.ts'
import { formatInstant, NEVER, parseInstant } from './time.ts'
import { type Zone, zoneNamed } from './zone.ts'

describe('an OnCalendar text', () => {
  // What systemd-analyze 252 prints for --base-time=2026-02-01 and TZ=UTC.
  it.each([
    ['Mon..Fri 08:00', ['2026-02-02T08:00:00', '2026-02-03T08:00:00']],
    ['*-*-1..7 03:00', ['2026-02-01T03:00:00', '2026-02-02T03:00:00']],
    ['*-02~03', ['2026-02-26T00:00:00', '2027-02-26T00:00:00']],
    ['*-*~1..2', ['2026-02-27T00:00:00', '2026-02-28T00:00:00']],
    ['Mon *-05~07/1', ['2026-05-25T00:00:00', '2027-05-31T00:00:00']],
    ['*:0/15', ['2026-02-01T00:15:00', '2026-02-01T00:30:00']],
    ['*-*-* 5,17..18/1:30:15', ['2026-02-01T05:30:15', '2026-02-01T17:30:15']],
    ['Sat,Sun 12-24', ['2028-12-24T00:00:00', '2033-12-24T00:00:00']],
    ['26/2-3-1', ['2026-03-01T00:00:00', '2028-03-01T00:00:00']],
    ['minutely', ['2026-02-01T00:01:00', '2026-02-01T00:02:00']],
    ['hourly', ['2026-02-01T01:00:00', '2026-02-01T02:00:00']],
    ['Weekly', ['2026-02-02T00:00:00', '2026-02-09T00:00:00']],
    ['quarterly', ['2026-04-01T00:00:00', '2026-07-01T00:00:00']],
    ['semiannually', ['2026-07-01T00:00:00', '2027-01-01T00:00:00']],
    ['03:00 Europe/Riga', ['2026-02-01T01:00:00', '2026-02-02T01:00:00']],
    ['daily utc', ['2026-02-02T00:00:00', '2026-02-03T00:00:00']],
  ])('%s elapses at %j', (text, instants) => {
    expect(elapsesOf(text, 'UTC', '2026-02-01T00:00Z', 2)).toEqual(instants)
  })

  it('ends when its years do', () => {
    expect(elapsesOf('2026..2027-12-31 23:59:59', 'UTC', '2026-02-01T00:00Z', 5)).toEqual([
      '2026-12-31T23:59:59',
      '2027-12-31T23:59:59',
    ])
  })

  it('loses what a repeat runs over at midnight, as systemd does', () => {
    const from = '2026-02-01T23:50Z'
    expect(elapsesOf('*:0/7', 'UTC', from, 3)).toEqual([
      '2026-02-01T23:56:00',
      '2026-02-02T00:07:00',
      '2026-02-02T00:14:00',
    ])
    expect(elapsesOf('*:0/15', 'UTC', from, 1)).toEqual(['2026-02-02T00:00:00'])
  })

  it('loses what a repeat runs over at the new year, even after a December without such a weekday', () => {
    const from = '2021-11-01T00:00Z'
    expect(elapsesOf('Sat *-1,12-1/9', 'UTC', from, 1)).toEqual(['2022-12-10T00:00:00'])
    expect(elapsesOf('Sat *-1..3-1/9', 'UTC', from, 1)).toEqual(['2022-01-01T00:00:00'])
  })

  it('takes the zone that it names over that of the schedule', () => {
    expect(elapsesOf('03:00 UTC', 'Europe/Riga', '2026-02-01T00:00Z', 1)).toEqual(['2026-02-01T03:00:00'])
  })
})

describe('an OnCalendar text across a change of the clock', () => {
  it.each([
    ['Europe/Riga', '03:30', '2026-03-28T12:00Z', ['2026-03-30T00:30:00'], 'is skipped with the hour that it names'],
    [
      'Europe/Riga',
      '*:30',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:30:00', '2026-03-29T01:30:00'],
      'goes on behind a gap',
    ],
    [
      'Europe/Riga',
      '*:0/30',
      '2026-10-25T00:10Z',
      ['2026-10-25T00:30:00', '2026-10-25T02:00:00'],
      'has one pass of a fold',
    ],
    [
      'Europe/Riga',
      '03:30',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30:00', '2026-10-26T01:30:00'],
      'takes the first pass',
    ],
    ['America/Sao_Paulo', 'daily', '2018-11-03T12:00Z', ['2018-11-05T02:00:00'], 'is skipped with a midnight'],
    [
      'Pacific/Apia',
      '09:00',
      '2011-12-29T00:00Z',
      ['2011-12-29T19:00:00', '2011-12-30T19:00:00'],
      'is skipped with a day',
    ],
    [
      'Australia/Lord_Howe',
      '*:0/30',
      '2026-04-04T14:00Z',
      ['2026-04-04T14:30:00', '2026-04-04T15:30:00'],
      'knows half hours',
    ],
  ])('%s: "%s" from %s elapses at %j: %s', (zone, text, from, instants) => {
    expect(elapsesOf(text, zone, from, instants.length)).toEqual(instants)
  })
})

describe('what is no OnCalendar text', () => {
  it.each([
    ...[
      '',
      'sometimes',
      '08',
      '24:00',
      '8:60',
      '08:00:00.5',
      '*/5:00',
      '*-*-32',
      '*-13-1',
      '*-*~29',
      '*-02-30',
      'Mon..',
    ],
    ...[
      'Fri..Mon',
      'Mon Tue',
      '08:00 Mars/Phobos',
      '08:00 09:00',
      '*:0/60',
      '*:*:5..5',
      '1969-1-1',
      '2~1-3',
      '08:00 +02:00',
      '@17',
    ],
  ])('%j is refused', (text) => {
    expect(isWrong(parseCalendar(text))).toBe(true)
  })
})

describe('a walk over the elapses', () => {
  const texts = constantFrom(
    'hourly',
    '*:0/7',
    'Mon..Fri 02:30',
    '*-*~1 00:00',
    '*:*:0/7',
    '*-*-1/2 1/5:00',
    'Sun 3/4-*',
  )
  const zones = constantFrom('UTC', 'Europe/Riga', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia')
  // 1975 to 2040.
  const instants = integer({ min: 157_766_400_000, max: 2_208_988_800_000 })

  it('goes forward, never past an elapse, and finds its way back', () => {
    const walk = property(texts, zones, instants, integer({ min: 0, max: 10_000_000 }), (text, name, from, step) => {
      const zone = zoneNamed(name) as Zone
      const calendar = calendarOf(text)
      const due = nextElapse(calendar, zone, from)
      expect(due).toBeGreaterThan(from)
      expect(previousElapse(calendar, zone, due)).toBe(due)
      expect(previousElapse(calendar, zone, due - 1) ?? -NEVER).toBeLessThanOrEqual(from)
      expect(nextElapse(calendar, zone, from + step)).toBeGreaterThanOrEqual(due)
    })
    expect(check(walk, { numRuns: 2_000 }).errorInstance ?? null).toBeNull()
  })
})

function calendarOf(text: string) {
  const parsed = parseCalendar(text)
  if (isWrong(parsed)) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

function elapsesOf(text: string, zone: string, from: string, count: number): string[] {
  const instants: string[] = []
  let due = parseInstant(from) as number
  while (instants.length < count) {
    due = nextElapse(calendarOf(text), zoneNamed(zone) as Zone, due)
    if (due === NEVER) break
    instants.push(formatInstant(due).slice(0, 19))
  }
  return instants
}
