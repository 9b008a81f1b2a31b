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
