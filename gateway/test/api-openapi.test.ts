import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

type Operation = {
  summary: string
  parameters: { name: string; in: string }[]
  requestBody?: { content: { 'application/json': { schema: object } } }
  responses: { '2XX': { content?: { 'application/json': { schema: object } } } }
  security: object[]
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: { Problem: object } }
}

const gateway = new GatewayProcess(`heartbeats:
  - { name: full, every: 1h, owner: ana, tags: [db], group: vault, description: Dumps }
  - { name: calm, schedule: none }
`)
let document: Document

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  document = (await gateway.get('/openapi.json')).body as Document
  await fetch(`${gateway.url}/ping/full?m.rows=120&rid=3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11`, {
    method: 'POST',
    body: 'x',
  })
  await fetch(`${gateway.url}/ping/full/3`)
  await fetch(`${gateway.url}/ping/calm/fail`)
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('the OpenAPI document', () => {
  it('names every call, and what each needs', () => {
    expect(document.openapi).toBe('3.1.0')
    const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(calls).toContain('PUT /api/v1/heartbeats/{name}')
    expect(calls).toContain('GET /api/v1/heartbeats/{name}/signals/{seq}/body')
    const list = operationOf('get', '/heartbeats')
    expect(list.parameters.map(({ name }) => name)).toEqual([
      ...['verdict', 'tag', 'group', 'owner', 'q', 'seen', 'order', 'limit', 'after'],
    ])
    expect(list.security).toEqual([{ token: ['read'] }, { session: ['read'] }])
    expect(document.paths['/healthz']?.['get']?.security).toEqual([])
  })

  it.each([
    ['/heartbeats', '/heartbeats'],
    ['/heartbeats/full', '/heartbeats/{name}'],
    ['/heartbeats/calm', '/heartbeats/{name}'],
    ['/heartbeats/full/signals', '/heartbeats/{name}/signals'],
    ['/incidents', '/incidents'],
  ])('describes what %s answers', async (path, template) => {
    const { body } = await gateway.get(path)
    expectFit(operationOf('get', template).responses['2XX'].content?.['application/json'].schema, body)
  })

  it('describes one incident, open and resolved', async () => {
    const { items } = (await gateway.get('/incidents')).body as { items: { id: string }[] }
    const schema = operationOf('get', '/incidents/{id}').responses['2XX'].content?.['application/json'].schema
    for (const { id } of items) {
      expectFit(schema, (await gateway.get(`/incidents/${id}`)).body)
      expectFit(schema, await (await act(`/incidents/${id}/resolve`, 'POST', { by: 'ana', note: 'done' })).json())
    }
    expect(items).toHaveLength(2)
  })

  it('describes what a heartbeat is put with', async () => {
    const said = { cron: '0 3 * * *', zone: 'UTC', grace: '5m', tags: ['a'], slow: 'off', will: 'down' }
    expectFit(operationOf('put', '/heartbeats/{name}').requestBody?.content['application/json'].schema, said)
    expect((await act('/heartbeats/put', 'PUT', said)).status).toBe(201)
  })

  it('describes how the API says no', async () => {
    expectFit(document.components.schemas.Problem, (await gateway.get('/heartbeats?limit=0')).body)
    expectFit(document.components.schemas.Problem, (await gateway.get('/nothing')).body)
  })
})

function operationOf(method: string, path: string): Operation {
  return document.paths[`/api/v1${path}`]?.[method] as Operation
}

function expectFit(schema: object | undefined, value: unknown): void {
  expect(schema).toBeDefined()
  expect(Compile(schema as object).Errors(value)).toEqual([])
}

function act(path: string, method: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  return fetch(`${gateway.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
}
