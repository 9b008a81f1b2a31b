import { check, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextFiring, parseCron, previousFiring } from './cron.ts'
import { formatProblem, isWrong } from './problem.ts'
import { formatInstant, MINUTE, NEVER, parseInstant } from './time.ts'
import { type Zone, zoneNamed } from './zone.ts'

describe('a cron line across a change of the clock', () => {
  it.each([
    // zone, line, from, the firings after it
    ['Europe/Riga', '0 3 * * *', '2026-03-28T00:00Z', ['28T01:00', '29T01:00', '30T00:00'], 'runs right after the gap'],
    [
      'Europe/Riga',
      '30 3 * * *',
      '2026-03-28T00:00Z',
      ['28T01:30', '29T01:00', '30T00:30'],
      'runs right after the gap',
    ],
    [
      'Europe/Riga',
      '15,45 3,4 * * *',
      '2026-03-29T00:00Z',
      ['29T01:00', '29T01:15', '29T01:45'],
      'twice in a gap runs once',
    ],
    ['Europe/Riga', '30 3 * * *', '2026-10-24T00:00Z', ['24T00:30', '25T00:30', '26T01:30'], 'in a fold runs first'],
    ['Europe/Riga', '*/30 3 * * *', '2026-03-28T12:00Z', ['30T00:00', '30T00:30'], 'with a star skips the gap'],
    [
      'Europe/Riga',
      '*/30 3 * * *',
      '2026-10-25T00:00Z',
      ['25T00:30', '25T01:00', '25T01:30', '26T01:00'],
      'with a star runs in both',
    ],
    [
      'Europe/Riga',
      '0-59/30 3 * * *',
      '2026-10-25T00:00Z',
      ['25T00:30', '26T01:00'],
      'without a star runs in one pass',
    ],
    ['Europe/Riga', '@hourly', '2026-10-24T23:30Z', ['25T00:00', '25T01:00', '25T02:00'], 'follows real time'],
    ['Europe/Riga', '0 */2 * * *', '2026-03-28T23:00Z', ['29T00:00', '29T01:00', '29T03:00'], 'follows the new time'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00Z', ['03T15:30', '04T15:15'], 'runs at the end of the gap'],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00Z', ['04T14:45', '05T15:15'], 'runs once'],
    [
      'America/Sao_Paulo',
      '0 0 * * *',
      '2018-11-03T12:00Z',
      ['04T03:00', '05T02:00'],
      'at a skipped midnight runs at one',
    ],
    ['Asia/Beirut', '0 0 * * *', '2026-03-28T12:00Z', ['28T22:00', '29T21:00'], 'at a skipped midnight runs at one'],
    ['Pacific/Apia', '0 9 30 12 *', '2011-12-01T00:00Z', ['30T10:00'], 'on a skipped day runs at its end'],
    ['Europe/Dublin', '30 1 * * *', '2026-03-28T12:00Z', ['29T01:00', '30T00:30'], 'knows Irish standard time'],
    ['Africa/Casablanca', '30 2 * * *', '2026-02-14T12:00Z', ['15T01:30', '16T02:30'], 'knows the month of Ramadan'],
    ['America/Nuuk', '30 23 * * *', '2026-03-28T12:00Z', ['29T01:00', '30T00:30'], 'runs after a gap in the evening'],
    ['Asia/Kathmandu', '0 6 * * *', '2026-01-01T00:00Z', ['01T00:15', '02T00:15'], 'knows quarters'],
  ])('%s: "%s" from %s fires at %j: %s', (zone, line, from, firings) => {
    expect(firingsOf(line, zone, from, firings.length).map((text) => text.slice(8, 16))).toEqual(firings)
  })
})

describe('the days of a cron line', () => {
  it.each([
    ['0 0 13 * 5', ['2026-02-06', '2026-02-13', '2026-02-20'], 'either day will do'],
    ['0 0 */2 * 1', ['2026-02-09', '2026-02-23', '2026-03-09'], 'both must match beside a star'],
    ['0 0 1-7 * */1', ['2026-02-02', '2026-02-03', '2026-02-04'], 'a stepped star is a star'],
    ['0 0 ? * 1', ['2026-02-02', '2026-02-09', '2026-02-16'], 'a question mark is a star'],
    ['0 0 L * *', ['2026-02-28', '2026-03-31', '2026-04-30'], 'L is the last day'],
    ['0 0 * * 5L', ['2026-02-27', '2026-03-27', '2026-04-24'], '5L is the last Friday'],
    ['0 0 * * FRI#2', ['2026-02-13', '2026-03-13', '2026-04-10'], '#2 is the second'],
    ['0 0 * * 1#1,3#1', ['2026-02-02', '2026-02-04', '2026-03-02'], '# may stand in a list'],
    ['0 0 * * 0,7', ['2026-02-08', '2026-02-15', '2026-02-22'], '0 and 7 are Sunday'],
    ['0 0 29 2 *', ['2028-02-29', '2032-02-29', '2036-02-29'], 'a leap day is waited for'],
    [
      '0 0 1 JAN,jul-Sep/2 *',
      ['2026-07-01', '2026-09-01', '2027-01-01'],
      'names come in any case, in ranges and steps',
    ],
    ['@yearly', ['2027-01-01', '2028-01-01', '2029-01-01'], 'nicknames are known'],
  ])('%s fires on %j: %s', (line, days) => {
    expect(firingsOf(line, 'UTC', '2026-02-01T00:00Z', 3).map((text) => text.slice(0, 10))).toEqual(days)
  })

  it('waits eight years for a leap day, over a century that has none', () => {
    const [first] = firingsOf('0 0 29 2 *', 'UTC', '2096-02-29T00:00Z', 1)
    expect(first?.slice(0, 10)).toBe('2104-02-29')
  })

  it('waits for a leap day that is a Sunday as well', () => {
    const [first] = firingsOf('0 0 29 2 */7', 'UTC', '2088-03-01T00:00Z', 1)
    expect(first?.slice(0, 10)).toBe('2128-02-29')
  })
})

describe('what is no cron line', () => {
  it.each([
    ['0 2 * *', 'cron: expected 5 fields, got 4 ("0 2 * *")'],
    ['0 0 2 * * *', 'cron: expected 5 fields, got 6 ("0 0 2 * * *")'],
    ['', 'cron: expected 5 fields, got 0 ("")'],
    [
      '@reboot',
      'cron: expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually (for a start of the machine: schedule: none), got "@reboot"',
    ],
    ['60 * * * *', 'cron: expected a minute 0-59, got "60"'],
    ['5/15 * * * *', 'cron: expected a range or * before the step (5-59/15), got "5/15"'],
    ['0 0 31 2 *', 'cron: expected a cron line that fires some day, got "0 0 31 2 *"'],
    ['0 0 30-31 feb *', 'cron: expected a cron line that fires some day, got "0 0 30-31 feb *"'],
    ['0 22-4 * * *', 'cron: expected a hour range that goes upwards, got "22-4"'],
    ['*/0 * * * *', 'cron: expected a step of at least 1 in minute, got "*/0"'],
  ])('%s: %s', (line, message) => {
    const parsed = parseCron(line, 'cron')
    expect(isWrong(parsed) && parsed.problems.map(formatProblem)).toEqual([message])
  })

  it.each([
    ...['@minutely', '? * * * *', 'H * * * *', '0 0 1jan * *', '0 0 * 1jan *', '0 0 * * mond', '0 0 0 * *'],
    ...[
      '0 0 * * 5#6',
      '0 0 * * L',
      '0 0 * 13 *',
      '0 0 * * 8',
      '1,,2 * * * *',
      '1-2-3 * * * *',
      '-1 * * * *',
      '*5 * * * *',
    ],
    ...['0 0 L-3 * *', '0 0 15W * *', '0 0 * * fri-sun', '1.5 * * * *', '0x1 * * * *', '0 0 * * ?/2'],
  ])('%s is refused', (line) => {
    expect(isWrong(parseCron(line))).toBe(true)
  })
})

describe('a walk over the firings', () => {
  const lines = constantFrom('* * * * *', '*/7 * * * *', '30 2 * * *', '0 0 1,15 * 1', '59 23 L * *', '0 */3 * 3,10 *')
  const zones = constantFrom(
    'UTC',
    'Europe/Riga',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Pacific/Apia',
    'Africa/Casablanca',
  )
  // 1975 to 2040.
  const instants = integer({ min: 157_766_400_000, max: 2_208_988_800_000 })

  it('goes forward, never past a firing, and finds its way back', () => {
    const walk = property(lines, zones, instants, integer({ min: 0, max: 400 * MINUTE }), (line, name, from, step) => {
      const [cron, zone] = [cronOf(line), zoneNamed(name) as Zone]
      const due = nextFiring(cron, zone, from)
      expect(due).toBeGreaterThan(from)
      expect(nextFiring(cron, zone, from)).toBe(due)
      expect(previousFiring(cron, zone, due)).toBe(due)
      expect(previousFiring(cron, zone, due - 1) ?? -NEVER).toBeLessThanOrEqual(from)
      expect(nextFiring(cron, zone, from + step)).toBeGreaterThanOrEqual(due)
    })
    expect(check(walk, { numRuns: 2_000 }).errorInstance ?? null).toBeNull()
  })
})

function cronOf(line: string) {
  const parsed = parseCron(line)
  if (isWrong(parsed)) throw new Error(parsed.problems.map(formatProblem).join())
  return parsed.value
}

function firingsOf(line: string, zone: string, from: string, count: number): string[] {
  const instants: string[] = []
  let due = parseInstant(from) as number
  while (instants.length < count) {
    due = nextFiring(cronOf(line), zoneNamed(zone) as Zone, due)
    instants.push(formatInstant(due))
  }
  return instants
}
