import { describe, expect, it } from 'vitest'
import { NO_POLICY } from '../domain/escalation.ts'
import type { HeartbeatFact } from '../domain/fact.ts'
import type { Mute } from '../domain/mute.ts'
import { Casebook, FORGOTTEN } from './casebook.ts'

const AT = { heartbeat: 'job', at: 0, seenAt: 0 } as const
const OPENED = { verdict: 'failed', severity: 'critical', explanation: '', policy: NO_POLICY } as const
const PAGE = { kind: 'incident.resolved', channel: 'ops', path: 'ops', step: 0 } as const

/** An incident from its opening to its resolution, and the page that says so. */
function spell(incident: string): readonly HeartbeatFact[] {
  return [
    { type: 'incident.opened', ...AT, incident, ...OPENED },
    { type: 'incident.resolved', ...AT, incident, by: 'heartbeat' },
    { type: 'page.queued', ...AT, ...PAGE, incident, page: `of ${incident}` },
  ]
}

function settled(incident: string): HeartbeatFact {
  const end = { outcome: 'delivered', attempts: 1, why: '' } as const
  return { type: 'page.settled', ...AT, ...end, incident, page: `of ${incident}`, channel: 'ops' }
}

describe('the casebook', () => {
  it('keeps 10,000 incidents that are over, and every one that somebody still has to hear of', () => {
    const casebook = new Casebook()
    for (const fact of spell('unheard')) casebook.fold(fact)
    for (let n = 0; n < 10_002; n++) for (const fact of [...spell(`${n}`), settled(`${n}`)]) casebook.fold(fact)
    expect(casebook.incidents.has('unheard')).toBe(true)
    expect(casebook.incidents.has('0')).toBe(false)
    expect(casebook.incidents.has('10')).toBe(true)
    expect(casebook.incidents.size).toBeGreaterThanOrEqual(10_000)
    casebook.fold(settled('unheard'))
    for (const fact of [...spell('last'), settled('last')]) casebook.fold(fact)
    expect(casebook.incidents.has('unheard')).toBe(true)
    expect(casebook.incidents.size).toBeLessThanOrEqual(10_001)
  })

  it('keeps the same after a restart', () => {
    const casebook = new Casebook()
    for (const fact of spell('unheard')) casebook.fold(fact)
    for (let n = 0; n < 10; n++) for (const fact of [...spell(`${n}`), settled(`${n}`)]) casebook.fold(fact)
    const next = new Casebook()
    next.adopt(casebook.content())
    for (let n = 10; n < 10_005; n++) for (const fact of [...spell(`${n}`), settled(`${n}`)]) next.fold(fact)
    expect(next.incidents.has('unheard')).toBe(true)
    expect(next.incidents.has('0')).toBe(false)
  })

  it('knows a silence that a link made also when it was ended, so that the link is not good again', () => {
    const casebook = new Casebook()
    const times = { at: 60_000, seenAt: 60_000 }
    const mute = { kind: 'silence', match: { names: ['job'] }, by: 'ana', reason: '', declaredBy: 'link' } as const
    const made: Mute = { id: 'silence-page-1', ...mute, when: { from: 0, until: 3_600_000 } }
    casebook.fold({ type: 'mute.declared', at: 0, seenAt: 0, mute: made })
    casebook.fold({ type: 'mute.ended', ...times, mute: made.id, by: 'ben' })
    expect(casebook.mutes.get(made.id)?.when).toEqual({ from: 0, until: 60_000 })
    casebook.fold({ type: 'mute.ended', ...times, mute: made.id, by: FORGOTTEN })
    expect(casebook.mutes.size).toBe(0)
  })
})
