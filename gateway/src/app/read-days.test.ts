import { describe, expect, it } from 'vitest'
import { declare } from '../domain/decide.ts'
import type { Fact } from '../domain/fact.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { DAY, HOUR } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import { readDays } from './read-days.ts'
import { Registry } from './registry.ts'

const start = 1_800_000_000_000
const bounds = [0, 1, 2, 3, 4].map((day) => start + day * DAY)
const now = start + 3 * DAY + 12 * HOUR
const policy = { name: 'default', ackTimeout: 0, steps: [], fallback: [] }

function opened(incident: string, verdict: Verdict, at: number): Fact {
  const what = { incident, verdict, severity: 'critical', explanation: 'It said so.', policy } as const
  return { type: 'incident.opened', heartbeat: 'a', at, seenAt: at, ...what }
}

function days(...facts: readonly Fact[]) {
  const registry = new Registry()
  registry.fold(declare('a', { ...DEFAULT_TERMS }, undefined, start + DAY))
  for (const fact of facts) registry.fold(fact)
  return readDays(registry, [0], bounds, now).get(0)
}

describe('the days of a heartbeat', () => {
  it('are known from when it was declared', () => {
    expect(days()).toEqual({ days: ['unseen', 'ok', 'ok', 'ok'], well: 1 })
  })

  it('show each day on which it was bad, and count the time', () => {
    const resolved: Fact = {
      type: 'incident.resolved',
      heartbeat: 'a',
      incident: 'i',
      at: start + 2 * DAY + 6 * HOUR,
      seenAt: 0,
      by: 'ana',
    }
    const found = days(opened('i', 'missed', start + DAY + 18 * HOUR), resolved)
    expect(found?.days).toEqual(['unseen', 'missed', 'missed', 'ok'])
    expect(found?.well).toBeCloseTo(1 - 12 / 60)
  })

  it('take a slow run for less than a bad one, and what is open for lasting', () => {
    const found = days(opened('i', 'slow', start + DAY + HOUR), opened('j', 'failed', start + 2 * DAY + HOUR))
    expect(found?.days).toEqual(['unseen', 'slow', 'failed', 'failed'])
    expect(found?.well).toBeCloseTo(1 - 35 / 60)
  })

  it('are not said to be well where nobody could hear', () => {
    const window = {
      source: 'gateway',
      from: start + 2 * DAY,
      to: start + 2 * DAY + HOUR,
      cause: 'restart',
      unverified: 0,
    } as const
    expect(days({ type: 'blind.passed', at: window.from, seenAt: window.to, ...window })?.days).toEqual([
      ...['unseen', 'ok', 'unverified', 'ok'],
    ])
  })
})
