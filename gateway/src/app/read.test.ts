import { describe, expect, it } from 'vitest'
import { declare } from '../domain/decide.ts'
import { DEFAULT_TERMS, type Terms } from '../domain/heartbeat.ts'
import { heartbeatItem, listHeartbeats } from './read.ts'
import { Registry } from './registry.ts'

const at = 1_700_000_000_000

function registryOf(count: number, termsOf: (place: number) => Partial<Terms> = () => ({})): Registry {
  const registry = new Registry()
  for (let n = 0; n < count; n++) registry.fold(declare(`hb-${n}`, { ...DEFAULT_TERMS, ...termsOf(n) }, undefined, at))
  return registry
}

describe('a heartbeat', () => {
  it('has null for what never was and never comes', () => {
    const registry = registryOf(1, () => ({ schedule: { kind: 'none' } }))
    expect(heartbeatItem(registry, 0)).toMatchObject({
      lastSignalAt: null,
      lastOkAt: null,
      dueAt: null,
      deadlineAt: null,
      graceMs: null,
      baselineMs: null,
      incident: null,
    })
  })
})

describe('a list of heartbeats', () => {
  it('is short rather than slow where a filter fits few, and goes on from where it stopped', () => {
    const registry = registryOf(120_000, (n) => ({ owner: n === 110_000 ? 'ana' : 'ben' }))
    const found: string[] = []
    const lengths: number[] = []
    let after: number | null = -1
    while (after !== null) {
      const { items, next } = listHeartbeats(registry, { owner: 'ana' }, after, 10)
      lengths.push(items.length)
      found.push(...items.map(({ name }) => name))
      after = next === null ? null : Number(next)
    }
    expect([lengths, found]).toEqual([[0, 0, 1], ['hb-110000']])
  })

  it('leaves out what was removed, and ends without an empty page', () => {
    const registry = registryOf(4)
    registry.fold({ type: 'heartbeat.removed', heartbeat: 'hb-1', at, seenAt: at, by: 'api' })
    const first = listHeartbeats(registry, {}, -1, 2)
    expect([first.items.map(({ name }) => name), first.next]).toEqual([['hb-0', 'hb-2'], '2'])
    expect(listHeartbeats(registry, {}, 2, 1).next).toBeNull()
    expect(listHeartbeats(registry, {}, 1e30, 1)).toEqual({ items: [], next: null })
  })
})
