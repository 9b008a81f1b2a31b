import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, escapeMarkup, joinLines, PLAIN, type Style, within } from './channel-words.ts'

const BYTES: Style = { ...PLAIN, size: bytesOf }
const ENTITIES: Style = { write: escapeMarkup, size: (text) => text.length }
const anyText = fc.string({ unit: 'binary' })
const anyLimit = fc.integer({ min: 3, max: 60 })

describe('a text within a limit', () => {
  it.each([
    ['units', PLAIN],
    ['bytes', BYTES],
    ['escaped', ENTITIES],
  ])('never takes more, and is all of it where there is room (%s)', (_, style) => {
    fc.assert(
      fc.property(anyLimit, anyText, (limit, text) => {
        const written = within(limit, text, style)
        const whole = [...text].map(style.write).join('')
        expect(style.size(written)).toBeLessThanOrEqual(limit)
        if (style.size(whole) <= limit) expect(written).toBe(whole)
        else expect(whole.startsWith(written.slice(0, -1)) && written.endsWith('…')).toBe(true)
      }),
    )
  })

  it('splits no character and no escape', () => {
    expect(within(3, '👀👀')).toBe('👀…')
    expect(within(4, 'a👀👀')).toBe('a👀…')
    expect(within(8, '<<<', ENTITIES)).toBe('&#60;…')
  })
})

describe('lines that share a limit', () => {
  it('fit together with their labels, and each keeps its part', () => {
    const lines = ['Owner', 'Why', 'Paged'].map((label) => ({ label, text: 'x'.repeat(500) }))
    const text = joinLines(lines, 100, (label) => `${label}: `)
    expect(text.length).toBeLessThanOrEqual(100)
    expect(text.split('\n').map((line) => line.replace(/x+…$/, ''))).toEqual(['Owner: ', 'Why: ', 'Paged: '])
  })
})
