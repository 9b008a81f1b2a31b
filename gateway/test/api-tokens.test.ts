import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

type Item = Record<string, unknown> & { id: string; token: string }
type Said = { readonly status: number; readonly body: Item & { items: Item[] }; readonly headers: Headers }

const gateway = new GatewayProcess('heartbeats: [{ name: of-file, every: 1h }]\n')

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('tokens', () => {
  it('are made with a name, a scope and an end, shown once, and listed without what they are', async () => {
    const { status, body } = await act('POST', '/tokens', { name: 'Console of ana', scope: 'read', for: '30d' })
    expect(status).toBe(201)
    expect(body).toEqual({
      ...{ id: expect.stringMatching(/^token-[\w-]{12}$/), token: expect.stringMatching(/^ovd_[\w-]{43}$/) },
      ...{ name: 'Console of ana', scope: 'read', last4: body.token.slice(-4), madeBy: 'admin', expired: false },
      ...{ madeAt: expect.stringMatching(/Z$/), expiresAt: expect.stringMatching(/Z$/) },
      ...{ lastUsedAt: null, previousUntil: null },
    })
    expect(lasts(body, 'madeAt', 'expiresAt')).toBeCloseTo(30 * 86_400_000, -4)
    await act('GET', '/heartbeats', undefined, body.token)
    const { token: _, ...shown } = body
    expect((await act('GET', '/tokens')).body.items).toContainEqual({ ...shown, lastUsedAt: expect.any(String) })
  })

  it('are held to their scope by every route, and say which is needed', async () => {
    const { token } = (await act('POST', '/tokens', { name: 'reader', scope: 'read' })).body
    expect((await act('GET', '/heartbeats', undefined, token)).status).toBe(200)
    const refused = await act('PUT', '/heartbeats/new', { every: '1h' }, token)
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        ...{ type: 'about:blank', status: 403, code: 'forbidden', title: expect.any(String) },
        problems: [{ path: 'token', expected: 'one with the scope write', found: 'one with the scope read' }],
      },
    ])
    expect((await act('GET', '/tokens', undefined, token)).status).toBe(403)
    expect((await act('GET', '/heartbeats', undefined, 'ovd_x')).status).toBe(401)
  })

  it('show the keys of a heartbeat to those only who may manage it', async () => {
    const [reader, writer] = await Promise.all(
      (['read', 'write'] as const).map(
        async (scope) => (await act('POST', '/tokens', { name: scope, scope })).body.token,
      ),
    )
    const shown = async (token: string | undefined) => (await act('GET', '/heartbeats/of-file', undefined, token)).body
    expect(await shown(reader)).toMatchObject({ key: null, uuid: null })
    expect(await shown(writer)).toMatchObject({ key: expect.any(String), uuid: expect.any(String) })
  })

  it('are rotated, the one before being good for as long as is said, and revoked', async () => {
    const made = (await act('POST', '/tokens', { name: 'ci', scope: 'write' })).body
    const rotated = await act('POST', `/tokens/${made.id}/rotate`, { overlap: '1h' })
    expect(rotated).toMatchObject({ status: 200, body: { id: made.id, name: 'ci', scope: 'write' } })
    for (const token of [made.token, rotated.body.token])
      expect((await act('GET', '/heartbeats', undefined, token)).status).toBe(200)
    const last = (await act('POST', `/tokens/${made.id}/rotate`, { overlap: '0s' })).body
    expect(last['previousUntil']).toBeNull()
    for (const token of [made.token, rotated.body.token])
      expect((await act('GET', '/heartbeats', undefined, token)).status).toBe(401)
    expect((await act('DELETE', `/tokens/${made.id}`)).status).toBe(204)
    expect((await act('GET', '/heartbeats', undefined, last.token)).status).toBe(401)
    for (const [method, path] of [
      ['DELETE', `/tokens/${made.id}`],
      ['POST', `/tokens/${made.id}/rotate`],
    ] as const)
      expect((await act(method, path, method === 'POST' ? {} : undefined)).status).toBe(404)
  })

  it.each([
    ['body.name', { name: '', scope: 'read' }],
    ['body.scope', { name: 'x', scope: 'root' }],
    ['body.for', { name: 'x', scope: 'read', for: '1s' }],
    ['body.until', { name: 'x', scope: 'read', until: '2020-01-01T00:00:00Z' }],
    ['body.until', { name: 'x', scope: 'read', until: '2999-01-01T00:00:00Z', for: '1d' }],
    ['body.digest', { name: 'x', scope: 'read', digest: 'x' }],
  ])('are refused for their %s in %j', async (path, body) => {
    const refused = await act('POST', '/tokens', body)
    expect(refused.status).toBe(400)
    expect(refused.body['problems']).toEqual([expect.objectContaining({ path })])
  })

  it('survive a kill -9, made, rotated and revoked', async () => {
    const [kept, gone] = await Promise.all(
      ['kept', 'gone'].map(async (name) => (await act('POST', '/tokens', { name, scope: 'read' })).body),
    )
    const rotated = (await act('POST', `/tokens/${kept?.id}/rotate`, { overlap: '1d' })).body
    await act('DELETE', `/tokens/${gone?.id}`)
    const session = await signIn({ token: rotated.token })
    await gateway.end('SIGKILL')
    await gateway.start({ OVERDUE_MQTT: 'off' })
    const statuses = [kept, rotated, gone].map(
      async (item) => (await act('GET', '/heartbeats', undefined, item?.token)).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 200, 401])
    expect((await ask('/session', { headers: { cookie: session.cookie } })).status).toBe(200)
    expect(gateway.output).not.toContain('ovd_')
  })
})

describe('a session', () => {
  it('is opened with a token, acts for it, and ends', async () => {
    const { token, id } = (await act('POST', '/tokens', { name: 'ana', scope: 'write' })).body
    const { status, cookie, body, set } = await signIn({ token })
    expect(status).toBe(201)
    expect(set).toMatch(/^__Host-sid=[\w-]+; Secure; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604\d{3}$/)
    expect(body).toEqual({
      token: id,
      name: 'ana',
      scope: 'write',
      csrf: expect.any(String),
      expiresAt: expect.any(String),
    })
    const headers = { cookie, 'x-csrf-token': body['csrf'] as string, 'sec-fetch-site': 'same-origin' }
    expect((await ask('/session', { headers: { cookie } })).body).toEqual(body)
    const json = { 'content-type': 'application/json' }
    const put = (more: object) =>
      ask('/api/v1/heartbeats/by-session', {
        method: 'PUT',
        body: '{"every":"1h"}',
        headers: { cookie, ...json, ...more },
      })
    expect((await put({})).body).toMatchObject({ status: 403, code: 'cross-site' })
    expect((await put(headers)).status).toBe(201)
    const out = await ask('/session', { method: 'DELETE', headers })
    expect([out.status, out.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringMatching(/^__Host-sid=; .*Max-Age=0$/),
    ])
    expect((await ask('/session', { headers: { cookie } })).status).toBe(401)
  })

  it('is opened by a form, and leads on to a page of the gateway alone', async () => {
    const form = async (fields: Record<string, string>, more: object = {}) => {
      const body = new URLSearchParams(fields)
      const { status, headers } = await ask('/sign-in', {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: { ...more },
      })
      return [status, headers.get('location'), (headers.get('set-cookie') ?? '').split('=')[0]]
    }
    expect(await form({ token: TOKEN, next: '/heartbeats/a%2Fb?x=1' })).toEqual([
      303,
      '/heartbeats/a%2Fb?x=1',
      '__Host-sid',
    ])
    for (const next of ['//elsewhere', '/\\elsewhere', 'https://elsewhere', '', '/a\r\nb', '/\tb'])
      expect(await form({ token: TOKEN, next })).toEqual([303, '/', '__Host-sid'])
    expect(await form({ token: 'wrong', next: '/x' })).toEqual([303, '/sign-in?next=%2Fx&why=unauthorized', ''])
    expect(await form({ token: TOKEN }, { origin: 'http://elsewhere' })).toEqual([
      303,
      '/sign-in?next=%2F&why=cross-site',
      '',
    ])
  })

  it('that replaces another ends it', async () => {
    const first = await signIn({ token: TOKEN })
    const second = await signIn({ token: TOKEN }, { cookie: first.cookie })
    expect(second.cookie).not.toBe(first.cookie)
    expect((await ask('/session', { headers: { cookie: first.cookie } })).status).toBe(401)
    expect((await ask('/session', { headers: { cookie: second.cookie } })).status).toBe(200)
  })

  it('is not tried too often', async () => {
    let status = 0
    for (let n = 0; n < 20 && status !== 429; n++) ({ status } = await signIn({ token: `guess ${n}` }))
    expect(status).toBe(429)
    expect((await signIn({ token: TOKEN })).status).toBe(429)
  })
})

async function signIn(body: object, more: Readonly<Record<string, string>> = {}) {
  const headers = { 'content-type': 'application/json', ...more }
  const said = await ask('/session', { method: 'POST', body: JSON.stringify(body), headers })
  const set = said.headers.get('set-cookie') ?? ''
  return { ...said, set, cookie: set.split(';', 1)[0] as string }
}

async function ask(path: string, init: RequestInit = {}): Promise<Said> {
  const answer = await fetch(`${gateway.url}${path}`, init)
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers }
}

function act(method: string, path: string, body?: object, token = TOKEN): Promise<Said> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  return ask(`/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}

function lasts(item: Item, from: string, until: string): number {
  return Date.parse(item[until] as string) - Date.parse(item[from] as string)
}
