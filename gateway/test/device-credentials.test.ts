// Tokens of devices against a gateway in a process of its own, told by Debian's mosquitto clients and curl.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

type Said = { readonly status: number; readonly body: Record<string, unknown> & { token: string; id: string } }
type Denied = { readonly device: string; readonly topic: string; readonly reason: string; readonly count: number }

const run = promisify(execFile)
const CONFIG = `signals: { open: false }
heartbeats:
  - { name: pump-17, every: 1h }
  - { name: pump-17/battery, every: 1h }
  - { name: pump-18, every: 1h }
`
const gateway = new GatewayProcess(CONFIG)

beforeAll(() => gateway.start(), 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

describe('a device with a token of its own', () => {
  it('is heard under its own name over MQTT, and nobody else is', async () => {
    const { status, body } = await act('POST', '/devices', { device: 'pump-17', for: '30d' })
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        ...{ device: 'pump-17', state: 'good', madeBy: 'admin', heartbeats: 2, connected: null, denied: null },
        ...{ token: expect.stringMatching(/^dev_[\w-]{22}$/), last4: body.token.slice(-4), lastUsedAt: null },
      }),
    ])
    expect(await publish('pump-17', body.token, 'hb/pump-17')).toBe(0)
    expect(await publish('pump-17', body.token, 'hb/pump-17/battery')).toBe(0)
    expect(await signalsOf('pump-17')).toBe(1)
    expect(await publish('pump-17', `${body.token.slice(0, -1)}x`, 'hb/pump-17')).toBe(REFUSED)
    expect(await publish('pump-18', body.token, 'hb/pump-18')).toBe(REFUSED)
    expect(await publish('', '', 'hb/pump-17')).toBe(REFUSED)
    const { body: shown } = await act('GET', '/devices/pump-17')
    expect(shown).toMatchObject({ lastUsedAt: expect.stringMatching(/Z$/), lastUsedOver: 'mqtt' })
    expect(shown.token).toBeUndefined()
  })

  it('is let in again by the key of a heartbeat of its own, as before', async () => {
    const { body } = await act('GET', '/heartbeats/pump-17%2Fbattery')
    expect(await publish('pump-17', body['key'] as string, 'hb/pump-17')).toBe(0)
    expect(await publish('pump-18', body['key'] as string, 'hb/pump-18')).toBe(REFUSED)
  })

  it('is made once, until it is revoked', async () => {
    expect((await act('POST', '/devices', { device: 'pump-17' })).status).toBe(409)
    for (const device of ['pump/17', 'pump 17', '+', '#', '$SYS', '-x', 'ü', '\u0000', "x'; DROP"])
      expect([device, (await act('POST', '/devices', { device })).status]).toEqual([device, 400])
  })

  it('has two that are good while it is rotated, and never three', async () => {
    const first = (await act('POST', '/devices', { device: 'rotated' })).body.token
    const second = (await act('POST', '/devices/rotated/rotate', { overlap: '1h' })).body.token
    expect([await publish('rotated', first), await publish('rotated', second)]).toEqual([0, 0])
    const third = (await act('POST', '/devices/rotated/rotate', {})).body.token
    expect([await publish('rotated', first), await publish('rotated', second)]).toEqual([REFUSED, 0])
    const last = (await act('POST', '/devices/rotated/rotate', { overlap: '0s' })).body
    expect([await publish('rotated', third), await publish('rotated', last.token)]).toEqual([REFUSED, 0])
    expect(last['previousUntil']).toBeNull()
  })

  it('loses its connection when it is revoked, and what it says then is not heard', async () => {
    const { token } = (await act('POST', '/devices', { device: 'stolen' })).body
    const { token: other } = (await act('POST', '/devices', { device: 'honest' })).body
    const [listener, bystander] = [await listen('stolen', token), await listen('honest', other)]
    const left = once(listener, 'exit')
    expect((await act('DELETE', '/devices/stolen')).status).toBe(204)
    await left
    expect(await publish('stolen', token)).toBe(REFUSED)
    expect((await act('DELETE', '/devices/stolen')).status).toBe(409)
    expect((await act('GET', '/devices/stolen')).body).toMatchObject({ state: 'revoked', connected: null })
    expect((await act('GET', '/devices/honest')).body).toMatchObject({
      connected: { clientId: 'listener-honest', version: '3.1.1' },
    })
    bystander.kill()
    expect((await act('POST', '/devices', { device: 'stolen' })).status).toBe(201)
  })

  it('loses its connection when its token is rotated without an overlap', async () => {
    const { token } = (await act('POST', '/devices', { device: 'turned' })).body
    const listener = await listen('turned', token)
    const left = once(listener, 'exit')
    await act('POST', '/devices/turned/rotate', { overlap: '0s' })
    await left
    expect(listener.exitCode).toBe(REFUSED)
  })

  it('is heard over HTTP for names of its own, by Bearer and by Basic', async () => {
    const { token } = (await act('POST', '/devices', { device: 'http-1' })).body
    await act('PUT', '/heartbeats/http-1', { every: '1h' })
    await act('PUT', '/heartbeats/http-1%2Fbattery', { every: '1h' })
    const bearer = ['-H', `Authorization: Bearer ${token}`]
    for (const path of ['/hb/http-1', '/hb/http-1/battery', '/ping/http-1/start', '/ping/http-1/battery/fail'])
      expect([path, await curl(path, ...bearer)]).toEqual([path, '200'])
    expect(await curl('/hb/http-1', '-u', `http-1:${token}`)).toBe('200')
    expect(await curl('/hb/http-1', '-d', 'a body', ...bearer)).toBe('200')
    expect(await curl('/hb/http-1', '-u', `pump-17:${token}`)).toBe('401')
    for (const path of ['/hb/pump-17', '/ping/pump-17/fail', '/hb/http-11'])
      expect([path, await curl(path, ...bearer)]).toEqual([path, '401'])
    expect(await curl('/hb/http-1')).toBe('401')
    expect(await curl('/hb/http-1', '-H', 'Authorization: Bearer dev_AAAAAAAAAAAAAAAAAAAAAA')).toBe('401')
    expect(await curl('/hb/http-1/never-declared', ...bearer)).toBe('404')
    const { body } = await act('GET', '/devices/http-1')
    expect(body).toMatchObject({ lastUsedOver: 'http', denied: { topic: 'http-11', reason: 'denied' } })
    await act('DELETE', '/devices/http-1')
    expect(await curl('/hb/http-1', ...bearer)).toBe('401')
  })

  it('is held to its own topics, and what it was refused is to be seen', async () => {
    const { token } = (await act('POST', '/devices', { device: 'curious' })).body
    const before = await signalsOf('pump-18')
    for (const topic of ['hb/pump-18', 'hb/curious-2', 'hb/curiou'])
      expect(await publish('curious', token, topic)).toBe(0)
    expect(await signalsOf('pump-18')).toBe(before)
    for (const filter of ['#', '+/+', 'hbstate/#', 'hbstate/pump-18', 'hbstate/+/x', 'hb/curious'])
      expect([filter, await subscribe('curious', token, filter)]).toEqual([filter, expect.stringMatching(/denied/i)])
    const { body } = await act('GET', '/devices/curious')
    expect(body['denied']).toMatchObject({ count: 9, topic: 'hb/curious', reason: 'subscription' })
    const denied = (await act('GET', '/denials')).body['items'] as Denied[]
    expect(denied[0]).toMatchObject({ device: 'curious', count: 9 })
  })

  it('with a hostile user name is refused, and the gateway stays', async () => {
    const { token } = (await act('POST', '/devices', { device: 'constructor' })).body
    await act('DELETE', '/devices/constructor')
    for (const user of ['constructor', '__proto__', 'a/b', '+', '#', '$SYS', 'x'.repeat(300), 'ünï', "' or 1=1"])
      expect([user, await publish(user, token, 'hb/pump-17')]).toEqual([user, REFUSED])
    expect(await gateway.isHealthy()).toBe(true)
  })

  it('keeps all of it over a kill -9, and only digests are on disk or in the log', async () => {
    const kept = (await act('POST', '/devices', { device: 'kept' })).body.token
    const old = (await act('POST', '/devices', { device: 'turned-2' })).body.token
    const fresh = (await act('POST', '/devices/turned-2/rotate', { overlap: '1h' })).body.token
    const gone = (await act('POST', '/devices', { device: 'gone' })).body.token
    await act('DELETE', '/devices/gone')
    await gateway.end('SIGKILL')
    await gateway.start()
    expect(await publish('kept', kept)).toBe(0)
    expect([await publish('turned-2', old), await publish('turned-2', fresh)]).toEqual([0, 0])
    expect(await publish('gone', gone)).toBe(REFUSED)
    await gateway.end('SIGTERM')
    const files = globSync('data/**/*', { cwd: gateway.folder, withFileTypes: true }).filter((entry) => entry.isFile())
    const bytes = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`)))
    expect(bytes.includes('turned-2')).toBe(true)
    for (const token of [kept, old, fresh, gone]) {
      expect(bytes.includes(token.slice(4))).toBe(false)
      expect(gateway.output).not.toContain(token)
    }
    await gateway.start()
    expect(await publish('kept', kept)).toBe(0)
  })
})

/** What the mosquitto clients exit with where the CONNACK says 5. */
const REFUSED = 5

async function publish(user: string, password: string, topic = `hb/${user}`): Promise<number> {
  const who = user === '' ? [] : ['-u', user, '-P', password]
  const args = ['-p', String(gateway.mqttPort), ...who, '-q', '1', '-t', topic, '-n']
  return run('mosquitto_pub', args).then(
    () => 0,
    ({ code }: { code: number }) => code,
  )
}

/** What it says where its one subscription is refused: it gives up then. */
async function subscribe(user: string, password: string, filter: string): Promise<string> {
  const args = ['-p', String(gateway.mqttPort), '-u', user, '-P', password, '-q', '1', '-t', filter]
  return (await run('mosquitto_sub', args)).stderr
}

/** Resolves when it is connected. */
async function listen(user: string, password: string): Promise<ChildProcess> {
  const who = ['-u', user, '-P', password, '-i', `listener-${user}`, '-t', `hbstate/${user}/#`]
  const child = spawn('mosquitto_sub', ['-p', String(gateway.mqttPort), ...who], { stdio: 'ignore' })
  while ((await act('GET', `/devices/${user}`)).body['connected'] === null) await sleep(20)
  return child
}

async function signalsOf(name: string): Promise<number> {
  return (await act('GET', `/heartbeats/${encodeURIComponent(name)}`)).body['signals'] as number
}

async function curl(path: string, ...more: readonly string[]): Promise<string> {
  const format = ['-s', '-o', '/dev/null', '-w', '%{http_code}']
  return (await run('curl', [...format, ...more, `${gateway.url}${path}`])).stdout
}

async function act(method: string, path: string, body?: object): Promise<Said> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(`${gateway.url}/api/v1${path}`, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
}
