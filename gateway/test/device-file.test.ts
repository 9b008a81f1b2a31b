// Tokens that the file gives to devices, taken over while the gateway runs; and what becomes of who publishes elsewhere.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DeviceStage, REFUSED } from './device-stage.ts'

const [FIRST, SECOND, OTHER] = ['A', 'B', 'C'].map((letter) => `dev_${letter.repeat(22)}`) as [string, string, string]
const config = (devices: string, denied = 'drop') => `signals: { open: false, denied: ${denied} }
heartbeats: [{ name: pump-17, every: 1h }, { name: other, every: 1h }]
devices: [${devices}]
`
const stage = new DeviceStage(config(`{ name: pump-17, token: "\${file:pump-17.token}" }`))
const { gateway } = stage

beforeAll(() => {
  writeFileSync(join(gateway.folder, 'pump-17.token'), `${FIRST}\n`)
  return gateway.start()
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

it('are good from the start, and changed only there', async () => {
  expect([await stage.publish('pump-17', FIRST), await stage.publish('pump-17', SECOND)]).toEqual([0, REFUSED])
  expect((await stage.act('GET', '/devices/pump-17')).body).toMatchObject({ state: 'good', madeBy: 'file' })
  for (const [method, path, body] of [
    ['POST', '/devices/pump-17/rotate', {}],
    ['DELETE', '/devices/pump-17', undefined],
  ] as const) {
    const { status, body: said } = await stage.act(method, path, body)
    expect([status, said['code']]).toEqual([409, 'declared-by-file'])
  }
})

it('are taken over by a reload: who has the one before is out at once', async () => {
  const listener = await stage.listen('pump-17', FIRST)
  const left = once(listener, 'exit')
  reload(config(`{ name: pump-17, token: ${SECOND} }, { name: late, token: ${OTHER} }`, 'close'))
  expect(await left).toEqual([REFUSED, null])
  expect([await stage.publish('pump-17', FIRST), await stage.publish('pump-17', SECOND)]).toEqual([REFUSED, 0])
  expect(await stage.publish('late', OTHER)).toBe(0)
})

it('a device that publishes where it may not is cut off then, if the file says so', async () => {
  const before = await stage.signalsOf('other')
  const device = await connectAsync({
    ...{ host: '127.0.0.1', port: gateway.mqttPort, username: 'late', password: OTHER, reconnectPeriod: 0 },
  })
  const closed = new Promise<void>((resolve) => device.once('close', () => resolve()))
  device.publish('hb/other', '', { qos: 0 })
  await closed
  expect(await stage.signalsOf('other')).toBe(before)
  expect((await stage.act('GET', '/devices/late')).body['denied']).toMatchObject({
    topic: 'hb/other',
    reason: 'denied',
  })
})

it('are gone with their lines, also over a restart', async () => {
  reload(config(`{ name: pump-17, token: ${SECOND} }`))
  await expect.poll(() => stage.publish('late', OTHER), { timeout: 20_000 }).toBe(REFUSED)
  await gateway.end('SIGKILL')
  await gateway.start()
  expect([await stage.publish('pump-17', SECOND), await stage.publish('late', OTHER)]).toEqual([0, REFUSED])
  expect((await stage.act('GET', '/devices/late')).body['state']).toBe('revoked')
})

function reload(text: string): void {
  writeFileSync(join(gateway.folder, 'overdue.yaml'), text)
  process.kill(gateway.pid, 'SIGHUP')
}
