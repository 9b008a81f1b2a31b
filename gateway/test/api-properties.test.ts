import { type IncomingMessage, request } from 'node:http'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Document, Operation } from '../src/adapters/http-openapi.ts'
import { HOSTILE, type Schema, segment, valuesOf } from './api-arbitraries.ts'
import { GatewayProcess, TOKEN } from './process.ts'

type Call = { readonly method: string; readonly path: string; readonly operation: Operation }
type Reply = { readonly status: number; readonly type: string; readonly text: string; readonly headers: Headers }
type Validator = ReturnType<typeof Compile>

const gateway = new GatewayProcess(`channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ana, page: [ops] }]
oncall: [{ name: primary, zone: UTC, layers: [{ rotate: [ana], every: week, handoff: "mon 09:00" }] }]
policies: [{ name: default, steps: [{ page: [primary] }] }]
heartbeats:
  - { name: of-file, every: 1h, group: vault }
`)
const SCOPES = ['read', 'write', 'admin']
/** Its answer does not end; and what would sign the test out or lock it out. */
const APART = ['GET /api/v1/events', 'POST /session', 'DELETE /session', 'POST /sign-in']
let calls: readonly Call[] = []
let document: Document
const tokens: Record<string, string> = {}
const known: Record<string, string[]> = {}

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  document = (await gateway.get('/openapi.json')).body as Document
  calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  await say('PUT', '/api/v1/heartbeats/made-1', { every: '1h' })
  for (const path of ['of-file/fail', 'made-1?msg=x', 'made-1/3'])
    await fetch(`${gateway.url}/ping/${path}`, {
      method: 'POST',
      body: '<script>',
      headers: { 'user-agent': HOSTILE[14] as string },
    })
  const made = await say('POST', '/api/v1/silences', { match: { names: ['zz'] }, for: '1h', by: 'ana' })
  const drill = await say('POST', '/api/v1/heartbeats/made-1/drill', { by: 'ana' })
  for (const scope of SCOPES)
    tokens[scope] = JSON.parse((await say('POST', '/api/v1/tokens', { name: scope, scope })).text).token
  const incidents = JSON.parse((await say('GET', '/api/v1/incidents')).text).items as { id: string }[]
  known['heartbeats'] = ['of-file', 'made-1']
  known['oncall'] = ['primary']
  known['channels'] = ['ops']
  known['silences'] = [JSON.parse(made.text).id]
  known['drills'] = [JSON.parse(drill.text).drill ?? JSON.parse(drill.text).id]
  known['incidents'] = incidents.map(({ id }) => id)
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('every call of the document', () => {
  it('asks for a token, and for one that reaches far enough', async () => {
    for (const [number, { method, path, operation }] of calls.entries()) {
      const needed = operation['x-scope']
      const place = path.replaceAll(/\{\w+\}/g, 'x')
      const statusOf = async (token: string | undefined) => (await ask(method, place, undefined, token)).status
      if (needed === null) continue
      expect([method, path, await statusOfStranger(method, place, number)]).toEqual([method, path, 401])
      for (const scope of SCOPES.slice(0, SCOPES.indexOf(needed))) {
        const { status, text } = await ask(method, place, undefined, tokens[scope])
        expect([method, path, scope, status, JSON.parse(text).code]).toEqual([method, path, scope, 403, 'forbidden'])
      }
      if (APART.includes(`${method} ${path}`)) continue
      expect([401, 403]).not.toContain(await statusOf(tokens[needed]))
    }
  })

  it('takes no session’s word that no page of the gateway brings', async () => {
    const signedIn = await fetch(`${gateway.url}/session`, {
      method: 'POST',
      body: JSON.stringify({ token: TOKEN }),
      headers: { 'content-type': 'application/json' },
    })
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] as string
    for (const { method, path, operation } of calls) {
      if (operation['x-scope'] === null || method === 'GET') continue
      const place = path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await fetch(`${gateway.url}${place}`, {
        method,
        headers: { cookie, 'sec-fetch-site': 'same-origin' },
      })
      expect([method, path, ((await answer.json()) as { code: string }).code]).toEqual([method, path, 'cross-site'])
    }
  })

  it('answers what it says, or why not, whatever is asked', { timeout: 240_000 }, async () => {
    const refusal = problemValidator()
    const validators = new Map<Call, Validator>()
    for (const call of calls.filter(({ method, path }) => !APART.includes(`${method} ${path}`))) {
      const schema = schemaOf(call.operation)
      if (schema !== undefined) validators.set(call, Compile(schema as never))
      await fc.assert(
        fc.asyncProperty(requestOf(call), async ({ place, body }) => {
          const answer = await ask(call.method, place, body, TOKEN)
          expectSound(call, answer, validators.get(call), refusal)
        }),
        { numRuns: RUNS },
      )
    }
  })

  it('stands hostile headers, types and bodies that are no JSON', async () => {
    const refusal = problemValidator()
    for (const call of calls.filter(({ method, path }) => method !== 'GET' && !APART.includes(`${method} ${path}`))) {
      const place = call.path.replaceAll(/\{\w+\}/g, 'nobody')
      for (const [type, body] of [
        ['application/json', '{"by":'],
        ['application/json', '{"__proto__":{"by":"x"},"by":"ana"}'],
        ['application/json', `[${'['.repeat(5_000)}`],
        ['application/json', '"\\ud800"'],
        ['text/plain', 'by=ana'],
        ['application/x-www-form-urlencoded', 'by=ana'],
        ['multipart/form-data; boundary=x', '--x--'],
        ['application/json; charset=utf-16', '{"by":"ana"}'],
      ] as const) {
        const headers = {
          authorization: `Bearer ${TOKEN}`,
          'content-type': type,
          'user-agent': '<script>alert(1)</script>\u00e9',
        }
        const answer = await read(await fetch(`${gateway.url}${place}`, { method: call.method, headers, body }))
        expectSound(call, answer, undefined, refusal)
      }
    }
  })

  it('left no fault in the log', () => {
    expect(gateway.output).not.toContain('api.failed')
  })
})

describe('the page of the API', () => {
  it('names every call, and asks nothing of anybody else', async () => {
    const { text, headers, status } = await ask('GET', '/docs/api', undefined, undefined)
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    for (const { path } of calls) expect(text).toContain(path)
    expect(
      [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, to]) => to as string).filter((to) => !/^[/#]/.test(to)),
    ).toEqual([])
    expect(text).not.toMatch(/<script|<style| style=| on\w+=/)
    expect((await ask('GET', '/docs/api.css', undefined, undefined)).type).toContain('text/css')
  })
})

const RUNS = 12

function expectSound(call: Call, { status, type, text }: Reply, fits: Validator | undefined, refusal: Validator): void {
  const place = `${call.method} ${call.path}`
  expect(status, `${place}: ${text.slice(0, 300)}`).toBeLessThan(500)
  if (status >= 400) {
    expect([place, type]).toEqual([place, 'application/problem+json; charset=utf-8'])
    expect([place, refusal.Errors(JSON.parse(text))]).toEqual([place, []])
  } else if (fits !== undefined) expect([place, fits.Errors(JSON.parse(text))]).toEqual([place, []])
}

function requestOf({
  path,
  operation,
  method,
}: Call): fc.Arbitrary<{ readonly place: string; readonly body: unknown }> {
  const inPath = [...path.matchAll(/([\w-]+)\/\{(\w+)\}/g)].map(([, of]) => segment(known[of as string] ?? ['1']))
  const query = operation.parameters.filter((parameter) => parameter.in === 'query')
  const asked = fc.tuple(
    ...query.map(({ name, schema, required }) =>
      fc.tuple(fc.constant(name), required ? valuesOf(schema) : fc.option(valuesOf(schema), { nil: undefined })),
    ),
  )
  const schema = operation.requestBody?.content['application/json']?.schema as Schema | undefined
  const body = schema === undefined || method === 'GET' ? fc.constant(undefined) : valuesOf(schema)
  return fc.tuple(fc.tuple(...inPath), asked, body).map(([segments, pairs, said]) => {
    let place = 0
    const filled = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(segments[place++] as string))
    const search = pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encoded(value)}`]))
    return { place: search.length === 0 ? filled : `${filled}?${search.join('&')}`, body: said }
  })
}

function encoded(value: unknown): string {
  return encodeURIComponent(String(typeof value === 'object' ? JSON.stringify(value) : value).toWellFormed())
}

function schemaOf({ responses }: Operation): object | undefined {
  const { content } = responses['2XX'] as { content?: Record<string, { schema: object }> }
  return content?.['application/json']?.schema
}

function problemValidator(): Validator {
  return Compile((document.components as { schemas: { Problem: never } }).schemas.Problem)
}

function say(method: string, path: string, body?: object): Promise<Reply> {
  return ask(method, path, body, TOKEN)
}

async function ask(method: string, path: string, body: unknown, token: string | undefined): Promise<Reply> {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  return read(
    await fetch(`${gateway.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
}

/** So many failures from one address would be too many: forty calls come from each. */
function statusOfStranger(method: string, place: string, number: number): Promise<number | undefined> {
  const localAddress = `127.0.0.${2 + Math.floor(number / 40)}`
  return new Promise((resolve, reject) => {
    const answered = (answer: IncomingMessage) => resolve(answer.resume().statusCode)
    request(`${gateway.url}${place}`, { method, localAddress }, answered).on('error', reject).end()
  })
}

async function read(answer: Response): Promise<Reply> {
  const { status, headers } = answer
  return { status, headers, type: headers.get('content-type') ?? '', text: await answer.text() }
}
