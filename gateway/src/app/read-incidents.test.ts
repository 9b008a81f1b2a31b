import { describe, expect, it } from 'vitest'
import type { Fact } from '../domain/fact.ts'
import { listIncidents } from './read-incidents.ts'
import { Registry } from './registry.ts'

const at = 1_700_000_000_000

describe('a list of incidents', () => {
  const registry = new Registry()
  for (const id of ['a', 'b', 'c', 'd']) registry.fold(opened(id))
  registry.fold({ type: 'incident.resolved', heartbeat: 'hb-0', incident: 'c', at, seenAt: at, by: 'ana' })
  const ids = (state: 'open' | 'all', after?: string, limit = 10) => {
    const { items, next } = listIncidents(registry, state, after, limit)
    return [items.map(({ id }) => id).join(''), next]
  }

  it('begins with the newest', () => {
    expect(ids('open')).toEqual(['dba', null])
    expect(ids('all')).toEqual(['dcba', null])
  })

  it('goes on where the page before it ended', () => {
    expect(ids('all', undefined, 2)).toEqual(['dc', 'c'])
    expect(ids('all', 'c', 2)).toEqual(['ba', null])
    expect(ids('all', 'never', 2)).toEqual(['', null])
  })

  it('goes on also where the last one shown was resolved meanwhile', () => {
    expect(ids('open', 'c', 2)).toEqual(['ba', null])
  })
})

function opened(id: string): Fact {
  const policy = { name: 'default', ackTimeout: 0, steps: [], fallback: [] }
  const what = { incident: id, verdict: 'failed', severity: 'critical', explanation: 'It said so.', policy } as const
  return { type: 'incident.opened', heartbeat: 'hb-0', at, seenAt: at, ...what }
}
