import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/adapters/http-route.ts'
import { NO_POLICY, type Policy } from '../../src/domain/escalation.ts'
import { formatInstant, MINUTE } from '../../src/domain/time.ts'
import { grafanaRoutes } from '../../src/grafana.ts'
import type { Json } from '../grafana-stage.ts'
import { Story } from '../timeline.ts'
import { settle, type World } from '../world.ts'

const API = '/grafana/alertmanager/api/v2'
const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const
const STEPS: Policy = {
  ...NO_POLICY,
  name: 'default',
  steps: [
    { after: 0, page: ['ops'] },
    { after: 15 * MINUTE, page: ['ops'] },
  ],
}

const nobody = { caller: undefined, headers: {}, address: '' }

/** Asks as Grafana does, of one gateway that lives as long as the story. */
function grafana(world: World): (method: Route['method'], path: string, body?: object) => Promise<Json> {
  const { clock, watch } = world
  const routes = grafanaRoutes({ watch, version: 'test', live: { file: '', url: 'http://o' }, now: () => clock.now() })
  return async (method, path, body) => {
    const [place = '', search = ''] = path.split('?')
    const [, id] = /^\/grafana\/.*\/silence\/(.+)$/.exec(place) ?? []
    const pattern = id === undefined ? place : place.replace(id, ':id')
    const route = routes.find((one) => one.method === method && one.path === pattern)
    const query = Object.fromEntries(new URLSearchParams(search))
    const answer = await route?.answer({ ...nobody, params: id === undefined ? {} : { id }, query, body })
    await settle()
    if (answer === undefined || 'json' in answer) return answer?.json
    return 'text' in answer ? JSON.parse(answer.text) : answer
  }
}

function silence(told: Story, matchers: readonly (readonly [string, string])[], until: string): object {
  return {
    matchers: matchers.map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: formatInstant(told.world.clock.now()),
    endsAt: formatInstant(told.instant(until)),
    ...{ createdBy: 'ana', comment: 'racks' },
  }
}

describe('a silence that Grafana makes from an alert', () => {
  it('keeps pages from leaving, for this spell and the next, and only for what it names', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] })
      .heartbeat('api', { ...EVERY_MINUTE, group: 'hall-7' })
      .heartbeat('db', EVERY_MINUTE)
    const ask = grafana(told.world)
    ;(await told.at('2026-03-02T10:05')).pages(
      'ops: incident.triggered api missed',
      'ops: incident.triggered db missed',
    )
    const [alert] = await ask('GET', `${API}/alerts?filter=heartbeat=api`)
    // All of its labels, as Grafana proposes.
    await ask('POST', `${API}/silences`, silence(told, Object.entries(alert.labels), '2026-03-02T12:00'))
    expect((await ask('GET', `${API}/alerts?filter=heartbeat=api`))[0].status.state).toBe('suppressed')
    ;(await told.at('2026-03-02T10:30')).pages('ops: incident.escalated db missed').ping('api')
    ;(await told.at('2026-03-02T11:00')).shows('api', 'missed').pages('ops: incident.resolved api missed')
    // What it says now is another alert.
    ;(await told.at('2026-03-02T11:01')).fail('api')
    ;(await told.at('2026-03-02T11:02')).pages('ops: incident.triggered api failed')
  })

  it('ends when it is expired: what is still wrong is paged then', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] }).heartbeat('api', EVERY_MINUTE)
    const ask = grafana(told.world)
    const { silenceID } = await ask(
      'POST',
      `${API}/silences`,
      silence(told, [['heartbeat', 'api']], '2026-03-03T10:00'),
    )
    ;(await told.at('2026-03-02T11:00')).shows('api', 'missed').pages()
    await ask('DELETE', `${API}/silence/${silenceID}`)
    ;(await told.at('2026-03-02T11:00:01')).pages('ops: incident.triggered api missed')
  })

  it('loses no page and sends none between the two when it is edited', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] }).heartbeat('api', EVERY_MINUTE)
    const ask = grafana(told.world)
    await ask('POST', `${API}/silences`, silence(told, [['heartbeat', 'api']], '2026-03-02T11:00'))
    await told.at('2026-03-02T10:30')
    const [old] = await ask('GET', `${API}/silences`)
    await ask('POST', `${API}/silences`, { ...old, endsAt: formatInstant(told.instant('2026-03-02T12:00')) })
    ;(await told.at('2026-03-02T11:59:59')).pages()
    ;(await told.at('2026-03-02T12:00')).pages('ops: incident.triggered api missed')
  })
})

describe('what explains others', () => {
  it('inhibits them: a storm its members', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] })
    for (let n = 0; n < 40; n++) told.heartbeat(`pump-${n}`, { ...EVERY_MINUTE, group: 'hall-7' })
    await told.at('2026-03-02T10:05')
    const ask = grafana(told.world)
    const alerts: Json[] = await ask('GET', `${API}/alerts`)
    const storm = alerts.find(({ labels }) => labels.alertname === 'OverdueStorm')
    expect(storm).toMatchObject({
      labels: {
        alertname: 'OverdueStorm',
        scope: 'group hall-7',
        group: 'hall-7',
        severity: 'critical',
        policy: 'default',
      },
      annotations: { incident: expect.stringMatching(/^storm-/), summary: expect.stringContaining('40 of 40') },
      status: { state: 'active' },
    })
    const members = alerts.filter(({ status }) => status.inhibitedBy.includes(storm.fingerprint))
    expect(members.length).toBeGreaterThan(30)
    expect((await ask('GET', `${API}/alerts?inhibited=false`)).length).toBe(41 - members.length)
    const { data } = await ask('GET', '/grafana/prometheus/api/v1/rules?rule_name=OverdueStorm')
    expect(data.groups).toMatchObject([
      { file: 'storms', rules: [{ state: 'firing', alerts: [{ labels: storm.labels }] }] },
    ])
  })

  it('inhibits them: a silent parent its children', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] })
      .heartbeat('router', EVERY_MINUTE)
      .heartbeat('pump', { ...EVERY_MINUTE, parent: 'router' })
    ;(await told.at('2026-03-02T10:01')).ping('pump')
    await told.at('2026-03-02T10:05')
    const ask = grafana(told.world)
    const [router] = await ask('GET', `${API}/alerts?filter=heartbeat=router`)
    const [pump] = await ask('GET', `${API}/alerts?filter=heartbeat=pump`)
    expect(pump.status).toMatchObject({ state: 'suppressed', inhibitedBy: [router.fingerprint] })
  })
})

describe('what is late', () => {
  const RULES = '/grafana/prometheus/api/v1/rules?rule_name=OverdueLate'

  it('is pending, at most a thousand of them, and what was removed is not there', async () => {
    const told = new Story({ from: '2026-03-02T10:00', policies: [STEPS] })
    const patient = { ...EVERY_MINUTE, grace: 600 * MINUTE }
    for (let n = 0; n < 1_100; n++) told.heartbeat(`pump-${n}`, { ...patient, group: n < 3 ? 'a' : 'b' })
    const all = (world: World) => world.watch.registry.roster.numbers()
    const ask = grafana(told.world)
    const shown = async () => {
      const { data } = await ask('GET', RULES)
      return data.groups.map(({ name, rules: [rule] }: Json) => `${name} ${rule.state} ${rule.alerts.length}`)
    }
    ;(await told.at('2026-03-02T10:00:10')).does((world) => {
      for (const number of all(world)) world.hear(`pump-${number}`)
    })
    expect(await shown()).toEqual(['a inactive 0', 'b inactive 0'])
    await told.at('2026-03-02T10:05')
    expect(await shown()).toEqual(['a pending 3', 'b pending 997'])
    const { ledger } = told.world.watch
    for (const name of ['pump-0', 'pump-1', 'pump-2']) void ledger.request({ kind: 'remove', name, by: 'ana' })
    expect(await shown()).toEqual(['a inactive 0', 'b pending 1000'])
    const { data } = await ask('GET', RULES)
    expect(data.groups[1].rules[0].alerts[0]).toMatchObject({
      labels: { alertname: 'OverdueLate', heartbeat: 'pump-3', verdict: 'late', severity: 'critical' },
      annotations: {
        summary: expect.stringMatching(/^pump-3 is late since .*; it is missed after Mon 2026-03-02 20:01:10/),
      },
    })
    await told.at('2026-03-02T10:06')
    expect(await shown()).toEqual(['b pending 1000'])
  })
})
