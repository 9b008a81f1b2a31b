import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, GatewayProcess, TOKEN } from './process.ts'

type Item = Record<string, unknown> & { id: string; incidents: string[] }
type Operation = { responses: { '2XX': { content: { 'application/json': { schema: object } } } } }

/** Twelve of a hall under one policy, and twelve of no group under another: two storms. */
const pumps = Array.from({ length: 12 }, (_, n) => `pump-${n}`)
const loose = Array.from({ length: 12 }, (_, n) => `loose-${n}`)
const gateway = new GatewayProcess(`channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
policies: [{ name: default, steps: [{ page: [ops] }] }, { name: other, steps: [{ page: [ops] }] }]
heartbeats:
${pumps.map((name) => `  - { name: ${name}, every: 1h, group: hall-7 }`).join('\n')}
${loose.map((name) => `  - { name: ${name}, every: 1h, policy: other }`).join('\n')}
`)
let hall: Item
let wide: Item

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('storms', () => {
  it('are of those that go bad together under one policy', async () => {
    const newest = async () => (await list('/storms'))[0]
    for (const name of pumps) await fetch(`${gateway.url}/ping/${name}/fail`)
    await expect.poll(newest, { timeout: 10_000 }).toMatchObject({ policy: 'default', open: 12 })
    hall = (await newest()) as Item
    for (const name of loose) await fetch(`${gateway.url}/ping/${name}/fail`)
    await expect.poll(newest, { timeout: 10_000 }).toMatchObject({ policy: 'other' })
    wide = (await newest()) as Item
  })

  it('are shown with what they have in common, how many are part of them, and who was paged', async () => {
    const path = `/storms/${hall.id}`
    await expect.poll(async () => (await gateway.get(path)).body, { timeout: 10_000 }).toMatchObject({ pages: [{}] })
    const { status, body } = await gateway.get(path)
    expect(status).toBe(200)
    const storm = body as Item
    expect(storm).toEqual({
      id: expect.stringMatching(/^storm-/),
      ...{ scope: 'group hall-7', state: 'triggered', severity: 'critical', policy: 'default', size: 12 },
      explanation: expect.stringContaining('12 heartbeats of group hall-7 went bad'),
      openedAt: expect.stringMatching(/Z$/),
      seenAt: expect.stringMatching(/Z$/),
      ...{ recededAt: null, acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, resolvedBy: null },
      ...{ heartbeats: 12, open: 12 },
      names: expect.arrayContaining([expect.stringMatching(/^pump-/)]),
      incidents: expect.arrayContaining([expect.stringMatching(/^inc-/)]),
      muted: null,
      pages: [expect.objectContaining({ kind: 'storm.triggered', channel: 'ops', path: 'ops' })],
      timeline: expect.arrayContaining([expect.objectContaining({ type: 'storm.opened' })]),
    })
    expect(storm.incidents).toHaveLength(12)
    const member = (await gateway.get(`/incidents/${storm.incidents[0]}`)).body
    expect(member).toMatchObject({ muted: { by: 'storm', what: hall.id, until: null } })
  })

  it('are listed newest first', async () => {
    expect((await list('/storms')).map(({ id }) => id)).toEqual([wide.id, hall.id])
    expect(wide['scope']).not.toMatch(/^group/)
    expect((await gateway.get('/storms?state=over')).status).toBe(400)
  })

  it('answer as openapi.json describes', async () => {
    const { paths } = (await gateway.get('/openapi.json')).body as { paths: Record<string, { get: Operation }> }
    for (const [path, template] of [
      ['/storms', '/storms'],
      [`/storms/${hall.id}`, '/storms/{id}'],
    ] as const) {
      const schema = paths[`/api/v1${template}`]?.get.responses['2XX'].content['application/json'].schema as object
      expect(Compile(schema).Errors((await gateway.get(path)).body)).toEqual([])
    }
  })

  it('are snoozed alone, and silenced with their group where they have one', async () => {
    for (const [storm, deed, match] of [
      [hall, 'snooze', { about: hall.id }],
      [hall, 'silence', { groups: ['hall-7'] }],
      [wide, 'silence', { about: wide.id }],
    ] as const) {
      const { status, body } = await act(`/storms/${storm.id}/${deed}`, { by: 'ana', for: '2h' })
      expect(status).toBe(201)
      const silence = body as Item
      expect(silence).toMatchObject({ match, by: 'ana', active: true })
      const muted = { by: 'silence', what: silence.id, why: 'silenced by ana', until: silence['until'] }
      await expect.poll(async () => (await gateway.get(`/storms/${storm.id}`)).body).toMatchObject({ muted })
      expect((await act(`/silences/${silence.id}?by=ana`, undefined, 'DELETE')).status).toBe(204)
    }
  })

  it('have the bounds of an incident’s snooze and silence', async () => {
    const flaw = { path: 'body.for', expected: 'a duration from 1m to 1d', found: '"2d"' }
    const { status, body } = await act(`/storms/${hall.id}/snooze`, { by: 'ana', for: '2d' })
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'bad-request', problems: [flaw] })
    expect((await act(`/storms/${hall.id}/silence`, { by: 'ana', for: '32d' })).status).toBe(400)
  })

  it.each(['acknowledge', 'resolve', 'snooze', 'silence'])(
    '%s nothing but a storm, and no storm as an incident',
    async (deed) => {
      expect((await act(`/storms/storm-1/${deed}`, { by: 'ana' })).status).toBe(404)
      expect((await act(`/storms/${hall.incidents[0]}/${deed}`, { by: 'ana' })).status).toBe(404)
      expect((await act(`/incidents/${hall.id}/${deed}`, { by: 'ana' })).status).toBe(404)
      expect((await act(`/storms/${hall.id}/${deed}`, {})).status).toBe(400)
      expect((await gateway.get('/storms/storm-1')).status).toBe(404)
    },
  )

  it('are acknowledged once, and resolved once', async () => {
    const acknowledged = await act(`/storms/${hall.id}/acknowledge`, { by: 'ana', note: 'the switch' })
    expect(acknowledged.status).toBe(200)
    expect(acknowledged.body).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ana' })
    expect((acknowledged.body as Item)['acknowledgedAt']).not.toBeNull()
    expect((await act(`/storms/${hall.id}/acknowledge`, { by: 'ben' })).status).toBe(409)
    const resolved = await act(`/storms/${hall.id}/resolve`, { by: 'ben' })
    expect(resolved.status).toBe(200)
    expect(resolved.body).toMatchObject({ state: 'resolved', resolvedBy: 'ben', acknowledgedBy: 'ana' })
    for (const deed of ['acknowledge', 'resolve', 'snooze', 'silence'])
      expect((await act(`/storms/${hall.id}/${deed}`, { by: 'ana' })).body).toMatchObject({ code: 'already' })
    expect((await list('/storms')).map(({ id }) => id)).not.toContain(hall.id)
    expect((await list('/storms?state=all')).map(({ id }) => id)).toContain(hall.id)
  })
})

async function act(path: string, body: object | undefined, method = 'POST'): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
  const said = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${gateway.url}/api/v1${path}`, { method, headers, ...said })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function list(path: string): Promise<readonly Item[]> {
  return ((await gateway.get(path)).body as { items: Item[] }).items
}
