import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Counters } from '../app/counters.ts'
import { type Comer, type ConnectionLimits, Turnstile } from './turnstile.ts'

class Visitor implements Comer {
  state: 'outside' | 'inside' | 'refused' = 'outside'
  #gone = (): void => {}
  destroy(): void {
    this.state = 'refused'
  }
  once(_: 'close', gone: () => void): void {
    this.#gone = gone
  }
  leave(): void {
    this.#gone()
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function open(limits: Partial<ConnectionLimits> = {}) {
  const counters = new Counters()
  const turnstile = new Turnstile(() => ({ connections: 100, perAddress: 100, perSecond: 100, ...limits }), counters)
  const come = (address = '192.0.2.1'): Visitor => {
    const visitor = new Visitor()
    turnstile.admit(visitor, address, () => (visitor.state = 'inside'))
    return visitor
  }
  const refused = () => Object.fromEntries([...counters.entries()].map(([, why, count]) => [why, count]))
  return { come, refused }
}

describe('the turnstile', () => {
  it('lets in as many as there may be, and the next when somebody has left', () => {
    const { come, refused } = open({ connections: 2 })
    const [first, second, third] = [come(), come(), come()]
    expect([first.state, second.state, third.state]).toEqual(['inside', 'inside', 'refused'])
    first.leave()
    expect(come().state).toBe('inside')
    expect(refused()).toEqual({ all: 1 })
  })

  it('lets in so many from one address, one IPv6 network, and any from this machine', () => {
    const { come, refused } = open({ perAddress: 1 })
    const comers = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8:1:2::7', '2001:db8:1:2:9::8', '2001:db8:1:3::7']
    const local = ['127.0.0.1', '127.0.0.1', '::1', '::1']
    const states = [...comers, ...local].map((address) => come(address).state === 'inside')
    expect(states).toEqual([true, false, true, true, false, true, true, true, true, true])
    expect(refused()).toEqual({ address: 2 })
  })

  it('lets who comes too fast wait, in order, and sends away only what would wait too long', () => {
    const { come, refused } = open({ connections: 10_000, perAddress: 10_000, perSecond: 100 })
    const comers = Array.from({ length: 1_200 }, () => come())
    const inside = () => comers.filter(({ state }) => state === 'inside').length
    expect(inside()).toBe(100)
    vi.advanceTimersByTime(1_000)
    expect(inside()).toBeGreaterThan(190)
    expect(inside()).toBeLessThan(205)
    expect(comers.findIndex(({ state }) => state === 'outside')).toBe(inside())
    vi.advanceTimersByTime(10_000)
    expect(inside()).toBe(1_100)
    expect(refused()).toEqual({ rate: 100 })
  })

  it('has no place for who left while waiting', () => {
    const { come } = open({ perSecond: 1 })
    const [, second, third] = [come(), come(), come()]
    second.leave()
    vi.advanceTimersByTime(2_500)
    expect([second.state, third.state]).toEqual(['outside', 'inside'])
  })
})
