import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../domain/time.ts'
import { RETRY_AFTER_CAP, refusalDelay, retryDelay } from './backoff.ts'

const MIDDLE = 0.5

/** The instants, counted from the first try, at which a page that always fails is tried. */
function tries(until: number, jitter: number): number[] {
  const instants = [0]
  for (let at = 0, attempt = 1; ; attempt += 1) {
    at += retryDelay(attempt, at, jitter)
    if (at > until) return instants
    instants.push(at)
  }
}

describe('a page that was not delivered', () => {
  it('is tried after 5, 10, 20, 40 and 60 s, then every minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelay(attempt, 3 * MINUTE, MIDDLE) / SECOND)
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60])
  })

  it('is tried every minute until 15 min have passed and every 5 min from then on', () => {
    expect(retryDelay(17, 15 * MINUTE - 1, MIDDLE)).toBe(MINUTE)
    expect(retryDelay(17, 15 * MINUTE, MIDDLE)).toBe(5 * MINUTE)
    expect(retryDelay(400, 20 * HOUR, MIDDLE)).toBe(5 * MINUTE)
  })

  it('is tried 21 times in the first half hour and never stops', () => {
    expect(tries(30 * MINUTE, MIDDLE)).toHaveLength(21)
    expect(tries(24 * HOUR, MIDDLE).at(-1)).toBeGreaterThan(24 * HOUR - 6 * MINUTE)
  })

  it('still gets its quick tries when the gateway was down for an hour after the first', () => {
    expect(retryDelay(1, HOUR, MIDDLE)).toBe(5 * SECOND)
  })

  it('is spread by 20 % either way', () => {
    expect(retryDelay(1, 0, 0)).toBe(4 * SECOND)
    expect(retryDelay(1, 0, 1)).toBe(6 * SECOND)
    expect(retryDelay(30, HOUR, 0)).toBe(4 * MINUTE)
    expect(retryDelay(30, HOUR, 1)).toBe(6 * MINUTE)
    expect(Number.isInteger(retryDelay(2, 0, 0.123456))).toBe(true)
  })

  it('waits as long as the far side asks, but at most 15 min', () => {
    expect(retryDelay(1, 0, MIDDLE, 90 * SECOND)).toBe(90 * SECOND)
    expect(retryDelay(1, 0, MIDDLE, HOUR)).toBe(RETRY_AFTER_CAP)
    expect(retryDelay(1, 0, MIDDLE, Number.POSITIVE_INFINITY)).toBe(15 * MINUTE)
  })

  it('is not hurried by a far side that asks for less than the schedule', () => {
    expect(retryDelay(4, MINUTE, MIDDLE, 0)).toBe(40 * SECOND)
    expect(retryDelay(30, HOUR, MIDDLE, SECOND)).toBe(5 * MINUTE)
  })
})

describe('a page that was refused', () => {
  it('is tried three times over 10 min and then given up', () => {
    expect([1, 2, 3, 4].map((attempt) => refusalDelay(attempt, MIDDLE))).toEqual([
      5 * MINUTE,
      5 * MINUTE,
      'giveUp',
      'giveUp',
    ])
  })

  it('is spread by 20 % either way', () => {
    expect(refusalDelay(1, 0)).toBe(4 * MINUTE)
    expect(refusalDelay(2, 1)).toBe(6 * MINUTE)
  })
})
