import fc, { array, constantFrom, integer, property, record, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeMatch, isMatch, isSpent, type Match, type Mute, nextSpell, spellAt, type When } from './mute.ts'
import { nextDue } from './schedule.ts'
import { DAY, formatInstant, HOUR, MINUTE, NEVER, parseInstant } from './time.ts'

const subject = {
  about: 'inc-1',
  name: 'pump-17/battery',
  terms: { tags: ['db', 'nightly'], group: 'hall-7', owner: 'ana' },
  severity: 'critical',
} as const

describe('a match', () => {
  it.each<[Match, boolean, string]>([
    [{}, true, 'of nothing fits everything'],
    [{ names: ['pump-17/battery'] }, true, 'fits a name'],
    [{ names: ['pump-17'] }, false, 'does not fit a part of a name'],
    [{ names: ['PUMP-17/battery'] }, false, 'tells case'],
    [{ names: ['pump-18/*', 'pump-17/*'] }, true, 'fits by any of its names'],
    [{ names: ['pump-*/bat*y'] }, true, 'has stars anywhere'],
    [{ names: ['pump.17/battery'] }, false, 'takes a dot for a dot'],
    [{ tags: ['db', 'night*'] }, true, 'fits where all of its tags are there'],
    [{ tags: ['db', 'web'] }, false, 'does not fit where one of its tags is missing'],
    [{ groups: ['hall-*'] }, true, 'fits a group'],
    [{ owners: ['ben'] }, false, 'does not fit another owner'],
    [{ severity: 'critical' }, true, 'fits a severity'],
    [{ severity: 'warning' }, false, 'does not fit another severity'],
    [{ about: 'inc-1' }, true, 'fits one incident'],
    [{ about: 'inc-*' }, false, 'has no stars in the id of an incident'],
    [{ names: ['pump-*'], owners: ['ben'] }, false, 'fits only where every key does'],
  ])('%j %s: %s', (match, fits) => {
    expect(isMatch(match, subject)).toBe(fits)
  })

  it('fits no group, owner, tag or name where there is none, not even by a star', () => {
    const bare = { about: 'storm-1', terms: { tags: [], group: '', owner: '' }, severity: 'critical' } as const
    for (const key of ['names', 'tags', 'groups', 'owners']) expect(isMatch({ [key]: ['*'] }, bare)).toBe(false)
    expect(isMatch({ groups: ['*'] }, { about: 'storm-1', severity: 'critical' })).toBe(false)
  })

  it('reads stars as a regular expression would', () => {
    fc.assert(
      property(stringMatching(/^[ab.\n*]{1,8}$/), stringMatching(/^[ab.\n]{1,10}$/), (pattern, name) => {
        const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'))
        const isLike = new RegExp(`^${parts.join('.*')}$`, 's').test(name)
        expect(isMatch({ names: [pattern] }, { ...subject, name })).toBe(isLike)
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not take long for any pattern', () => {
    const name = 'a'.repeat(50_000)
    expect(isMatch({ names: [`${'*a'.repeat(100)}*b`] }, { ...subject, name })).toBe(false)
  })

  it.each<[Match, string]>([
    [{}, 'everything'],
    [{ names: ['a', 'b'] }, 'name a or b'],
    [{ tags: ['a', 'b'] }, 'tag a and b'],
    [{ groups: ['hall-7'], severity: 'warning' }, 'group hall-7, severity warning'],
    [{ owners: ['ana'], about: 'inc-1' }, 'owner ana, only inc-1'],
  ])('%j is told to people as "%s"', (match, text) => {
    expect(describeMatch(match)).toBe(text)
  })
})

describe('a mute that comes once', () => {
  const mute = once('2026-02-01T10:00Z', '2026-02-01T12:00Z')

  it.each([
    ['2026-02-01T09:59:59.999Z', false, true, false],
    ['2026-02-01T10:00Z', true, false, false],
    ['2026-02-01T11:59:59.999Z', true, false, false],
    ['2026-02-01T12:00Z', false, false, true],
  ])('at %s: in force %s, to come %s, spent %s', (text, inForce, comes, isOver) => {
    const now = instant(text)
    expect(spellAt(mute, now) !== undefined).toBe(inForce)
    expect(nextSpell(mute, now)).toBe(comes ? instant('2026-02-01T10:00Z') : NEVER)
    expect(isSpent(mute, now)).toBe(isOver)
  })

  it('never comes where it ends before it begins', () => {
    const backwards = once('2026-02-01T12:00Z', '2026-02-01T10:00Z')
    expect(nextSpell(backwards, instant('2026-02-01T09:00Z'))).toBe(NEVER)
    expect(spellAt(backwards, instant('2026-02-01T11:00Z'))).toBeUndefined()
  })
})

describe('a mute that repeats', () => {
  it.each([
    ['0 2 * * sun', 'Europe/Riga', 2, '2026-02-01T01:00Z', '2026-02-01T00:00 2026-02-01T02:00', 'on a winter Sunday'],
    ['0 2 * * sun', 'Europe/Riga', 2, '2026-02-01T02:00Z', 'none', 'is over at its end'],
    ['0 2 * * sun', 'Europe/Riga', 2, '2026-02-01T00:00Z', '2026-02-01T00:00 2026-02-01T02:00', 'from its firing on'],
    ['0 2 * * *', 'Europe/Riga', 4, '2026-03-29T03:30Z', '2026-03-29T00:00 2026-03-29T04:00', 'lasts through a gap'],
    ['30 3 * * *', 'Europe/Riga', 1, '2026-03-29T01:30Z', '2026-03-29T01:00 2026-03-29T02:00', 'begins after a gap'],
    ['30 2 * * *', 'Europe/Riga', 4, '2026-10-25T03:00Z', '2026-10-24T23:30 2026-10-25T03:30', 'lasts through a fold'],
    ['30 3 * * *', 'Europe/Riga', 1, '2026-10-25T01:45Z', 'none', 'comes once in a fold'],
    ['0 0,12 * * *', 'UTC', 12, '2026-02-01T13:00Z', 'ends', 'is one spell where its firings touch'],
    ['0 1-4 * * *', 'UTC', 1, '2026-02-01T03:30Z', '2026-02-01T01:00 2026-02-01T05:00', 'merges what touches'],
    ['0 1-4 * * *', 'UTC', 2, '2026-02-01T02:30Z', '2026-02-01T01:00 2026-02-01T06:00', 'merges what overlaps'],
  ])('%s in %s for %i h at %s: %s, %s', (cron, zone, hours, at, spell) => {
    const found = spellAt(repeating(cron, zone, hours * HOUR), instant(at))
    const text = found === undefined ? 'none' : `${minutes(found.from)} ${minutes(found.until)}`
    if (spell === 'ends') expect(found?.until).toBeGreaterThan(instant(at) + 30 * DAY)
    else expect(text).toBe(spell)
  })

  it('comes next after the spell that it is in, and is never spent', () => {
    const mute = repeating('0 1-4 * * *', 'UTC', HOUR)
    const next = instant('2026-02-02T01:00Z')
    expect(nextSpell(mute, instant('2026-02-01T00:00Z'))).toBe(instant('2026-02-01T01:00Z'))
    for (const at of ['2026-02-01T01:00Z', '2026-02-01T02:30Z', '2026-02-01T05:00Z'])
      expect(nextSpell(mute, instant(at))).toBe(next)
    expect(isSpent(mute, instant('2999-01-01T00:00Z'))).toBe(false)
  })

  it('is in force exactly where one of its firings is, and its spells do not touch', () => {
    const crons = ['0 2 * * *', '30 3 * * *', '0 1-4 * * *', '*/20 2,3 * * sun', '0 */3 * * *', '15 22 1,2 * *']
    fc.assert(
      property(
        record({
          cron: constantFrom(...crons),
          zone: constantFrom('UTC', 'Europe/Riga', 'America/New_York', 'Australia/Lord_Howe'),
          lasts: constantFrom(MINUTE, 20 * MINUTE, HOUR, 90 * MINUTE, 2 * HOUR),
          // Around both changes of the clock, and elsewhere.
          day: constantFrom(
            '2026-03-08',
            '2026-03-29',
            '2026-04-05',
            '2026-10-04',
            '2026-10-25',
            '2026-11-01',
            '2026-06-01',
          ),
          offsets: array(integer({ min: -DAY, max: 2 * DAY }), { minLength: 1, maxLength: 8 }),
        }),
        ({ cron, zone, lasts, day, offsets }) => {
          const mute = repeating(cron, zone, lasts)
          const firings = firingsOf(cron, zone, instant(`${day}T00:00Z`) - 3 * DAY, instant(`${day}T00:00Z`) + 5 * DAY)
          for (const offset of offsets) {
            const at = instant(`${day}T00:00Z`) + offset
            const spell = spellAt(mute, at)
            expect(spell !== undefined).toBe(firings.some((firing) => firing <= at && at < firing + lasts))
            if (spell === undefined) continue
            expect(firings).toContain(spell.from)
            expect(firings).toContain(spell.until - lasts)
            expect(spellAt(mute, spell.from - 1)).toBeUndefined()
            expect(spellAt(mute, spell.until)).toBeUndefined()
            expect(spellAt(mute, spell.until - 1)).toEqual(spell)
            expect(nextSpell(mute, at)).toBeGreaterThan(spell.until)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

function once(from: string, until: string): Mute {
  return muteOf({ from: instant(from), until: instant(until) })
}

function repeating(cron: string, zone: string, lasts: number): Mute {
  return muteOf({ cron, zone, for: lasts })
}

function muteOf(when: When): Mute {
  return { id: 'window-1', kind: 'maintenance', match: {}, when, by: 'ana', reason: '', declaredBy: 'api' }
}

function firingsOf(cron: string, zone: string, from: number, until: number): readonly number[] {
  const firings: number[] = []
  for (let at = from; at < until; firings.push(at)) at = nextDue({ kind: 'cron', cron, zone }, at)
  return firings
}

function instant(text: string): number {
  return parseInstant(text) as number
}

function minutes(at: number): string {
  return formatInstant(at).slice(0, 16)
}
