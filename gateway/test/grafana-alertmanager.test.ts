// The API of Alertmanager that Grafana calls, against a gateway in a process of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERTMANAGER, type Answered, ask, BASIC, CONFIG, type Json, ping } from './grafana-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const API = `${ALERTMANAGER}/api/v2`
const MINUTE = 60_000
const gateway = new GatewayProcess(CONFIG)
const get = (path: string): Promise<Answered> => ask(gateway, 'GET', `${API}${path}`)

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const path of ['pump-1/fail', 'pump-2/fail', 'well-1/fail']) await ping(gateway, path)
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

describe('what Grafana calls', () => {
  it('needs its token or the one of the admin, as a password or a bearer', async () => {
    const none = await fetch(`${gateway.url}${API}/alerts`)
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    expect(await none.json()).toMatchObject({ message: expect.any(String), status: 'error' })
    const status = async (authorization: string, path = `${API}/status`) =>
      (await ask(gateway, 'GET', path, undefined, authorization)).status
    const basic = (password: string) => `Basic ${Buffer.from(`x:${password}`).toString('base64')}`
    for (const good of [BASIC, basic(TOKEN), `Bearer ${TOKEN}`]) expect(await status(good)).toBe(200)
    for (const bad of [basic('no'), 'Bearer no', basic('')]) expect(await status(bad)).toBe(401)
    expect(await status(BASIC, '/api/v1/incidents')).toBe(401)
    expect(await status(basic(TOKEN), '/api/v1/incidents')).toBe(401)
  })

  it('looks like an Alertmanager, and not like a Mimir', async () => {
    const { status, body, type } = await get('/status')
    expect(status).toBe(200)
    expect(type).toContain('json')
    expect(body).toMatchObject({
      cluster: { status: 'disabled', peers: [] },
      config: { original: expect.stringContaining('receiver: nobody') },
      versionInfo: { version: '0.25.0', branch: expect.stringMatching(/^overdue \d/) },
    })
    expect(body.config.original).not.toMatch(/https?:|127\.0\.0\.1/)
    const mimir = await ask(gateway, 'GET', `${ALERTMANAGER}/alertmanager/api/v2/status`)
    expect(mimir).toMatchObject({
      status: 404,
      type: expect.stringContaining('json'),
      body: { message: expect.any(String) },
    })
    expect((await get('/receivers')).body).toEqual(['nobody', 'default', 'quiet', 'ops'].map((name) => ({ name })))
  })
})

describe('an incident', () => {
  it('is an alert with labels that stay the same, and what is to be read in annotations', async () => {
    const { body } = await get('/alerts?filter=heartbeat%3Dpump-1')
    expect(body).toHaveLength(1)
    expect(body[0]).toEqual({
      labels: {
        ...{
          alertname: 'OverdueFailed',
          verdict: 'failed',
          severity: 'critical',
          heartbeat: 'pump-1',
          group: 'hall-7',
        },
        ...{ owner: 'ana', policy: 'default', tags: ',db,hot,' },
      },
      annotations: {
        ...{ summary: expect.stringMatching(/^pump-1 is failed since /), description: '<script>alert(1)</script>' },
        ...{ explanation: expect.stringContaining('reported fail'), incident: expect.stringMatching(/^inc-/) },
        ...{ state: 'triggered', runbook_url: 'https://wiki.example.org/pump' },
      },
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      ...{ startsAt: expect.stringMatching(/Z$/), endsAt: expect.stringMatching(/Z$/), updatedAt: expect.any(String) },
      generatorURL: expect.stringMatching(/^http:\/\/[^/]+\/incidents\/inc-/),
      receivers: [{ name: 'default' }],
      status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
    })
    expect(Date.parse(body[0].endsAt)).toBeGreaterThan(Date.now() + MINUTE)
    const [other] = (await get('/alerts?filter=heartbeat%3D%22pump-2%22')).body
    expect(other.annotations).not.toHaveProperty('runbook_url')
  })

  it('is suppressed by what silences it, and says by which', async () => {
    const [well] = (await get('/alerts?filter=group%3D~cellar.%2B')).body
    expect(well.status).toMatchObject({ state: 'suppressed', silencedBy: ['cellar'] })
    expect(await names('/alerts?silenced=false')).toEqual(['pump-1', 'pump-2'])
    expect(await names('/alerts?active=false')).toEqual(['well-1'])
    expect(await names('/alerts?receiver=qui.t')).toEqual(['pump-2'])
    expect(await names('/alerts?filter=owner%3D%22%22&filter=severity%21%3Dwarning')).toEqual(['pump-2', 'well-1'])
  })

  it('shows who owns it', async () => {
    const [{ annotations }] = (await get('/alerts?filter=heartbeat%3Dpump-2')).body
    const path = `/api/v1/incidents/${annotations.incident}/acknowledge`
    expect((await ask(gateway, 'POST', path, { by: 'ben' }, `Bearer ${TOKEN}`)).status).toBeLessThan(300)
    const [owned] = (await get('/alerts?filter=heartbeat%3Dpump-2')).body
    expect(owned).toMatchObject({
      annotations: {
        state: 'acknowledged',
        acknowledged_by: 'ben',
        summary: expect.stringContaining('acknowledged by ben'),
      },
      status: { state: 'active' },
    })
  })

  it('stands in a group of its policy, name and group', async () => {
    const { body } = await get('/alerts/groups')
    expect(body.map(({ labels, receiver, alerts }: Json) => [labels.group, receiver.name, alerts.length])).toEqual([
      ['cellar-1', 'default', 1],
      ['hall-7', 'default', 1],
      ['hall-7', 'quiet', 1],
    ])
    expect(body[0].labels).toEqual({ alertname: 'OverdueFailed', group: 'cellar-1' })
  })

  it.each(['/alerts?filter=a', '/alerts?filter=a%3D~(', '/alerts/groups?receiver=(', '/silences?filter=%3D'])(
    'is not searched by what can not be read: %s',
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 400, body: expect.stringContaining('expected') })
    },
  )
})

describe('alerts that others post', () => {
  const post = (...alerts: object[]) => ask(gateway, 'POST', `${API}/alerts`, alerts)
  const signals = async (): Promise<number> => ((await gateway.get('/heartbeats/watchdog')).body as Json).signals

  it('are a signal where they name a heartbeat and fire', async () => {
    const before = await signals()
    const watchdog = { alertname: 'Watchdog', heartbeat: 'watchdog' }
    const posted = [{ labels: watchdog }, { labels: { ...watchdog, replica: 'b' }, endsAt: instant(MINUTE) }]
    expect(await post(...posted)).toMatchObject({ status: 200, body: {} })
    expect(await signals()).toBe(before + 1)
    expect((await post({ labels: watchdog, endsAt: instant(-MINUTE) })).status).toBe(200)
    expect(await signals()).toBe(before + 1)
    expect(await gateway.get('/heartbeats/watchdog')).toMatchObject({ body: { verdict: 'ok' } })
    expect((await get('/alerts?filter=alertname%3DWatchdog')).body).toEqual([])
  })

  it('are shown until they end where they don’t, and go to nobody', async () => {
    const labels = { alertname: 'DiskFull', heartbeat: 'unheard-of', constructor: 'x', empty: '' }
    await post({ labels, annotations: { summary: 'full' }, startsAt: instant(-MINUTE), generatorURL: 'http://prom/' })
    const [alert, ...others] = (await get('/alerts?filter=alertname%3DDiskFull&filter=constructor%3Dx')).body
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      labels: { alertname: 'DiskFull', heartbeat: 'unheard-of', constructor: 'x' },
      ...{ annotations: { summary: 'full' }, receivers: [{ name: 'nobody' }], generatorURL: 'http://prom/' },
    })
    expect(alert.labels).not.toHaveProperty('empty')
    await post({ labels, endsAt: instant(-1) })
    expect((await get('/alerts?filter=alertname%3DDiskFull')).body).toEqual([])
    expect((await gateway.get('/heartbeats/unheard-of')).status).toBe(404)
  })

  it('are bounded: the newest thousand', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) => ({ labels: { alertname: 'Many', index: String(index) } }))
    expect((await post(...many)).status).toBe(200)
    const kept = (await get('/alerts?filter=alertname%3DMany')).body.map(({ labels }: Json) => Number(labels.index))
    expect(kept.toSorted((a: number, b: number) => a - b)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index + 100),
    )
  })

  it.each([
    ['no labels', { labels: {} }, 'labels: expected at least one'],
    ['a label with a dash', { labels: { 'a-b': 'x' } }, '"a-b"'],
    ['a time that is none', { labels: { a: 'x' }, endsAt: 'soon' }, 'endsAt as instants'],
    ['more than is kept', { labels: { a: 'x'.repeat(17_000) } }, 'at most 16000'],
  ])('are refused with %s, and the others taken', async (_, alert, why) => {
    const before = await signals()
    const answer = await post(alert, { labels: { alertname: 'Watchdog', heartbeat: 'watchdog' } })
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining(why) })
    expect(await signals()).toBe(before + 1)
  })

  it('are refused where they are no alerts at all, in the words of Alertmanager', async () => {
    expect(await ask(gateway, 'POST', `${API}/alerts`, { labels: {} })).toMatchObject({
      status: 400,
      body: { code: 400, message: expect.stringContaining('body') },
    })
  })
})

async function names(path: string): Promise<readonly string[]> {
  return (await get(path)).body
    .map(({ labels }: Json) => labels.heartbeat)
    .filter(Boolean)
    .sort()
}

function instant(ahead: number): string {
  return new Date(Date.now() + ahead).toISOString()
}
