import { describe, expect, it } from 'vitest'
import type { Scene } from './draft.ts'
import { channelDrill, drillOf } from './drill.ts'
import type { Way } from './escalate.ts'
import { type Muting, NO_POLICY, type Policy } from './escalation.ts'
import { evolve } from './evolve.ts'
import { type GatewayFact, isHeartbeatFact } from './fact.ts'
import { DEFAULT_TERMS, type Heartbeat, type State, type Terms } from './heartbeat.ts'
import { HOUR, MINUTE, parseInstant } from './time.ts'

const NOW = parseInstant('2026-03-02T10:00Z') as number
const ORDER = { drill: 'drill-1', by: 'ana' }

type Around = { readonly policy?: Partial<Policy>; readonly ways?: Record<string, Way[]>; readonly mute?: Muting }

function scene({ policy = {}, ways = {}, mute }: Around = {}): Scene {
  const channels = ['ops', 'boss', 'siren']
  return {
    zone: 'UTC',
    channels,
    policyOf: () => ({ ...NO_POLICY, name: 'default', steps: [{ after: 0, page: ['ops'] }], ...policy }),
    waysTo: (target) => ways[target] ?? (channels.includes(target) ? [{ channel: target, path: target }] : []),
    muteOf: () => mute,
    deafSince: () => Number.POSITIVE_INFINITY,
  }
}

/** Declared an hour ago and never heard. */
function heartbeat(terms: Partial<Terms> = {}, state: Partial<State> = {}): Heartbeat {
  const own: Terms = { ...DEFAULT_TERMS, schedule: { kind: 'every', every: MINUTE }, ...terms }
  const at = NOW - HOUR
  const declared = { type: 'heartbeat.declared', heartbeat: 'api', at, seenAt: at, terms: own } as const
  const fresh = evolve(own, undefined, { ...declared, dueAt: at + MINUTE, deadlineAt: at + 2 * MINUTE })
  return { name: 'api', terms: own, state: { ...fresh, ...state } }
}

function begun(facts: readonly GatewayFact[]): Extract<GatewayFact, { type: 'drill.begun' }> {
  const [first] = facts
  if (first?.type !== 'drill.begun') throw new Error('a drill begins with its own fact')
  return first
}

/** `step path` of each way, and `channel path` of each page. */
function told(facts: readonly GatewayFact[]): { ways: string[]; pages: string[] } {
  return {
    ways: begun(facts).pages.map(({ step, path }) => `${step} ${path}`),
    pages: facts.flatMap((fact) => (fact.type === 'notice.queued' ? [`${fact.channel} ${fact.path}`] : [])),
  }
}

describe('a drill', () => {
  it('says what a miss would: its explanation, its policy, and a page for everyone at once', () => {
    const steps = [
      { after: 0, page: ['ops'] },
      { after: 15 * MINUTE, page: ['boss'], repeat: { every: MINUTE, times: 3 } },
    ]
    const facts = drillOf(heartbeat(), ORDER, scene({ policy: { name: 'nights', steps } }), NOW)
    expect(begun(facts)).toMatchObject({ drill: 'drill-1', of: 'api', by: 'ana', policy: 'nights', at: NOW })
    expect(begun(facts).explanation).toMatch(/^No ok by Mon 2026-03-02 10:00:00 UTC: every 1m, .*never seen\.$/)
    expect(begun(facts)).not.toHaveProperty('muted')
    expect(told(facts)).toEqual({ ways: ['0 ops', '1 boss'], pages: ['ops ops', 'boss boss'] })
    const text = 'DRILL asked for by ana: this is what you get when api is missed; nothing is wrong'
    expect(facts.slice(1)).toMatchObject([
      { type: 'notice.queued', kind: 'drill', text, drill: 'drill-1', step: 0 },
      { type: 'notice.queued', kind: 'drill', text, drill: 'drill-1', step: 1 },
    ])
  })

  it('asks who stands behind a name now, and turns to the fallback where nobody does', () => {
    const steps = [
      { after: 0, page: ['primary'] },
      { after: HOUR, page: ['nobody'] },
    ]
    const ways = { primary: [{ channel: 'ops', path: 'primary › ben › ops' }] }
    const named = drillOf(heartbeat(), ORDER, scene({ policy: { steps, fallback: ['boss'] }, ways }), NOW)
    expect(told(named).ways).toEqual(['0 primary › ben › ops', '1 fallback › boss'])
    const everyone = drillOf(heartbeat(), ORDER, scene({ policy: { steps: steps.slice(1) } }), NOW)
    expect(told(everyone).ways).toEqual(['0 fallback › ops', '0 fallback › boss', '0 fallback › siren'])
  })

  it('sends one page to a channel, however many ways lead to it, and each way knows its page', () => {
    const steps = [
      { after: 0, page: ['ana', 'ops'] },
      { after: MINUTE, page: ['ops', 'boss'] },
    ]
    const ways = { ana: [{ channel: 'ops', path: 'ana › ops' }] }
    const facts = drillOf(heartbeat(), ORDER, scene({ policy: { steps }, ways }), NOW)
    expect(told(facts)).toEqual({ ways: ['0 ana › ops', '1 ops', '1 boss'], pages: ['ops ana › ops', 'boss boss'] })
    const [first, second, third] = begun(facts).pages
    expect([second?.page, third?.page === first?.page]).toEqual([first?.page, false])
    expect(drillOf(heartbeat(), ORDER, scene({ policy: { steps }, ways }), NOW)).toEqual(facts)
  })

  it('leaves out the steps that are not for its severity, and those outside of their hours', () => {
    const steps = [
      { after: 0, page: ['ops'], severity: 'warning' as const },
      { after: 0, page: ['boss'] },
      { after: 0, page: ['siren'], during: { window: '20:00-22:00', on: '', zone: 'UTC', otherwise: 'skip' as const } },
    ]
    expect(told(drillOf(heartbeat(), ORDER, scene({ policy: { steps } }), NOW)).ways).toEqual(['1 boss'])
    const mild = heartbeat({ severity: 'warning' })
    expect(told(drillOf(mild, ORDER, scene({ policy: { steps } }), NOW)).ways).toEqual(['0 ops', '1 boss'])
  })

  it('pages although the heartbeat is muted, and says why a real miss would not', () => {
    const muting: Muting = { by: 'silence', what: 'silence-1', why: 'silenced by ben: upgrade', until: NOW + HOUR }
    const facts = drillOf(heartbeat(), ORDER, scene({ mute: muting }), NOW)
    expect(begun(facts).muted).toBe('silenced by ben: upgrade')
    expect(told(facts).pages).toEqual(['ops ops'])
    const gathering: Muting = { by: 'gathering', what: '', why: 'waits', until: NOW + MINUTE }
    expect(begun(drillOf(heartbeat(), ORDER, scene({ mute: gathering }), NOW))).not.toHaveProperty('muted')
  })

  it('reaches nobody where the policy has no step', () => {
    const facts = drillOf(heartbeat(), ORDER, scene({ policy: { steps: [] } }), NOW)
    expect([facts.length, begun(facts).pages]).toEqual([1, []])
  })

  it.each<[string, Partial<Terms>, Partial<State>]>([
    ['unseen', {}, {}],
    ['paused', { schedule: { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/Riga' } }, { verdict: 'paused' }],
    ['missed', {}, { verdict: 'missed', misses: 3 }],
    ['failed', { schedule: { kind: 'none' } }, { verdict: 'failed' }],
    ['ok', { schedule: { kind: 'window', window: '02:00-04:00', on: '', zone: 'UTC' } }, { verdict: 'ok' }],
    ['running', { schedule: { kind: 'calendar', calendar: 'Mon..Fri 08:00', zone: 'UTC' } }, { verdict: 'running' }],
  ])('can be had of a heartbeat that is %s, and tells nothing of it', (verdict, terms, state) => {
    const due = { dueAt: Number.POSITIVE_INFINITY, deadlineAt: Number.POSITIVE_INFINITY }
    for (const more of [{}, due]) {
      const tried = heartbeat(terms, { ...state, ...more })
      const before = structuredClone(tried)
      const facts = drillOf(tried, ORDER, scene(), NOW)
      expect(tried.state.verdict).toBe(verdict)
      expect(tried).toEqual(before)
      expect(facts.filter(isHeartbeatFact)).toEqual([])
      expect(told(facts).pages).toEqual(['ops ops'])
    }
  })
})

describe('a test of a channel', () => {
  it('is one marked page, about no heartbeat', () => {
    const facts = channelDrill('ops', ORDER, NOW)
    expect(begun(facts)).toMatchObject({ of: '', policy: '', explanation: 'A test of channel ops.' })
    expect(told(facts)).toEqual({ ways: ['0 ops'], pages: ['ops ops'] })
    expect(facts[1]).toMatchObject({ text: 'DRILL asked for by ana: a test of channel ops; nothing is wrong' })
  })
})
