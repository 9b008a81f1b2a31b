import { describe, expect, it } from 'vitest'
import { html } from './html.ts'
import { timeline, whoOf, withTimes } from './timeline.ts'

const clock = { now: Date.parse('2026-11-26T12:00:00Z'), zone: 'Europe/Riga' }

describe('a timeline', () => {
  it('is in order of time, with what is ahead at its end', () => {
    const rows = [
      { at: clock.now + 60_000, text: html`next`, isNext: true },
      { at: clock.now - 60_000, text: html`first` },
      { at: clock.now, text: html`<b>${'<i>'}</b>`, glyph: 'missed' },
    ] as const
    const shown = timeline(rows, clock).text
    expect([...shown.matchAll(/first|&#60;i&#62;|next </g)].map(([word]) => word)).toEqual([
      'first',
      '&#60;i&#62;',
      'next <',
    ])
    expect(shown).toContain('<li class="next">')
    expect(shown).toContain('in 1\u00a0min')
  })

  it('has the times in sentences on its own clock', () => {
    const sentence = 'No ok by Thu 2026-11-26 13:59:30 Europe/Riga; until 2026-11-27T00:00:00.000Z, "<b>".'
    expect(withTimes(sentence, clock).text).toBe(
      'No ok by <time datetime="2026-11-26T11:59:30.000Z">13:59:30</time>; until ' +
        '<time datetime="2026-11-27T00:00:00.000Z">Fri 02:00</time>, &#34;&#60;b&#62;&#34;.',
    )
    expect(withTimes('Thu 2026-11-26 13:59:30 Nowhere/None', clock).text).toBe('Thu 2026-11-26 13:59:30 Nowhere/None')
  })

  it.each([
    ['primary › ana › push', 'ana', 'push'],
    ['ana › push', 'ana', 'push'],
    ['push', 'push', 'push'],
  ])('tells who %s leads to', (path, who, by) => {
    expect(whoOf(path)).toEqual({ who, by })
  })
})
