import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Signal } from '../domain/signal.ts'
import { Counters } from './counters.ts'
import { Pace } from './pace.ts'
import type { Arrival, Settled } from './ports.ts'

const FROM = 1_800_000_000_000

function open(limits = { perSecond: 1, burst: 3 }) {
  const counters = new Counters()
  const stored: { arrival: Arrival; settled: Settled }[] = []
  const held: string[] = []
  const intake = {
    receive: (arrival: Arrival, settled: Settled) => void stored.push({ arrival, settled }),
    hold(name: string) {
      held.push(name)
      return () => void held.splice(held.indexOf(name), 1)
    },
  }
  const pace = new Pace(intake, () => limits, counters)
  const settled: number[] = []
  let sent = 0
  const send = (after: number, fields: Partial<Signal> = {}, name = 'pump-1'): void => {
    const at = FROM + after
    const number = ++sent
    pace.receive({ name, signal: { kind: 'ok', at, receivedAt: at, via: 'mqtt', ...fields } }, () =>
      settled.push(number),
    )
  }
  const coalesced = () => [...counters.entries()][0]?.[2] ?? 0
  const told = () => stored.map(({ arrival }) => [arrival.signal.kind, arrival.signal.receivedAt - FROM])
  return { pace, send, stored, settled, held, coalesced, told }
}

describe('the pace of signs of life', () => {
  it('lets a burst through, and then stores the newest of each second for all of them', () => {
    const { pace, send, stored, settled, held, coalesced, told } = open()
    for (let at = 0; at < 2_000; at += 100) {
      send(at)
      pace.tick(FROM + at)
    }
    expect(told()).toEqual([
      ['ok', 0],
      ['ok', 100],
      ['ok', 200],
      ['ok', 1_000],
    ])
    for (const { settled } of stored) settled('durable')
    expect(settled).toEqual([1, 2, 3, ...Array.from({ length: 8 }, (_, n) => n + 4)])
    expect(held).toEqual(['pump-1'])
    pace.tick(Number.POSITIVE_INFINITY)
    expect(held).toEqual([])
    expect(told().at(-1)).toEqual(['ok', 1_900])
    expect(coalesced()).toBe(20 - 5)
  })

  it('stores whatever says more than that the sender is alive, behind what was said before it', () => {
    const { send, told } = open({ perSecond: 1, burst: 1 })
    for (const at of [0, 10, 20]) send(at)
    send(30, { kind: 'fail' })
    send(40, { message: 'warm' })
    send(50, { at: FROM - 60_000 })
    send(60, { run: 'a' })
    expect(told()).toEqual([
      ['ok', 0],
      ['ok', 20],
      ['fail', 30],
      ['ok', 40],
      ['ok', 50],
      ['ok', 60],
    ])
  })

  it('counts each heartbeat for itself', () => {
    const { send, told } = open({ perSecond: 1, burst: 1 })
    for (let n = 0; n < 100; n++) send(n, {}, `pump-${n}`)
    expect(told()).toHaveLength(100)
  })

  it('loses nobody, whatever comes when: each is settled once, with a signal no older than itself', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 700 }),
      name: fc.constantFrom('a', 'b'),
      fields: fc.constantFrom<Partial<Signal>>({}, {}, {}, { kind: 'fail' }, { run: 'r' }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { pace, send, stored, settled } = open()
        let at = 0
        const sentAt = new Map<number, number>()
        steps.forEach(({ after, name, fields }, index) => {
          at += after
          send(at, fields, name)
          sentAt.set(index + 1, at)
          pace.tick(FROM + at)
        })
        pace.tick(Number.POSITIVE_INFINITY)
        let last = 0
        for (const { arrival, settled: settle } of stored) {
          settle('durable')
          for (const number of settled.slice(last))
            expect(sentAt.get(number)).toBeLessThanOrEqual(arrival.signal.receivedAt - FROM)
          last = settled.length
        }
        expect([...settled].sort((a, b) => a - b)).toEqual(steps.map((_, index) => index + 1))
      }),
      { numRuns: 500 },
    )
  })
})
