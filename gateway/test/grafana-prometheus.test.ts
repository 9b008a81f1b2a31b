// The API of Prometheus that Grafana calls, and Debian's promtool and Prometheus, where they are installed: the one asks, the
// other sends its Watchdog alert here, as to an Alertmanager, and is a heartbeat by it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  ALERTMANAGER,
  type Answered,
  ask,
  BASIC,
  CONFIG,
  GRAFANA_TOKEN,
  isInstalled,
  type Json,
  PROMETHEUS,
  ping,
} from './grafana-stage.ts'
import { freePort, GatewayProcess } from './process.ts'

const installed = isInstalled('prometheus') && isInstalled('promtool')
const run = promisify(execFile)
const gateway = new GatewayProcess(CONFIG)
const get = (path: string): Promise<Answered> => ask(gateway, 'GET', `${PROMETHEUS}/api/v1${path}`)
const form = (path: string, fields: Record<string, string>): Promise<Answered> =>
  ask(gateway, 'POST', `${PROMETHEUS}/api/v1${path}`, new URLSearchParams(fields))
const groups = async (query = ''): Promise<Json[]> => (await get(`/rules${query}`)).body.data.groups

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const path of ['pump-1/fail', 'pump-2/fail', 'tick']) await ping(gateway, path)
  await vi.waitFor(
    async () => expect((await gateway.get('/heartbeats/tick')).body).toMatchObject({ verdict: 'late' }),
    10_000,
  )
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

describe('rules', () => {
  it('are one for each group and each way to be bad: firing, pending or inactive', async () => {
    const all = await groups()
    expect(all.map(({ file, name, rules }) => [file, name, rules.length])).toEqual([
      ['heartbeats/-', '-', 6],
      ['heartbeats/cellar-1', 'cellar-1', 6],
      ['heartbeats/hall-7', 'hall-7', 6],
      ['storms', 'storms', 1],
    ])
    const states = all.flatMap(({ name, rules }) => rules.map((rule: Json) => `${name} ${rule.name} ${rule.state}`))
    expect(states.filter((state) => !state.endsWith('inactive'))).toEqual([
      '- OverdueLate pending',
      'hall-7 OverdueFailed firing',
    ])
    const failed = all[2].rules.find(({ name }: Json) => name === 'OverdueFailed')
    expect(failed).toMatchObject({
      ...{ type: 'alerting', health: 'ok', duration: 0, labels: { group: 'hall-7' } },
      query: 'ALERTS{alertname="OverdueFailed", group="hall-7"}',
      alerts: ['pump-2', 'pump-1'].map((heartbeat) => ({
        labels: { alertname: 'OverdueFailed', heartbeat, group: 'hall-7', severity: 'critical' },
        ...{ state: 'firing', value: '1e+00', activeAt: expect.stringMatching(/Z$/) },
      })),
    })
    expect(all[0].rules[0].alerts).toMatchObject([{ labels: { heartbeat: 'tick', verdict: 'late' }, state: 'pending' }])
  })

  it('are found by file, group, name, type and labels', async () => {
    const found = async (query: string) =>
      (await groups(query)).map(({ name, rules }) => `${name} ${rules.length}`).join(', ')
    expect(await found('?rule_name[]=OverdueFailed&rule_name[]=OverdueStorm')).toBe(
      '- 1, cellar-1 1, hall-7 1, storms 1',
    )
    expect(await found('?rule_group=hall-7&rule_group=-')).toBe('- 6, hall-7 6')
    expect(await found('?file[]=heartbeats/hall-7&rule_name=OverdueLate')).toBe('hall-7 1')
    expect(await found('?match[]={group=~"hall.*"}')).toBe('hall-7 6')
    expect(await found('?type=record')).toBe('')
    expect((await get('/rules?match[]={group}')).body).toMatchObject({ status: 'error', errorType: 'bad_data' })
  })

  it('come in pages of groups, and without their alerts where nobody wants them', async () => {
    const seen: string[] = []
    for (let token = '', pages = 0; pages < 10; pages++) {
      const { body } = await get(`/rules?group_limit=1&exclude_alerts=true&group_next_token=${token}`)
      seen.push(...body.data.groups.map(({ name }: Json) => name))
      for (const rule of body.data.groups[0].rules) expect(rule.alerts).toEqual([])
      token = body.data.groupNextToken ?? ''
      if (token === '') break
    }
    expect(seen).toEqual(['-', 'cellar-1', 'hall-7', 'storms'])
    expect((await groups('?exclude_alerts=true'))[2].rules.map(({ state }: Json) => state)).toContain('firing')
  })
})

describe('what Grafana asks a Prometheus', () => {
  it('is answered: who it is, what fires, and a sum', async () => {
    expect((await get('/status/buildinfo')).body).toMatchObject({ status: 'success', data: { version: '2.55.0' } })
    expect((await get('/status/buildinfo')).body.data).not.toHaveProperty('features')
    expect(await get('/status/flags')).toMatchObject({ status: 404, type: expect.stringContaining('json') })
    const { alerts } = (await get('/alerts')).body.data
    expect(alerts.map(({ labels, state }: Json) => `${labels.heartbeat} ${state}`).sort()).toEqual([
      ...['pump-1 firing', 'pump-2 firing', 'tick pending'],
    ])
    expect((await form('/query', { query: '1+1', time: '17.5' })).body.data).toEqual({
      resultType: 'scalar',
      result: [17.5, '2'],
    })
  })

  it.each([
    ['overdue_heartbeats{verdict="failed"}', ['overdue_heartbeats failed 2']],
    [
      '{__name__=~\'overdue_.*\', verdict=~"failed|late",}',
      ['overdue_heartbeats failed 2', 'overdue_heartbeats late 1'],
    ],
    ['ALERTS{alertstate="pending"}', ['ALERTS late 1']],
    ['ALERTS{group="hall-7", heartbeat!="pump-1"}', ['ALERTS failed 1']],
    ['up', []],
    ['rate(x[5m])', []],
    ['ALERTS{', []],
    ['{}', []],
    ['ALERTS{a="b" c="d"}', []],
  ])('%s is answered with %j', async (query, expected) => {
    for (const { body } of [await form('/query', { query }), await get(`/query?query=${encodeURIComponent(query)}`)])
      expect(
        body.data.result.map(({ metric, value }: Json) => `${metric.__name__} ${metric.verdict} ${value[1]}`),
      ).toEqual(expected)
  })

  it('is answered also where nothing is posted and called JSON, as vmalert does', async () => {
    const headers = { Authorization: BASIC, 'Content-Type': 'application/json' }
    const answer = await fetch(`${gateway.url}${PROMETHEUS}/api/v1/query?query=1`, { method: 'POST', headers })
    expect(await answer.json()).toMatchObject({ data: { resultType: 'scalar' } })
  })

  it('is refused where nothing is asked', async () => {
    expect(await form('/query', {})).toMatchObject({ status: 400, body: { status: 'error', errorType: 'bad_data' } })
    expect(await get('/query?query=up&time=soon')).toMatchObject({ status: 400 })
  })

  it('has names, values and series', async () => {
    expect((await get('/labels')).body.data).toEqual(expect.arrayContaining(['__name__', 'alertname', 'verdict']))
    expect((await form('/labels', { 'match[]': 'overdue_heartbeats' })).body.data).toEqual(['__name__', 'verdict'])
    expect((await get('/label/heartbeat/values')).body.data).toEqual(['pump-1', 'pump-2', 'tick'])
    expect((await get('/label/constructor/values')).body.data).toEqual([])
    expect((await get('/series?match[]=ALERTS{group=""}&match[]=ALERTS{verdict="late"}')).body.data).toHaveLength(1)
    expect((await get('/metadata')).body.data).toHaveProperty('overdue_heartbeats')
    expect((await form('/query_range', { query: 'up' })).body.data).toEqual({ resultType: 'matrix', result: [] })
    expect((await form('/query_exemplars', { query: 'up' })).body.data).toEqual([])
  })

  it.skipIf(!installed)('is what promtool asks, too', async () => {
    const url = gateway.url.replace('//', `//grafana:${GRAFANA_TOKEN}@`) + PROMETHEUS
    const ask = async (...args: readonly string[]) => (await run('promtool', ['query', ...args])).stdout
    expect(await ask('instant', url, 'overdue_heartbeats{verdict="failed"}')).toMatch(/\{verdict="failed"\} => 2 @/)
    expect(await ask('labels', url, 'heartbeat')).toBe('pump-1\npump-2\ntick\n')
    expect(await ask('series', '--match=ALERTS{heartbeat="pump-1"}', url)).toContain('tags=",db,hot,"')
  })
})

describe('a Prometheus that has the gateway for an Alertmanager', () => {
  let prometheus: ChildProcess | undefined
  afterAll(async () => {
    if (prometheus === undefined || prometheus.exitCode !== null) return
    prometheus.kill('SIGKILL')
    await once(prometheus, 'exit')
  })

  it.skipIf(!installed)(
    'is a heartbeat by its alert that always fires, and what else fires there is shown',
    async () => {
      prometheus = await startPrometheus()
      const signals = async () => ((await gateway.get('/heartbeats/watchdog')).body as Json).signals
      await expect.poll(signals, { timeout: 45_000, interval: 200 }).toBeGreaterThan(1)
      const path = `${ALERTMANAGER}/api/v2/alerts?filter=alertname%3DOther`
      await expect
        .poll(async () => (await ask(gateway, 'GET', path)).body, { timeout: 10_000 })
        .toMatchObject([{ labels: { alertname: 'Other', severity: 'page' }, receivers: [{ name: 'nobody' }] }])
    },
    60_000,
  )
})

describe('a vmalert', () => {
  let vmalert: ChildProcess | undefined
  afterAll(async () => {
    if (vmalert === undefined || vmalert.exitCode !== null) return
    vmalert.kill('SIGKILL')
    await once(vmalert, 'exit')
  })

  it.skipIf(!isInstalled('vmalert'))(
    'asks the gateway what is wrong, and posts what it makes of it',
    async () => {
      const rules = join(gateway.folder, 'vmalert.yml')
      const rule = '{ alert: ManyFailed, expr: \'overdue_heartbeats{verdict="failed"}\' }'
      writeFileSync(rules, `groups: [{ name: fleet, interval: 1s, rules: [${rule}] }]\n`)
      const login = (of: string, path: string) => [
        ...[`-${of}.url=${gateway.url}${path}`, `-${of}.basicAuth.username=x`],
        `-${of}.basicAuth.password=${GRAFANA_TOKEN}`,
      ]
      const args = [`-rule=${rules}`, ...login('datasource', PROMETHEUS), ...login('notifier', ALERTMANAGER)]
      vmalert = spawn('vmalert', [...args, `-httpListenAddr=127.0.0.1:${await freePort()}`], { stdio: 'ignore' })
      const path = `${ALERTMANAGER}/api/v2/alerts?filter=alertname%3DManyFailed`
      await expect
        .poll(async () => (await ask(gateway, 'GET', path)).body, { timeout: 30_000 })
        .toMatchObject([{ labels: { verdict: 'failed' }, receivers: [{ name: 'nobody' }] }])
    },
    60_000,
  )
})

async function startPrometheus(): Promise<ChildProcess> {
  const { folder, httpPort } = gateway
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { evaluation_interval: 1s }
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - path_prefix: ${ALERTMANAGER}
      basic_auth: { username: prometheus, password: ${GRAFANA_TOKEN} }
      static_configs: [{ targets: ["127.0.0.1:${httpPort}"] }]
`,
  )
  writeFileSync(
    join(folder, 'rules.yml'),
    `groups:
  - name: watchdog
    rules:
      - { alert: Watchdog, expr: vector(1), labels: { heartbeat: watchdog } }
      - { alert: Other, expr: vector(1), labels: { severity: page } }
`,
  )
  const port = await freePort()
  const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/prometheus`]
  // It forgets what fires before it knows its Alertmanagers, and says it again after this.
  const more = [`--web.listen-address=127.0.0.1:${port}`, '--rules.alert.resend-delay=1s']
  return spawn('prometheus', [...args, ...more], { stdio: 'ignore' })
}
