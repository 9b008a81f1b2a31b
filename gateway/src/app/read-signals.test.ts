import { describe, expect, it } from 'vitest'
import type { Fact } from '../domain/fact.ts'
import type { Numbered } from './ports.ts'
import { listSignals } from './read-signals.ts'

const at = 1_700_000_000_000
const times = { at, seenAt: at, heartbeat: 'a' }
const verdict: Fact = { ...times, type: 'verdict.changed', from: 'ok', to: 'late', rule: 'due' }
const signal: Fact = { ...times, type: 'signal.received', signal: { kind: 'ok', at, receivedAt: at, via: 'http' } }

/** A ledger of one heartbeat, whose facts are numbered from 1. */
function ledgerOf(facts: readonly Fact[]) {
  const numbered: Numbered[] = facts.map((fact, place) => ({ seq: place + 1, fact }))
  let asked = 0
  return {
    get asked() {
      return asked
    },
    async history(_: string, before: number, limit: number) {
      asked++
      return numbered
        .filter(({ seq }) => seq < before)
        .reverse()
        .slice(0, limit)
    },
  }
}

const ALL = Number.MAX_SAFE_INTEGER

describe('the signals of a heartbeat', () => {
  it('are listed newest first, without what else became true', async () => {
    const { items, next } = await listSignals(ledgerOf([signal, verdict, signal, verdict]), 'a', ALL, 10)
    expect(items.map(({ seq }) => seq)).toEqual([3, 1])
    expect(next).toBeNull()
    expect(items[0]).toEqual({
      seq: 3,
      kind: 'ok',
      at: '2023-11-14T22:13:20.000Z',
      receivedAt: '2023-11-14T22:13:20.000Z',
      via: 'http',
      run: null,
      durationMs: null,
      exit: null,
      killedBy: null,
      message: null,
      metrics: null,
      bodyBytes: 0,
    })
  })

  it('come a page at a time, each once', async () => {
    const ledger = ledgerOf(Array.from({ length: 1000 }, (_, n) => (n % 3 === 0 ? signal : verdict)))
    const seen: number[] = []
    let before: string | null = String(ALL)
    while (before !== null) {
      const { items, next } = await listSignals(ledger, 'a', Number(before), 7)
      seen.push(...items.map(({ seq }) => seq))
      before = next
    }
    expect(seen).toEqual(Array.from({ length: 334 }, (_, n) => 1000 - 3 * n))
  })

  it('are looked for in strides, and not for ever', async () => {
    const ledger = ledgerOf(Array.from({ length: 30_000 }, () => verdict))
    const { items, next } = await listSignals(ledger, 'a', ALL, 1)
    expect([items, next]).toEqual([[], '20001'])
    expect(ledger.asked).toBe(100)
  })
})
