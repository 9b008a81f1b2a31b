import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, GatewayProcess, TOKEN } from './process.ts'

type Item = Record<string, unknown> & { id: string; incidents: string[] }
type Operation = { responses: { '2XX': { content: { 'application/json': { schema: object } } } } }

const gateway = new GatewayProcess(`zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
policies:
  - name: default
    ackTimeout: 20m
    fallback: [ops]
    steps:
      - { page: [ops] }
      - { after: 15m, page: [ops], severity: critical, hours: "08:00-18:00", on: mon-fri, outside: skip, repeat: { every: 10m, times: 2 } }
heartbeats:
  - { name: pump-1, every: 1h, group: hall-7 }
  - { name: pump-2, every: 1h, group: hall-7 }
  - { name: backup, every: 1h, tags: [db], owner: ana }
`)
const MINUTE = 60_000
const DAY = 86_400_000
const matcher = (value: string) => ({ name: 'group', value, isRegex: true, isEqual: true })
const hall = { match: { groups: ['hall-7'] }, by: 'ana' }

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('a silence', () => {
  it('is made, mutes what it matches, is listed, and is ended', async () => {
    const made = await act('POST', '/silences', { match: { names: ['back*'] }, for: '1h', by: 'ana', reason: 'moving' })
    expect(made.status).toBe(201)
    const silence = made.body as Item
    expect(silence).toEqual({
      id: expect.stringMatching(/^silence-[\w-]{16}$/),
      match: { names: ['back*'] },
      from: expect.stringMatching(/Z$/),
      until: expect.stringMatching(/Z$/),
      ...{ cron: null, zone: null, forMs: null },
      ...{ by: 'ana', reason: 'moving', declaredBy: 'api', active: true },
      activeUntil: silence['until'],
      nextAt: null,
      incidents: [],
    })
    expect(lasts(silence)).toBe(60 * MINUTE)
    const incident = await bad('backup')
    expect(incident).toMatchObject({
      muted: { by: 'silence', what: silence.id, why: 'silenced by ana: moving', until: silence['until'] },
      policy: 'default',
      resolvedBy: null,
      pages: [],
    })
    const shown = { ...silence, incidents: [incident.id] }
    expect(await list('/silences')).toEqual([shown])
    expect(await act('GET', `/silences/${silence.id}`)).toEqual({ status: 200, body: shown })
    expect((await act('GET', `/maintenance/${silence.id}`)).status).toBe(404)
    expect((await act('DELETE', `/maintenance/${silence.id}?by=ana`)).status).toBe(404)
    expect((await act('DELETE', `/silences/${silence.id}?by=ana`)).status).toBe(204)
    expect(await list('/silences?state=all')).toEqual([])
    expect((await act('GET', `/silences/${silence.id}`)).status).toBe(404)
    expect((await act('DELETE', `/silences/${silence.id}?by=ana`)).status).toBe(404)
    await expect
      .poll(async () => (await gateway.get(`/incidents/${incident.id}`)).body)
      .toMatchObject({ muted: null, pages: [{ channel: 'ops', path: 'ops' }] })
  })

  it('may begin later, and ends at an instant', async () => {
    const [from, until] = [instant(2 * DAY), instant(31 * DAY)]
    const { status, body } = await act('POST', '/silences', { ...hall, from, until, reason: '' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ from, until, active: false, activeUntil: null, nextAt: from })
    await end(body as Item)
  })

  it('is of everything only where that is said', async () => {
    const all = { match: {}, for: '1m', by: 'ana' }
    expectProblem(await act('POST', '/silences', all), 'body.match', 'all: true')
    const { status, body } = await act('POST', '/silences', { ...all, match: { all: true } })
    expect(status).toBe(201)
    expect(body).toMatchObject({ match: {} })
    await end(body as Item)
  })

  it('is of labels, as Alertmanager has them', async () => {
    const labels = [{ name: 'heartbeat', value: 'back(up|out)', isRegex: true, isEqual: true }]
    const { status, body } = await act('POST', '/silences', { match: { labels }, for: '1h', by: 'ana' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ match: { labels } })
    await end(body as Item)
  })

  it.each([
    ['for', { for: '59s' }, 'from 1m to 31d'],
    ['for', { for: '31d1s' }, 'from 1m to 31d'],
    ['for', { for: 'soon' }, 'from 1m to 31d'],
    ['for', {}, 'how long it lasts'],
    ['for', { from: '2020-01-01T00:00Z', for: '1h' }, 'at least 1m after now'],
    ['for', { from: 'in 2d', for: '30d' }, 'at most 31d from now'],
    ['until', { until: 'in 30s' }, 'at least 1m after now'],
    ['until', { until: 'in 32d' }, 'at most 31d from now'],
    ['until', { from: 'in 2d', until: 'in 1d' }, 'at least 1m after from'],
    ['until', { until: '2026-12-24' }, 'an instant'],
    ['until', { until: 'in 1d', for: '1h' }, 'for or until'],
    ['from', { from: 'yesterday', for: '1h' }, 'an instant'],
    ['cron', { cron: '0 2 * * *', for: '1h' }, 'no such key'],
    ['match.names.0', { match: { names: [''] }, for: '1h' }, ''],
    ['match.names', { match: { names: [] }, for: '1h' }, ''],
    ['match.all', { match: { names: ['a'], all: true }, for: '1h' }, 'either it or what it matches'],
    ['match', { match: { all: false }, for: '1h' }, 'all: true'],
    ['match.name', { match: { name: 'a' }, for: '1h' }, 'no such key'],
    ['match.labels[0].value', { match: { labels: [matcher('(')] }, for: '1h' }, 'RE2'],
    ['match.labels', { match: { labels: [matcher('.*')] }, for: '1h' }, 'does not fit an empty text'],
    ['match.severity', { match: { severity: 'high' }, for: '1h' }, 'one of warning, critical'],
    ['by', { by: '', for: '1h' }, ''],
    ['by', { by: 'ana\nben', for: '1h' }, ''],
  ])('is refused for its %s in %j', async (path, says, expected) => {
    const body: Record<string, unknown> = { ...hall, ...says }
    for (const key of ['from', 'until'] as const) {
      const [, count, unit] = /^in (\d+)([sd])$/.exec(String(body[key] ?? '')) ?? []
      if (count !== undefined) Object.assign(body, { [key]: instant(Number(count) * (unit === 's' ? 1_000 : DAY)) })
    }
    expectProblem(await act('POST', '/silences', body), `body.${path}`, expected)
  })

  it('is made and ended by somebody', async () => {
    expectProblem(await act('POST', '/silences', { match: { names: ['a'] }, for: '1h' }), 'body.by', '')
    expectProblem(await act('DELETE', '/silences/silence-1'), 'query.by', '')
    expectProblem(await act('GET', '/silences?state=closed'), 'query.state', 'one of open, all')
    expect((await fetch(`${gateway.url}/api/v1/silences`, { method: 'POST' })).status).toBe(401)
  })
})

describe('a maintenance window', () => {
  it('repeats by cron, in the zone of the file where it names none', async () => {
    const { status, body } = await act('POST', '/maintenance', {
      ...hall,
      cron: '0 2 * * sun',
      for: '2h',
      reason: 'patches',
    })
    expect(status).toBe(201)
    const window = body as Item
    expect(window).toMatchObject({
      ...{ id: expect.stringMatching(/^window-[\w-]{16}$/), match: hall.match, from: null, until: null },
      ...{ cron: '0 2 * * sun', zone: 'Europe/Riga', forMs: 120 * MINUTE },
      ...{ by: 'ana', reason: 'patches', declaredBy: 'api', nextAt: expect.stringMatching(/T(?:00|23):00:00.000Z$/) },
    })
    expect(await list('/maintenance')).toHaveLength(1)
    expect(await list('/silences')).toEqual([])
    expect((await act('GET', `/maintenance/${window.id}`)).status).toBe(200)
    expect((await act('DELETE', `/silences/${window.id}?by=ana`)).status).toBe(404)
    expect((await act('DELETE', `/maintenance/${window.id}?by=ana`)).status).toBe(204)
    expect(await list('/maintenance?state=all')).toEqual([])
  })

  it('comes once, also in months', async () => {
    const [from, until] = [instant(90 * DAY), instant(91 * DAY)]
    const { status, body } = await act('POST', '/maintenance', { ...hall, from, until })
    expect(status).toBe(201)
    expect(body).toMatchObject({ from, until, nextAt: from, cron: null })
    expect((await act('DELETE', `/maintenance/${(body as Item).id}?by=ana`)).status).toBe(204)
  })

  it.each([
    ['cron', { cron: '0 2 * *', for: '1h' }, '5 fields'],
    ['zone', { cron: '0 2 * * *', zone: 'Riga', for: '1h' }, 'an IANA zone'],
    ['zone', { zone: 'UTC', for: '1h' }, 'a cron beside it'],
    ['for', { cron: '0 2 * * *' }, 'how long it lasts'],
    ['for', { cron: '0 2 * * *', for: '10s' }, 'from 1m to 31d'],
    ['for', { cron: '* * * * *', for: '5m' }, 'a pause at least every 31d'],
    ['until', { cron: '0 2 * * *', for: '1h', until: '2026-12-24T09:00Z' }, 'nothing beside cron'],
    ['until', { until: '2099-12-24T09:00Z' }, 'at most 31d after now'],
    ['for', { from: '2099-12-24T09:00Z', for: '1h' }, 'at most 400d from now'],
    ['match', { match: {}, for: '1h' }, 'all: true'],
  ])('is refused for its %s in %j', async (path, says, expected) => {
    expectProblem(await act('POST', '/maintenance', { ...hall, ...says }), `body.${path}`, expected)
  })
})

describe('a snooze or a silence of an incident', () => {
  it.each([
    ['snooze', {}, 30 * MINUTE, (id: string) => ({ about: id })],
    ['snooze', { for: '24h', note: 'later' }, DAY, (id: string) => ({ about: id })],
    ['silence', {}, 60 * MINUTE, () => ({ names: ['pump-1'] })],
    ['silence', { for: '31d' }, 31 * DAY, () => ({ names: ['pump-1'] })],
  ] as const)('%s %j', async (deed, says, ms, match) => {
    const { id } = await bad('pump-1')
    const { status, body } = await act('POST', `/incidents/${id}/${deed}`, { by: 'ana', ...says })
    expect(status).toBe(201)
    const reason = 'note' in says ? says.note : ''
    expect(body).toMatchObject({ match: match(id), by: 'ana', reason, declaredBy: 'api', active: true })
    expect(lasts(body as Item)).toBe(ms)
    const what = (body as Item).id
    await expect.poll(async () => (await gateway.get(`/incidents/${id}`)).body).toMatchObject({ muted: { what } })
    await end(body as Item)
  })

  it('has bounds, and is of an incident that is open', async () => {
    const { id } = await bad('pump-2')
    for (const text of ['59s', '24h1s', 'x'])
      expectProblem(await act('POST', `/incidents/${id}/snooze`, { by: 'ana', for: text }), 'body.for', 'from 1m to 1d')
    for (const text of ['59s', '32d'])
      expectProblem(
        await act('POST', `/incidents/${id}/silence`, { by: 'ana', for: text }),
        'body.for',
        'from 1m to 31d',
      )
    expectProblem(await act('POST', `/incidents/${id}/snooze`, {}), 'body.by', '')
    expect((await act('POST', '/incidents/inc-1/snooze', { by: 'ana' })).status).toBe(404)
    const resolved = await act('POST', `/incidents/${id}/resolve`, { by: 'ana' })
    expect(resolved.body).toMatchObject({ resolvedBy: 'ana', muted: null })
    for (const deed of ['snooze', 'silence']) {
      const { status, body } = await act('POST', `/incidents/${id}/${deed}`, { by: 'ana' })
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'already' })])
    }
  })
})

describe('mutes and policies', () => {
  it('of policies show who is paged when', async () => {
    const { body } = await gateway.get('/policies')
    const hours = { window: '08:00-18:00', on: 'mon-fri', zone: 'Europe/Riga', outside: 'skip' }
    const [first, second] = [
      { afterMs: 0, page: ['ops'], severity: null, hours: null, repeat: null },
      {
        ...{ afterMs: 15 * MINUTE, page: ['ops'], severity: 'critical', hours },
        repeat: { everyMs: 10 * MINUTE, times: 2 },
      },
    ]
    const policy = { name: 'default', ackTimeoutMs: 20 * MINUTE, fallback: ['ops'], steps: [first, second] }
    expect(body).toEqual({ items: [policy], next: null })
  })

  it('answer as openapi.json describes', async () => {
    const made = await act('POST', '/silences', { ...hall, for: '1h' })
    const { paths } = (await gateway.get('/openapi.json')).body as { paths: Record<string, { get: Operation }> }
    for (const [path, template] of [
      ...['/silences', '/maintenance', '/policies', '/incidents'].map((same) => [same, same] as const),
      [`/silences/${(made.body as Item).id}`, '/silences/{id}'],
    ] as const) {
      const schema = paths[`/api/v1${template}`]?.get.responses['2XX'].content['application/json'].schema as object
      expect(Compile(schema).Errors((await gateway.get(path)).body)).toEqual([])
    }
    await end(made.body as Item)
  })
})

async function act(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
  const said = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${gateway.url}/api/v1${path}`, { method, headers, ...said })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function list(path: string): Promise<readonly Item[]> {
  return ((await gateway.get(path)).body as { items: Item[] }).items
}

async function end({ id }: Item): Promise<void> {
  expect((await act('DELETE', `/silences/${id}?by=ana`)).status).toBe(204)
}

/** Its open incident. */
async function bad(name: string): Promise<Item> {
  await fetch(`${gateway.url}/ping/${name}/fail`)
  return (await list('/incidents')).find(({ heartbeat }) => heartbeat === name) as Item
}

function lasts({ from, until }: Item): number {
  return Date.parse(until as string) - Date.parse(from as string)
}

/** So long from now. */
function instant(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}

function expectProblem({ status, body }: Answer, path: string, expected: string): void {
  expect(status).toBe(400)
  const problems = [expect.objectContaining({ path, expected: expect.stringContaining(expected) })]
  expect(body).toMatchObject({ code: 'bad-request', problems: expect.arrayContaining(problems) })
}
