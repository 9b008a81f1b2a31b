import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { METRICS } from '../src/adapters/http-health.ts'
import { GatewayProcess, TOKEN } from './process.ts'

type Item = Record<string, unknown>
type List = { items: Item[]; next: string | null }

const gateway = new GatewayProcess(`heartbeats:
  - { name: of-file, every: 1h, owner: ana, tags: [db, nightly], group: vault, description: Dumps the database }
  - { name: pump-17/battery, every: 1h, group: hall-7 }
  - { name: calm, schedule: none }
`)

beforeAll(async () => {
  await gateway.start()
  for (let n = 0; n < 5; n++) await ping(`/ping/made-${n}?create=1&every=1h`)
  await ping('/ping/of-file/start?rid=3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11')
  await ping('/ping/of-file?rid=3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11&m.rows=120', 'the log')
  await ping('/hb/pump-17/battery?msg=12.4V')
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('heartbeats', () => {
  it('are listed with exactly what is documented of them', async () => {
    const { items } = await list('/heartbeats?owner=ana')
    expect(items).toHaveLength(1)
    expect(items[0]).toEqual({
      name: 'of-file',
      verdict: 'ok',
      since: expect.stringMatching(/Z$/),
      lastSignalAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastOkAt: expect.any(String),
      dueAt: expect.any(String),
      deadlineAt: expect.any(String),
      owner: 'ana',
      description: 'Dumps the database',
      tags: ['db', 'nightly'],
      group: 'vault',
      schedule: 'every 1h',
      graceMs: 720_000,
      baselineMs: null,
      incident: null,
      signals: 2,
    })
  })

  it.each([
    ['verdict=unseen', ['calm']],
    ['tag=db', ['of-file']],
    ['group=hall-7', ['pump-17/battery']],
    ['q=DATABASE', ['of-file']],
    ['q=ightl', ['of-file']],
    ['q=made-&limit=2', ['made-0', 'made-1']],
    ['verdict=failed', []],
  ])('are found by %s', async (query, names) => {
    expect((await list(`/heartbeats?${query}`)).items.map(({ name }) => name)).toEqual(names)
  })

  it('come a page at a time, each once', async () => {
    const names: unknown[] = []
    for (let after = ''; ; ) {
      const { items, next } = await list(`/heartbeats?limit=3${after}`)
      names.push(...items.map(({ name }) => name))
      if (next === null) break
      after = `&after=${next}`
    }
    expect(names).toEqual(['of-file', 'pump-17/battery', 'calm', 'made-0', 'made-1', 'made-2', 'made-3', 'made-4'])
  })

  it('of two levels are found by their encoded name, and show their keys', async () => {
    const { status, body } = await gateway.get('/heartbeats/pump-17%2Fbattery')
    expect(status).toBe(200)
    const { key, uuid } = body as { key: string; uuid: string }
    expect(key).toMatch(/^[\w-]{22}$/)
    expect(await ping(`/ping/${key}`)).toBe(200)
    expect(await ping(`/${uuid}`)).toBe(200)
    expect((await gateway.get('/heartbeats/pump-17%2Fbattery')).body).toMatchObject({ signals: 3 })
  })

  it('keep the history of their signals, newest first, with bodies', async () => {
    const { items, next } = await list('/heartbeats/of-file/signals')
    expect(next).toBeNull()
    expect(items.map(({ kind }) => kind)).toEqual(['ok', 'start'])
    expect(items[0]).toMatchObject({
      run: '3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11',
      via: 'http',
      exit: null,
      message: null,
      metrics: { rows: 120 },
      bodyBytes: 7,
    })
    expect(items[0]?.['durationMs']).toBeGreaterThanOrEqual(0)
    const newest = await list('/heartbeats/of-file/signals?limit=1')
    const older = await list(`/heartbeats/of-file/signals?limit=1&after=${newest.next}`)
    expect([newest.items[0], older.items[0]]).toEqual(items)
    const body = await ask(`/heartbeats/of-file/signals/${items[0]?.['seq']}/body`)
    expect(await body.text()).toBe('the log')
    expect((await ask(`/heartbeats/of-file/signals/${items[1]?.['seq']}/body`)).status).toBe(404)
    expect((await ask(`/heartbeats/calm/signals/${items[0]?.['seq']}/body`)).status).toBe(404)
  })

  it('are explained', async () => {
    const { body } = await gateway.get('/heartbeats/of-file/explain')
    expect(body).toMatchObject({
      verdict: 'ok',
      graceMs: 720_000,
      graceFrom: 'gap',
      samples: 1,
      nextStep: null,
      hints: [],
    })
    expect((body as { text: string }).text).toContain('It is expected every 1h, and ana owns it.')
  })

  it('are paused, resumed and removed, but for those of the file', async () => {
    expect((await act('/heartbeats/made-4/pause', { by: 'ana' })).status).toBe(204)
    expect((await gateway.get('/heartbeats/made-4')).body).toMatchObject({ verdict: 'paused' })
    expect((await act('/heartbeats/made-4/resume', { by: 'ana' })).status).toBe(204)
    expect((await act('/heartbeats/made-4/resume', { by: 'ana' })).status).toBe(409)
    expect((await ask('/heartbeats/made-4', 'DELETE')).status).toBe(204)
    expect((await gateway.get('/heartbeats/made-4')).status).toBe(404)
    const refused = await ask('/heartbeats/of-file', 'DELETE')
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ code: 'declared-by-file', status: 409 })
  })
})

describe('incidents', () => {
  it('are listed, acknowledged and resolved once', async () => {
    await ping('/ping/calm/fail?msg=no+space')
    const { items } = await list('/incidents')
    expect(items).toHaveLength(1)
    const [incident] = items as [Item]
    expect(incident).toMatchObject({ heartbeat: 'calm', verdict: 'failed', severity: 'critical', state: 'triggered' })
    expect(incident['explanation']).toContain('no space')
    const id = incident['id'] as string
    const acknowledged = await act(`/incidents/${id}/acknowledge`, { by: 'ana', note: 'on it' })
    expect(await acknowledged.json()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ana' })
    expect((await act(`/incidents/${id}/acknowledge`, { by: 'ben' })).status).toBe(409)
    const resolved = await act(`/incidents/${id}/resolve`, { by: 'ana' })
    expect(await resolved.json()).toMatchObject({ state: 'resolved', resolvedAt: expect.any(String) })
    expect((await act(`/incidents/${id}/resolve`, { by: 'ana' })).status).toBe(409)
    expect((await list('/incidents')).items).toEqual([])
    const [kept] = (await list('/incidents?state=all')).items as [{ timeline: Item[] }]
    expect(kept.timeline.map(({ type }) => type)).toContain('incident.acknowledged')
    expect((await gateway.get(`/incidents/${id}`)).body).toEqual(kept)
    expect((await act('/incidents/inc-nobody/resolve', { by: 'ana' })).status).toBe(404)
  })
})

describe('the API', () => {
  it('wants a token, and says how', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`]) {
      const answer = await fetch(`${gateway.url}/api/v1/heartbeats`, { headers: { authorization } })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(await answer.json()).toMatchObject({ code: 'unauthorized', status: 401, problems: [] })
    }
  })

  it.each([
    ['/heartbeats?limit=0', 'query.limit'],
    ['/heartbeats?limit=1001', 'query.limit'],
    ['/heartbeats?verdict=green', 'query.verdict'],
    ['/heartbeats?colour=red', 'query.colour'],
    ['/incidents?state=closed', 'query.state'],
  ])('says what is wrong with %s', async (path, where) => {
    const { status, body } = await gateway.get(path)
    expect(status).toBe(400)
    expect((body as { problems: { path: string }[] }).problems.map(({ path }) => path)).toContain(where)
  })

  it('says what is wrong with a body', async () => {
    for (const [body, type] of [
      ['{}', 'application/json'],
      ['{"by":""}', 'application/json'],
      ['{"by":"ana","colour":"red"}', 'application/json'],
      ['{"by":"a\\u0007b"}', 'application/json'],
      ['{"by":"ana\\nby ben"}', 'application/json'],
      ['{"by":"ana","note":"a\\u001b[2J"}', 'application/json'],
      ['{"by":', 'application/json'],
      ['', 'application/json'],
    ] as const) {
      const answer = await ask('/heartbeats/calm/pause', 'POST', body, type)
      expect([body, answer.status]).toEqual([body, 400])
      expect(((await answer.json()) as { problems: unknown[] }).problems).not.toEqual([])
    }
    expect((await ask('/heartbeats/calm/pause', 'POST', 'by=ana', 'text/plain')).status).toBe(415)
    expect((await ask('/heartbeats/calm/pause', 'POST', `{"by":"${'x'.repeat(1.2e6)}"}`)).status).toBe(413)
  })

  it('has an answer for what it does not have', async () => {
    for (const path of ['/heartbeats/nobody', '/heartbeats/nobody/signals', '/nothing', '/incidents/inc-x'])
      expect((await gateway.get(path)).status).toBe(404)
    const elsewhere = await fetch(`${gateway.url}/favicon.ico`)
    expect(elsewhere.status).toBe(404)
    expect(elsewhere.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await ask('/heartbeats', 'HEAD')).status).toBe(200)
  })
})

describe('channels', () => {
  it('are shown with what waits for them', async () => {
    await using paging = await new GatewayProcess(
      `channels:\n  - { name: dead, webhook: { url: "http://127.0.0.1:9/" } }\nheartbeats:\n  - { name: a, schedule: none }\n`,
    ).start({ OVERDUE_MQTT: 'off' })
    await fetch(`${paging.url}/ping/a/fail`)
    const { body } = await paging.get('/channels')
    const health = { state: 'ok', since: null, why: null, waiting: 1, lastReachedAt: null, lastReachedKind: null }
    expect(body).toEqual({ items: [{ name: 'dead', ...health }], next: null })
  })
})

describe('the gateway itself', () => {
  it('says that it is well', async () => {
    const answer = await fetch(`${gateway.url}/healthz`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      status: 'ok',
      uptime: expect.any(Number),
      ledger: 'ok',
      lastTickAt: expect.any(String),
      heartbeats: expect.any(Number),
      tz: process.versions.tz,
      version: '0.1.0',
      bridges: [],
      series: null,
      watchdog: null,
    })
  })

  it('shows every documented metric in the format of Prometheus', async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    const lines = text.trim().split('\n')
    const sample = /^([a-z_]+)(?:\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? -?\d+(?:\.\d+)?(?:e-?\d+)?$/
    for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (?:HELP|TYPE) [a-z_]+ \S/ : sample)
    const typed = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
    expect(typed).toEqual(Object.keys(METRICS))
    const value = (name: string): number =>
      Number(
        lines
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      )
    expect(value('overdue_signals_accepted_total{via="http"}')).toBeGreaterThan(8)
    expect(value('overdue_commit_facts_count')).toBe(value('overdue_commit_seconds_bucket{le="+Inf"}'))
    expect(value('overdue_heartbeats{verdict="ok"}')).toBeGreaterThan(3)
  })

  it('shows its metrics to nobody without a token where others can reach it', async () => {
    await using open = await new GatewayProcess().start({ OVERDUE_MQTT: 'off' })
    await open.end('SIGTERM')
    await open.start({ OVERDUE_HTTP: `0.0.0.0:${open.httpPort}`, OVERDUE_MQTT: 'off' })
    expect((await fetch(`${open.url}/metrics`)).status).toBe(401)
    expect((await fetch(`${open.url}/ping/a?create=1`)).status).toBe(401)
    expect((await fetch(`${open.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200)
  })
})

async function ping(path: string, body?: string): Promise<number> {
  return (await fetch(gateway.url + path, body === undefined ? {} : { method: 'POST', body })).status
}

function ask(path: string, method = 'GET', body?: string, type = 'application/json'): Promise<Response> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && { 'content-type': type }) }
  return fetch(`${gateway.url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) })
}

function act(path: string, deed: object): Promise<Response> {
  return ask(path, 'POST', JSON.stringify(deed))
}

async function list(path: string): Promise<List> {
  return (await gateway.get(path)).body as List
}
