import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tally } from '../app/facets.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { badgeSvg, shieldsJson, widthOf } from './badge.ts'
import { createBadgeMarks } from './badge-marks.ts'
import { badgeOf, badgeOfMany } from './standing.ts'

describe('a badge', () => {
  it('is as wide as its words', () => {
    expect(widthOf('ok')).toBe(13)
    expect(widthOf('missed')).toBeGreaterThan(widthOf('ok'))
    expect(widthOf('iiii')).toBeLessThan(widthOf('mmmm'))
    expect(widthOf('日本')).toBe(24)
    expect(widthOf('')).toBe(1)
  })

  it('holds any words as text, and is never wider than what they need', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (label, message) => {
        const svg = badgeSvg({ label, message, family: 'crit' }).text
        const tags = [...svg.matchAll(/<\/?([a-zA-Z]+)/g)].map(([, tag]) => tag)
        expect(new Set(tags)).toEqual(new Set(['svg', 'title', 'clipPath', 'rect', 'g', 'text']))
        expect(tags).toHaveLength(17)
        const [, width] = /^<svg [^>]*? width="(\d+)"/.exec(svg) ?? []
        expect(Number(width)).toBeGreaterThanOrEqual(26)
        expect(Number(width)).toBeLessThanOrEqual(24 + 2 * 60 * 12)
      }),
    )
  })

  it('shows no control characters and no right-to-left marks', () => {
    const svg = badgeSvg({ label: 'a\u0000\u202eb"<script>', message: 'ok', family: 'ok' }).text
    expect(svg).toContain('a\ufffd\ufffdb&#34;&#60;script&#62;')
  })

  it('is for Shields as their endpoint takes it', () => {
    expect(shieldsJson(badgeOf('nightly-backup', 'missed'))).toEqual({
      ...{ schemaVersion: 1, label: 'nightly-backup', message: 'missed', color: 'ab1f14', cacheSeconds: 60 },
    })
  })
})

describe('a badge of many', () => {
  const standing = (...known: readonly (readonly [Verdict, number])[]): Tally => ({
    total: known.reduce((sum, [, count]) => sum + count, 0),
    verdicts: {
      ...(Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Tally['verdicts']),
      ...Object.fromEntries(known),
    },
  })

  it.each([
    [undefined, 'empty', 'mute'],
    [standing(['ok', 3], ['running', 1]), 'all 4 ok', 'ok'],
    [standing(['ok', 1]), 'ok', 'ok'],
    [standing(['ok', 3], ['paused', 1]), '3 of 4 ok', 'ok'],
    [standing(['ok', 3], ['late', 1]), '1 of 4 late', 'warn'],
    [standing(['ok', 3], ['missed', 2], ['slow', 1]), '2 of 6 missed', 'crit'],
    [standing(['failed', 1], ['missed', 2]), '3 of 3 wrong', 'crit'],
    [standing(['unseen', 2]), 'nothing heard', 'mute'],
  ])('says first what is wrong: %#', (of, message, family) => {
    expect(badgeOfMany('web', of)).toEqual({ label: 'web', message, family })
  })
})

describe('the address of a badge that is not public', () => {
  const marks = createBadgeMarks(Buffer.alloc(16, 7))

  it('is signed for one badge of one gateway, to the character', () => {
    const mark = marks.markOf('heartbeat', 'pump-17/battery')
    expect(mark).toMatch(/^[\w-]{22}$/)
    expect(marks.isMark(mark, 'heartbeat', 'pump-17/battery')).toBe(true)
    expect(marks.isMark(mark, 'tag', 'pump-17/battery')).toBe(false)
    expect(marks.isMark(mark, 'heartbeat', 'pump-18/battery')).toBe(false)
    expect(createBadgeMarks(Buffer.alloc(16, 8)).isMark(mark, 'heartbeat', 'pump-17/battery')).toBe(false)
    for (const other of ['', 'A', `${mark}A`, mark.slice(1), `${mark}=`])
      expect(marks.isMark(other, 'heartbeat', 'pump-17/battery')).toBe(false)
  })
})
