import { describe, expect, it } from 'vitest'
import type { OnCall, Override, Rotation } from '../domain/oncall.ts'
import { DAY, HOUR, parseInstant } from '../domain/time.ts'
import { type Bar, calendar, weeksOf } from './calendar.ts'

const at = (text: string): number => parseInstant(text) as number
/** 2026-01-05 is a Monday; anchors are times of the wall clock. */
const weekly: Rotation = { rotate: ['ana', 'ben'], every: 7 * DAY, anchor: at('2026-01-05T09:00Z') }
const nights: Rotation = {
  ...{ rotate: ['dina', 'emil'], every: DAY, anchor: at('2026-01-05T18:00Z') },
  during: { window: '18:00-06:00', on: '' },
}

function schedule(layer: Rotation, overrides: readonly Override[] = [], zone = 'UTC'): OnCall {
  return { name: 'primary', zone, layers: [layer], overrides }
}

function row(bars: readonly Bar[]): string {
  return bars
    .map(({ who, columns, isNow, isGap }) => `${who ?? (isGap ? 'gap' : '-')}${isNow ? '!' : ''}*${columns}`)
    .join(' ')
}

describe('a week of on call', () => {
  it('has a column for each hour from Monday on, and whoever is on call now', () => {
    const [first, second] = weeksOf(schedule(weekly), at('2026-01-07T12:00Z'), 2)
    expect(row(first?.rotation ?? [])).toBe('ben*9 ana!*159')
    expect(row(second?.rotation ?? [])).toBe('ana*9 ben*159')
  })

  it('shows an override above the rotation, which stays as it is', () => {
    const eva = { who: 'eva', from: at('2026-01-07T10:00Z'), to: at('2026-01-07T20:00Z') }
    const [week] = weeksOf(schedule(weekly, [eva]), at('2026-01-07T12:00Z'), 1)
    expect(row(week?.overrides ?? [])).toBe('-*9 -*49 eva!*10 -*100')
    expect(row(week?.rotation ?? [])).toBe('ben*9 ana*159')
  })

  it('shows where nobody is on call, unless somebody stands in', () => {
    const [week] = weeksOf(schedule(nights), at('2026-01-05T07:00Z'), 1)
    expect(row(week?.rotation.slice(0, 3) ?? [])).toBe('emil*6 gap*12 dina*12')
    const ana = { who: 'ana', from: at('2026-01-05T06:00Z'), to: at('2026-01-05T18:00Z') }
    const [covered] = weeksOf(schedule(nights, [ana]), at('2026-01-05T07:00Z'), 1)
    expect(row(covered?.rotation.slice(0, 3) ?? [])).toBe('emil*6 -*12 dina*12')
  })

  it.each([
    ['2026-03-25T12:00Z', 'when an hour is skipped'],
    ['2026-10-21T12:00Z', 'when an hour comes twice'],
    ['2026-06-10T12:00Z', 'when nothing happens'],
  ])('is 168 columns wide at %s, %s', (text) => {
    const eva = { who: 'eva', from: at(text) - HOUR / 2, to: at(text) + 6 * DAY + 20 * HOUR }
    for (const week of weeksOf(schedule(nights, [eva], 'Europe/Riga'), at(text), 2))
      for (const bars of [week.overrides, week.rotation]) {
        expect(bars.reduce((sum, { columns }) => sum + columns, 0)).toBe(168)
        expect(bars.every(({ columns }) => columns > 0)).toBe(true)
      }
  })

  it('writes names as text, and initials where a bar is short', () => {
    const shown = calendar(schedule({ ...weekly, rotate: ['<b>', 'ben'] }), at('2026-01-07T12:00Z'), 1).text
    expect(shown).toContain('<span class="who now">&#60;b&#62;</span>')
    const early = calendar(schedule(nights), at('2026-01-05T07:00Z'), 1).text
    expect(early).toContain('<abbr title="emil">e</abbr>')
    expect(early).toContain('<span class="who gap nar"><span class="sr">nobody</span></span>')
  })
})
