import { describe, expect, it } from 'vitest'
import type { OnCall, Override, Rotation } from '../domain/oncall.ts'
import { DAY, formatInstant, HOUR, parseInstant } from '../domain/time.ts'
import { listOnCall, viewOnCall } from './read-oncall.ts'

const at = (text: string): number => parseInstant(text) as number
const monday = at('2026-01-05T09:00Z')
const weekly: Rotation = { rotate: ['ana', 'ben'], every: 7 * DAY, anchor: monday }

function schedule(zone: string, layers: readonly Rotation[], overrides: readonly Override[] = []): OnCall {
  return { name: 'primary', zone, layers, overrides }
}

describe('who is on call', () => {
  it('is listed with the end of the shift', () => {
    const alone = { ...schedule('UTC', [{ ...weekly, rotate: ['eva'] }]), name: 'alone' }
    expect(listOnCall([schedule('UTC', [weekly]), alone, schedule('UTC', [])], monday + HOUR)).toEqual({
      items: [
        { name: 'primary', zone: 'UTC', onCall: 'ana', until: '2026-01-12T09:00:00.000Z' },
        { name: 'alone', zone: 'UTC', onCall: 'eva', until: null },
        { name: 'primary', zone: 'UTC', onCall: null, until: null },
      ],
      next: null,
    })
  })

  it('is shown with whoever is next, and with two weeks from the local midnight of Monday on', () => {
    const eva = { who: 'eva', from: at('2026-01-08T00:00Z'), to: at('2026-01-09T00:00Z') }
    const view = viewOnCall(schedule('Europe/Riga', [weekly], [eva]), at('2026-01-07T12:00Z'))
    expect(view).toEqual({
      name: 'primary',
      zone: 'Europe/Riga',
      at: '2026-01-07T12:00:00.000Z',
      onCall: 'ana',
      by: 'layer',
      from: '2026-01-05T07:00:00.000Z',
      until: '2026-01-08T00:00:00.000Z',
      next: { who: 'eva', from: '2026-01-08T00:00:00.000Z' },
      shifts: [
        { who: 'ben', by: 'layer', from: '2026-01-04T22:00:00.000Z', to: '2026-01-05T07:00:00.000Z' },
        { who: 'ana', by: 'layer', from: '2026-01-05T07:00:00.000Z', to: '2026-01-08T00:00:00.000Z' },
        { who: 'eva', by: 'override', from: '2026-01-08T00:00:00.000Z', to: '2026-01-09T00:00:00.000Z' },
        { who: 'ana', by: 'layer', from: '2026-01-09T00:00:00.000Z', to: '2026-01-12T07:00:00.000Z' },
        { who: 'ben', by: 'layer', from: '2026-01-12T07:00:00.000Z', to: '2026-01-18T22:00:00.000Z' },
      ],
    })
  })

  it.each([
    ['2026-03-23T00:00+02:00', '2026-03-22T22:00:00.000Z', '2026-04-05T21:00:00.000Z'],
    ['2026-03-29T23:59+03:00', '2026-03-22T22:00:00.000Z', '2026-04-05T21:00:00.000Z'],
    ['2026-10-25T23:59+02:00', '2026-10-18T21:00:00.000Z', '2026-11-01T22:00:00.000Z'],
  ])('at %s is of the two weeks from %s to %s', (text, from, to) => {
    const { shifts } = viewOnCall(schedule('Europe/Riga', [weekly]), at(text))
    expect([shifts[0]?.from, shifts.at(-1)?.to]).toEqual([from, to])
  })

  it('is nobody in a gap, and the same person may be next after it', () => {
    const nights = { ...weekly, rotate: ['ana'], during: { window: '22:00-06:00', on: '' } }
    expect(viewOnCall(schedule('UTC', [nights]), monday + HOUR)).toMatchObject({
      onCall: null,
      by: 'nobody',
      from: '2026-01-05T06:00:00.000Z',
      until: '2026-01-05T22:00:00.000Z',
      next: { who: 'ana', from: '2026-01-05T22:00:00.000Z' },
    })
    expect(viewOnCall(schedule('UTC', [nights]), at('2026-01-05T23:00Z')).next).toEqual({
      who: 'ana',
      from: '2026-01-06T22:00:00.000Z',
    })
  })

  it('does not change with an override of the same person', () => {
    const ana = { who: 'ana', from: monday + DAY, to: monday + 2 * DAY }
    const view = viewOnCall(schedule('UTC', [weekly], [ana]), monday)
    expect(view.until).toBe(formatInstant(ana.from))
    expect(view.next).toEqual({ who: 'ben', from: '2026-01-12T09:00:00.000Z' })
  })

  it('has no next where one goes on alone, or nobody ever comes', () => {
    const alone = viewOnCall(schedule('UTC', [{ ...weekly, rotate: ['eva'] }]), monday)
    expect([alone.from, alone.until, alone.next]).toEqual([null, null, null])
    expect(viewOnCall(schedule('UTC', []), monday)).toMatchObject({ onCall: null, until: null, next: null })
  })
})
