import { expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts'
import { distance, span } from './spans.ts'

it.each([
  [-5, '0s'],
  [0, '0s'],
  [59 * SECOND, '59s'],
  [59_600, '1m'],
  [90 * SECOND, '1m'],
  [2 * HOUR, '2h'],
  [2 * HOUR + 10 * MINUTE + 59 * SECOND, '2h10m'],
  [3 * DAY + 4 * HOUR + 59 * MINUTE, '3d4h'],
  [400 * DAY, '400d'],
])('%i ms are %s', (duration, text) => {
  expect(span(duration)).toBe(text)
})

it('says on which side of now an instant lies', () => {
  const now = Date.parse('2026-03-02T10:00:00Z')
  expect(distance('2026-03-02T12:10:00.000Z', now, '')).toBe('in 2h10m')
  expect(distance('2026-03-02T09:55:00.000Z', now, '')).toBe('5m ago')
  expect([distance(null, now, 'never'), distance('soon', now, '?')]).toEqual(['never', '?'])
})
