// Tokens of devices against a gateway in a process of its own, told by Debian's mosquitto clients and curl.
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeviceStage, REFUSED } from './device-stage.ts'

const CONFIG = `signals: { open: false }
heartbeats:
  - { name: pump-17, every: 1h }
  - { name: pump-17/battery, every: 1h }
  - { name: pump-18, every: 1h }
`
const stage = new DeviceStage(CONFIG)
const { gateway } = stage

beforeAll(() => gateway.start(), 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

describe('a device with a token of its own', () => {
  it('is heard under its own name over MQTT, and nobody else is', async () => {
    const { status, body } = await stage.act('POST', '/devices', { device: 'pump-17', for: '30d' })
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        ...{ device: 'pump-17', state: 'good', madeBy: 'admin', heartbeats: 2, connected: null, denied: null },
        ...{ token: expect.stringMatching(/^dev_[\w-]{22}$/), last4: body.token.slice(-4), lastUsedAt: null },
      }),
    ])
    expect(await stage.publish('pump-17', body.token, 'hb/pump-17')).toBe(0)
    expect(await stage.publish('pump-17', body.token, 'hb/pump-17/battery')).toBe(0)
    expect(await stage.signalsOf('pump-17')).toBe(1)
    expect(await stage.publish('pump-17', `${body.token.slice(0, -1)}x`, 'hb/pump-17')).toBe(REFUSED)
    expect(await stage.publish('pump-18', body.token, 'hb/pump-18')).toBe(REFUSED)
    expect(await stage.publish('', '', 'hb/pump-17')).toBe(REFUSED)
    const { body: shown } = await stage.act('GET', '/devices/pump-17')
    expect(shown).toMatchObject({ lastUsedAt: expect.stringMatching(/Z$/), lastUsedOver: 'mqtt' })
    expect(shown.token).toBeUndefined()
  })

  it('is let in again by the key of a heartbeat of its own, as before', async () => {
    const { body } = await stage.act('GET', '/heartbeats/pump-17%2Fbattery')
    expect(await stage.publish('pump-17', body['key'] as string, 'hb/pump-17')).toBe(0)
    expect(await stage.publish('pump-18', body['key'] as string, 'hb/pump-18')).toBe(REFUSED)
  })

  it('is made once, until it is revoked', async () => {
    expect((await stage.act('POST', '/devices', { device: 'pump-17' })).status).toBe(409)
    for (const device of ['pump/17', 'pump 17', '+', '#', '$SYS', '-x', 'ü', '\u0000', "x'; DROP"])
      expect([device, (await stage.act('POST', '/devices', { device })).status]).toEqual([device, 400])
  })

  it('has two that are good while it is rotated, and never three', async () => {
    expect(await tellOfRotations(stage)).toEqual({ inOverlap: [0, 0], twice: [REFUSED, 0], late: [REFUSED, 0] })
    expect((await stage.act('GET', '/devices/rotated')).body['previousUntil']).toBeNull()
  })

  it('would be let in late by a gateway that looks at no clock', async () => {
    const mutant = new DeviceStage(CONFIG, join(import.meta.dirname, 'mutants/late-tokens.ts'))
    await using process = await mutant.gateway.start()
    expect(process.isRunning).toBe(true)
    expect((await tellOfRotations(mutant)).late).not.toEqual([REFUSED, 0])
  })

  it('loses its connection when it is revoked, and what it says then is not heard', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'stolen' })).body
    const { token: other } = (await stage.act('POST', '/devices', { device: 'honest' })).body
    const [listener, bystander] = [await stage.listen('stolen', token), await stage.listen('honest', other)]
    const left = once(listener, 'exit')
    expect((await stage.act('DELETE', '/devices/stolen')).status).toBe(204)
    await left
    expect(await stage.publish('stolen', token)).toBe(REFUSED)
    expect((await stage.act('DELETE', '/devices/stolen')).status).toBe(409)
    expect((await stage.act('GET', '/devices/stolen')).body).toMatchObject({ state: 'revoked', connected: null })
    expect((await stage.act('GET', '/devices/honest')).body).toMatchObject({
      connected: { clientId: 'listener-honest', version: '3.1.1' },
    })
    bystander.kill()
    expect((await stage.act('POST', '/devices', { device: 'stolen' })).status).toBe(201)
  })

  it('loses its connection when its token is rotated without an overlap', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'turned' })).body
    const listener = await stage.listen('turned', token)
    const left = once(listener, 'exit')
    await stage.act('POST', '/devices/turned/rotate', { overlap: '0s' })
    await left
    expect(listener.exitCode).toBe(REFUSED)
  })

  it('is heard over HTTP for names of its own, by Bearer and by Basic', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'http-1' })).body
    await stage.act('PUT', '/heartbeats/http-1', { every: '1h' })
    await stage.act('PUT', '/heartbeats/http-1%2Fbattery', { every: '1h' })
    const bearer = ['-H', `Authorization: Bearer ${token}`]
    for (const path of ['/hb/http-1', '/hb/http-1/battery', '/ping/http-1/start', '/ping/http-1/battery/fail'])
      expect([path, await stage.curl(path, ...bearer)]).toEqual([path, '200'])
    expect(await stage.curl('/hb/http-1', '-u', `http-1:${token}`)).toBe('200')
    expect(await stage.curl('/hb/http-1', '-d', 'a body', ...bearer)).toBe('200')
    expect(await stage.curl('/hb/http-1', '-u', `pump-17:${token}`)).toBe('401')
    for (const path of ['/hb/pump-17', '/ping/pump-17/fail', '/hb/http-11'])
      expect([path, await stage.curl(path, ...bearer)]).toEqual([path, '401'])
    expect(await stage.curl('/hb/http-1')).toBe('401')
    expect(await stage.curl('/hb/http-1', '-H', 'Authorization: Bearer dev_AAAAAAAAAAAAAAAAAAAAAA')).toBe('401')
    expect(await stage.curl('/hb/http-1/never-declared', ...bearer)).toBe('404')
    const { body } = await stage.act('GET', '/devices/http-1')
    expect(body).toMatchObject({ lastUsedOver: 'http', denied: { topic: 'http-11', reason: 'denied' } })
    await stage.act('DELETE', '/devices/http-1')
    expect(await stage.curl('/hb/http-1', ...bearer)).toBe('401')
  })

  it('is held to its own topics, and what it was refused is to be seen', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'curious' })).body
    const before = await stage.signalsOf('pump-18')
    for (const topic of ['hb/pump-18', 'hb/curious-2', 'hb/curiou'])
      expect(await stage.publish('curious', token, topic)).toBe(0)
    expect(await stage.signalsOf('pump-18')).toBe(before)
    for (const filter of ['#', '+/+', 'hbstate/#', 'hbstate/pump-18', 'hbstate/+/x', 'hb/curious'])
      expect([filter, await stage.subscribe('curious', token, filter)]).toEqual([
        filter,
        expect.stringMatching(/denied/i),
      ])
    const { body } = await stage.act('GET', '/devices/curious')
    expect(body['denied']).toMatchObject({ count: 9, topic: 'hb/curious', reason: 'subscription' })
    const denied = (await stage.act('GET', '/denials')).body.items
    expect(denied[0]).toMatchObject({ device: 'curious', count: 9 })
  })

  it('is let in, refused and seen off over MQTT 5 as well, with words', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'fifth' })).body
    expect(await stage.publish('fifth', token, 'hb/fifth', '-V', '5')).toBe(0)
    expect(await stage.publish('fifth', `${token.slice(0, -1)}_`, 'hb/fifth', '-V', '5')).not.toBe(0)
    await stage.publish('fifth', token, 'hb/pump-18', '-V', '5')
    const listener = await stage.listen('fifth', token, '-V', '5')
    const left = once(listener, 'exit')
    expect((await stage.act('GET', '/devices/fifth')).body).toMatchObject({
      ...{ connected: { clientId: 'listener-fifth', version: '5' }, denied: { topic: 'hb/pump-18', reason: 'denied' } },
    })
    await stage.act('DELETE', '/devices/fifth')
    await left
    expect(await stage.publish('fifth', token, 'hb/fifth', '-V', '5')).not.toBe(0)
  })

  it('with a hostile user name is refused, and the gateway stays', async () => {
    const { token } = (await stage.act('POST', '/devices', { device: 'constructor' })).body
    await stage.act('DELETE', '/devices/constructor')
    for (const user of ['constructor', '__proto__', 'a/b', '+', '#', '$SYS', 'x'.repeat(300), 'ünï', "' or 1=1"])
      expect([user, await stage.publish(user, token, 'hb/pump-17')]).toEqual([user, REFUSED])
    expect(await gateway.isHealthy()).toBe(true)
  })

  it('keeps all of it over a kill -9, and only digests are on disk or in the log', async () => {
    const kept = (await stage.act('POST', '/devices', { device: 'kept' })).body.token
    const old = (await stage.act('POST', '/devices', { device: 'turned-2' })).body.token
    const fresh = (await stage.act('POST', '/devices/turned-2/rotate', { overlap: '1h' })).body.token
    const gone = (await stage.act('POST', '/devices', { device: 'gone' })).body.token
    await stage.act('DELETE', '/devices/gone')
    await gateway.end('SIGKILL')
    await gateway.start()
    expect(await stage.publish('kept', kept)).toBe(0)
    expect([await stage.publish('turned-2', old), await stage.publish('turned-2', fresh)]).toEqual([0, 0])
    expect(await stage.publish('gone', gone)).toBe(REFUSED)
    await gateway.end('SIGTERM')
    const files = globSync('data/**/*', { cwd: gateway.folder, withFileTypes: true }).filter((entry) => entry.isFile())
    const bytes = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`)))
    expect(bytes.includes('turned-2')).toBe(true)
    for (const token of [kept, old, fresh, gone]) {
      expect(bytes.includes(token.slice(4))).toBe(false)
      expect(gateway.output).not.toContain(token)
    }
    await gateway.start()
    expect(await stage.publish('kept', kept)).toBe(0)
  })
})

/** What publishing with the token before and with the one of now gives, after three rotations. */
async function tellOfRotations(of: DeviceStage) {
  const first = (await of.act('POST', '/devices', { device: 'rotated' })).body.token
  const rotated = async (body: object) => (await of.act('POST', '/devices/rotated/rotate', body)).body.token
  const both = async (before: string, now: string) => [
    await of.publish('rotated', before),
    await of.publish('rotated', now),
  ]
  const second = await rotated({ overlap: '1h' })
  const inOverlap = await both(first, second)
  const third = await rotated({})
  const twice = await both(first, second)
  const late = await both(third, await rotated({ overlap: '0s' }))
  return { inOverlap, twice, late }
}
