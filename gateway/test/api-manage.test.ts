import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../src/cli/check.ts'
import { run as runCommand } from '../src/cli/shell.stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

type Said = {
  readonly status: number
  readonly body: Record<string, unknown> & { id: string; items: Record<string, unknown>[] }
  readonly text: string
}

const FILE = `# the file of a test
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ana, page: [ops] }, { name: ben, page: [ops] }]
oncall: [{ name: primary, zone: UTC, layers: [{ rotate: [ana], every: week, handoff: "mon 09:00" }] }]
policies: [{ name: default, steps: [{ page: [primary] }] }]
signals: { open: true }
heartbeats:
  - { name: of-file, every: 1h }
  - { name: keyed, every: 1h, key: "fqOOd6-F4MMNuCEnzTU01w" }
`
const gateway = new GatewayProcess(FILE)
const HOUR = 3_600_000
const at = (ms: number) => new Date(Math.ceil(Date.now() / 1000) * 1000 + ms).toISOString()

beforeAll(() => gateway.start())
afterAll(() => gateway[Symbol.asyncDispose]())

describe('an override', () => {
  it('puts somebody else on call, survives a kill -9, and ends', async () => {
    const said = { who: 'ben', from: at(-HOUR), to: at(HOUR), by: 'ana' }
    const made = await act('POST', '/oncall/primary/overrides', said)
    expect([made.status, made.body]).toEqual([
      ...[201, { id: expect.stringMatching(/^override-/), ...said, declaredBy: 'api' }],
    ])
    expect((await act('GET', '/oncall/primary')).body).toMatchObject({ onCall: 'ben', by: 'override', until: said.to })
    await gateway.end('SIGKILL')
    await gateway.start()
    expect((await act('GET', '/oncall')).body.items[0]).toMatchObject({ name: 'primary', onCall: 'ben' })
    expect((await act('GET', '/oncall/primary/overrides')).body.items).toEqual([made.body])
    const drill = (await act('POST', '/heartbeats/of-file/drill', { by: 'ana' })).body
    expect(JSON.stringify(drill)).toContain('primary › ben › ops')
    expect((await act('DELETE', `/oncall/primary/overrides/${made.body.id}?by=ana`)).status).toBe(204)
    expect((await act('GET', '/oncall/primary')).body).toMatchObject({ onCall: 'ana', by: 'layer' })
    expect((await act('DELETE', `/oncall/primary/overrides/${made.body.id}?by=ana`)).status).toBe(404)
  })

  it.each([
    ['who', { who: 'nobody' }],
    ['from', { from: 'soon' }],
    ['to', { to: 'later' }],
    ['to', { to: at(-2 * HOUR) }],
    ['to', { from: at(-3 * HOUR), to: at(-2 * HOUR) }],
    ['to', { to: at(500 * 24 * HOUR) }],
  ])('is refused for its %s in %j', async (path, more) => {
    const said = { who: 'ben', from: at(-HOUR), to: at(HOUR), by: 'ana', ...more }
    const { status, body } = await act('POST', '/oncall/primary/overrides', said)
    expect([status, body['problems']]).toEqual([400, [expect.objectContaining({ path: `body.${path}` })]])
  })

  it('is of a schedule that there is', async () => {
    for (const [method, path, body] of [
      ['GET', '/oncall/other/overrides', undefined],
      ['POST', '/oncall/other/overrides', { who: 'ben', from: at(0), to: at(HOUR), by: 'ana' }],
      ['DELETE', '/oncall/primary/overrides/override-1?by=ana', undefined],
    ] as const)
      expect((await act(method, path, body)).status).toBe(404)
  })
})

describe('the key of a heartbeat', () => {
  it('is rotated, the one before being good for as long as is said', async () => {
    const { key: first } = (await act('GET', '/heartbeats/of-file')).body
    const rotated = await act('POST', '/heartbeats/of-file/rotate-key', { by: 'ana', overlap: '1h' })
    expect(rotated.status).toBe(200)
    const { key: second, previousKeyUntil } = rotated.body
    expect(second).not.toBe(first)
    expect(Date.parse(previousKeyUntil as string) - Date.now()).toBeGreaterThan(HOUR - 60_000)
    for (const key of [first, second]) expect(await ping(key)).toBe(200)
    const { key: third } = (await act('POST', '/heartbeats/of-file/rotate-key', { by: 'ana', overlap: '0s' })).body
    await gateway.end('SIGKILL')
    await gateway.start()
    expect(await Promise.all([first, second, third].map(ping))).toEqual([404, 404, 200])
    expect((await act('GET', '/heartbeats/of-file')).body['key']).toBe(third)
  })

  it('that the file gives is changed there', async () => {
    expect((await act('POST', '/heartbeats/keyed/rotate-key', { by: 'ana' })).body).toMatchObject({
      code: 'declared-by-file',
    })
    expect((await act('POST', '/heartbeats/nobody/rotate-key', { by: 'ana' })).status).toBe(404)
    expect((await act('POST', '/heartbeats/of-file/rotate-key', { by: 'ana', overlap: '99d' })).status).toBe(400)
  })
})

describe('what comes by itself', () => {
  it('is a newcomer until somebody adopts it', async () => {
    const client = connect(`mqtt://127.0.0.1:${gateway.mqttPort}`, { reconnectPeriod: 0 })
    await new Promise((resolve) => client.once('connect', resolve))
    await client.publishAsync('hb/new-device', '', { qos: 1 })
    await client.endAsync()
    const { items } = (await act('GET', '/newcomers')).body
    const heard = { firstAt: expect.any(String), lastAt: expect.any(String), signals: 1 }
    expect(items).toEqual([{ name: 'new-device', ...heard, terms: null }])
    expect((await act('PUT', '/heartbeats/new-device', { every: '5m' })).status).toBe(201)
    expect((await act('GET', '/newcomers')).body.items).toEqual([])
  })

  it('is blind while it is down', async () => {
    const { items } = (await act('GET', '/blind')).body
    expect(items).toContainEqual({
      ...{ from: expect.any(String), to: expect.any(String), cause: 'restart', source: 'gateway', unverified: 0 },
    })
  })
})

describe('a strip', () => {
  it('shows how the last arrivals went, oldest first, and what came since', async () => {
    await act('PUT', '/heartbeats/striped', { every: '1h' })
    for (const path of ['striped', 'striped/fail', 'striped', 'striped/start?rid=3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11'])
      await ping(path)
    expect((await act('GET', '/heartbeats/striped/strip')).body).toEqual({
      ...{ name: 'striped', marks: ['ok', 'failed', 'ok', 'running'] },
    })
    await ping('striped?rid=3b3bbd34-3a0e-4d9a-8a4f-0e5c6f0f7a11')
    const { items } = (await act('GET', '/strips?names=of-file,striped,nobody,striped')).body
    expect(items.map(({ name }) => name)).toEqual(['of-file', 'striped'])
    expect(items[1]?.['marks']).toEqual(['ok', 'failed', 'ok', 'ok'])
    for (let n = 0; n < 60; n++) await ping('striped')
    expect((await act('GET', '/heartbeats/striped/strip')).body['marks']).toEqual(new Array(50).fill('ok'))
    expect((await act('GET', '/heartbeats/nobody/strip')).status).toBe(404)
  })
})

describe('an export', () => {
  it('is the file and what was made besides, and passes overdue check', async () => {
    await act('PUT', '/heartbeats/made%2Fhere', {
      cron: '0 3 * * *',
      zone: 'Europe/Riga',
      tags: ['a b', 'c'],
      owner: 'ana: "x"',
    })
    await act('POST', '/silences', { match: { names: ['x*'] }, for: '1h', by: 'ana' })
    await act('POST', '/oncall/primary/overrides', { who: 'ben', from: at(0), to: at(HOUR), by: 'ana' })
    const { status, text } = await act('GET', '/export')
    expect(status).toBe(200)
    expect(text).toContain('# the file of a test\n')
    expect(text).toContain('  - { name: of-file, every: 1h }\n')
    expect(text).toContain('who: ben')
    const path = join(gateway.folder, 'exported.yaml')
    writeFileSync(path, text)
    const { code, lines } = await runCommand(check, [path], { readFile: (file) => readFileSync(file, 'utf8') })
    expect([code, lines]).toEqual([0, [expect.stringContaining('5 heartbeats')]])
  })

  it('is for admins, since the file may hold secrets', async () => {
    const { token } = (await act('POST', '/tokens', { name: 'w', scope: 'write' })).body
    expect((await act('GET', '/export', undefined, token as string)).status).toBe(403)
  })

  it('says what is wrong with a file that was broken meanwhile', async () => {
    writeFileSync(join(gateway.folder, 'overdue.yaml'), `${FILE}\n  : [`)
    expect((await act('GET', '/export')).body).toMatchObject({ status: 409, code: 'file-broken' })
  })
})

async function ping(path: unknown): Promise<number> {
  return (await fetch(`${gateway.url}/ping/${path}`)).status
}

async function act(method: string, path: string, body?: object, token = TOKEN): Promise<Said> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} }
}
