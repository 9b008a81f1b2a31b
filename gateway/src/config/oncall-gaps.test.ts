import { describe, expect, it } from 'vitest'
import type { OnCall } from '../domain/oncall.ts'
import { DAY, parseInstant } from '../domain/time.ts'
import { gapWarnings, oncallGaps } from './oncall-gaps.ts'

const now = parseInstant('2026-11-26T10:00Z') as number
const named = (name: string, more: object = {}): OnCall => ({
  ...{ name, zone: 'Europe/Riga', overrides: [] },
  layers: [{ rotate: ['ana', 'ben'], every: 7 * DAY, anchor: 0, ...more }],
})

describe('gaps of on-call schedules', () => {
  it('are none where somebody always is', () => {
    expect(oncallGaps([named('primary')], now)).toEqual([])
    expect(gapWarnings([named('primary')], now)).toEqual([])
    expect(gapWarnings([named('primary', { to: now + 57 * DAY })], now)).toEqual([])
  })

  it('are one warning for each schedule that has some', () => {
    const office = named('office', { during: { window: '09:00-18:00', on: 'mon-fri' } })
    const over = named('over', { to: now + DAY })
    expect(gapWarnings([named('primary'), office, over], now)).toEqual([
      { schedule: 'office', gaps: 40, from: '2026-11-26T16:00:00.000Z', to: '2026-11-27T07:00:00.000Z' },
      { schedule: 'over', gaps: 1, from: '2026-11-27T10:00:00.000Z' },
    ])
    expect(oncallGaps([named('primary'), office, over], now).map(({ path }) => path)).toEqual([
      'oncall[1]',
      'oncall[2]',
    ])
  })
})
