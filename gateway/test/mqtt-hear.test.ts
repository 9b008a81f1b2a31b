// What a publish means, who may send it, and what becomes of the rest; with the mqtt package as the device.
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { openRoom, type Room } from './mqtt-room.ts'

let room: Room
const devices: MqttClient[] = []
afterEach(async () => {
  for (const device of devices.splice(0)) await device.endAsync(true)
  await room.ear.close()
})

async function enter(options: IClientOptions = {}): Promise<MqttClient> {
  const device = await connectAsync(`mqtt://127.0.0.1:${room.port}`, { reconnectPeriod: 0, ...options })
  devices.push(device)
  return device
}

function nextMessage(device: MqttClient): Promise<unknown> {
  return new Promise((resolve) => device.once('message', resolve))
}

test('a beat is an empty publish, of any QoS', async () => {
  room = await openRoom()
  const device = await enter()
  for (const qos of [0, 1, 2] as const) await device.publishAsync('hb/pump-1', '', { qos })
  await room.arrived(3)
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1', 'ok:pump-1'])
  const { signal } = room.heard[0] as (typeof room.heard)[0]
  expect(signal).toEqual({ kind: 'ok', at: signal.receivedAt, receivedAt: signal.receivedAt, via: 'mqtt' })
})

test('the topic says which heartbeat and what about it', async () => {
  room = await openRoom()
  const device = await enter()
  const topics = [
    'pump-1/start',
    'pump-1/battery',
    'pump-1/battery/fail',
    'job/3',
    'job/0',
    'job/TERM',
    'job/bye',
    'job/log',
  ]
  for (const topic of topics) await device.publishAsync(`hb/${topic}`, '', { qos: 1 })
  expect(room.told()).toEqual([
    'start:pump-1',
    'ok:pump-1/battery',
    'fail:pump-1/battery',
    'fail:job',
    'ok:job',
    'fail:job',
    'bye:job',
    'log:job',
  ])
  expect(room.heard[3]?.signal.exit).toBe(3)
  expect(room.heard[5]?.signal.killedBy).toBe('TERM')
})

test('the payload may say more, and nothing in it makes a live device silent', async () => {
  room = await openRoom()
  const device = await enter()
  const rich = {
    s: 'ok',
    rid: 'r-1',
    dur: 12.4,
    seq: 412,
    boot: 9,
    age: 60,
    next: 600,
    grace: 30,
    msg: 'hello',
    m: { temp: 21.5 },
  }
  const cbor = Buffer.from([0xa1, 0x64, 0x62, 0x6f, 0x6f, 0x74, 0x05])
  const payloads = ['up', 'OFFLINE', JSON.stringify(rich), cbor, '{"s":', Buffer.from([0xff, 0, 0xfe])]
  for (const payload of payloads) await device.publishAsync('hb/pump-1', payload, { qos: 1 })
  await device.publishAsync('hb/pump-1/exit', '7', { qos: 1 })
  expect(room.heard.map(({ signal }) => signal.kind)).toEqual(['ok', 'fail', 'ok', 'ok', 'ok', 'ok', 'fail'])
  const signal = room.heard[2]?.signal
  expect(signal).toMatchObject({ run: 'r-1', duration: 12_400, seq: 412, boot: 9, next: 600_000, grace: 30_000 })
  expect(signal).toMatchObject({ message: 'hello', metrics: { temp: 21.5 } })
  expect((signal?.receivedAt ?? 0) - (signal?.at ?? 0)).toBe(60_000)
  expect(room.heard[3]?.signal.boot).toBe(5)
  expect(room.heard[6]?.signal.exit).toBe(7)
})

test('a device’s own clock is believed as far as a buffer reaches, and a clock that was never set is not', async () => {
  const now = Date.UTC(2026, 5, 1)
  room = await openRoom({ now: () => now })
  const device = await enter()
  for (const t of [now / 1000 - 3600, 12, now / 1000 + 86_400]) {
    await device.publishAsync('hb/pump-1', JSON.stringify({ t }), { qos: 1 })
  }
  expect(room.heard.map(({ signal }) => signal.at)).toEqual([now - 3_600_000, now, now])
})

test('a retained beat counts as the live publish that it is, and is kept for nobody', async () => {
  room = await openRoom()
  const device = await enter()
  for (const qos of [0, 1, 2] as const) await device.publishAsync('hb/pump-1', 'up', { qos, retain: true })
  await room.arrived(3)
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1', 'ok:pump-1'])
  expect(room.counted('signals_retained_ignored')).toBe(3)
  const later = await enter()
  const got: string[] = []
  later.on('message', (topic, payload, { retain }) => got.push(`${topic} ${payload} ${retain}`))
  await later.subscribeAsync('#')
  const message = nextMessage(later)
  await device.publishAsync('hb/pump-2', 'up', { qos: 1, retain: true })
  await message
  expect(got).toEqual(['hb/pump-2 up false'])
})

test('an unknown name is acknowledged, dropped, and listed as a new arrival', async () => {
  room = await openRoom()
  const device = await enter()
  for (const qos of [1, 2] as const) await device.publishAsync('hb/nobody', '', { qos })
  expect(room.heard).toEqual([])
  expect(room.counted('unknown')).toBe(2)
  expect(room.arrivals).toEqual(['nobody', 'nobody'])
})

test('an unknown name is declared where that is allowed, unless it differs from a known one by case alone', async () => {
  const terms = { ...DEFAULT_TERMS, owner: 'ana' }
  room = await openRoom({ live: { create: terms, defaults: DEFAULT_TERMS } })
  const device = await enter()
  for (const topic of ['hb/nobody', 'hb/nobody', 'hb/PUMP-1']) await device.publishAsync(topic, '', { qos: 1 })
  expect(room.heard.map(({ create }) => create)).toEqual([terms, undefined])
  expect(room.counted('unknown')).toBe(1)
})

test('what is published outside of the root goes nowhere, even to those who listen there', async () => {
  room = await openRoom()
  const device = await enter()
  const got: string[] = []
  device.on('message', (topic) => got.push(topic))
  await device.subscribeAsync(['#', 'home/+'])
  for (const qos of [1, 2] as const) await device.publishAsync('home/door', 'open', { qos })
  await device.publishAsync('$SYS/x', '', { qos: 1 })
  const message = nextMessage(device)
  await device.publishAsync('hb/pump-1', '', { qos: 1 })
  await message
  expect(got).toEqual(['hb/pump-1'])
  expect(room.counted('outside')).toBe(3)
})

test('a device that is about to be worked on silences itself, for an hour or as long as it says', async () => {
  room = await openRoom()
  const device = await enter()
  const payloads = ['', '30m', '0s', '{"for":"2h","msg":"new\\nbattery"}', '{"msg":"x"}', '{"for":null,"boot":9}']
  for (const payload of payloads) await device.publishAsync('hb/pump-1/silence', payload, { qos: 1 })
  await device.publishAsync('hb/pump-1/battery/silence', '90', { qos: 2 })
  expect(room.silences.map(({ name, lasts, by, reason }) => `${name} ${lasts / 60_000} ${by} ${reason}`)).toEqual([
    'pump-1 60 mqtt ',
    'pump-1 30 mqtt ',
    'pump-1 0 mqtt ',
    'pump-1 120 mqtt new battery',
    'pump-1 60 mqtt x',
    'pump-1 60 mqtt ',
    'pump-1/battery 1.5 mqtt ',
  ])
  expect(room.heard).toEqual([])
})

test('a silence that can’t be read, or of an unknown name, is acknowledged, dropped and counted', async () => {
  room = await openRoom({ live: { create: true, defaults: DEFAULT_TERMS } })
  const device = await enter()
  for (const payload of ['soon', '59s', '32d', '{"for":', '{"for":[]}', '{"for":"1h","msg":1}', Buffer.from([0xff])])
    await device.publishAsync('hb/pump-1/silence', payload, { qos: 1 })
  await device.publishAsync('hb/nobody/silence', '', { qos: 1 })
  expect([room.counted('invalid'), room.counted('unknown')]).toEqual([7, 1])
  expect([room.silences, room.heard, room.arrivals]).toEqual([[], [], []])
})

test('strangers may not enter a closed gateway', async () => {
  room = await openRoom({ open: () => false })
  await expect(enter()).rejects.toMatchObject({ code: 5 })
  await expect(enter({ username: 'pump-1', password: 'x' })).rejects.toMatchObject({ code: 5 })
})

test('a user publishes under its own name and hears its own states only', async () => {
  const authenticate = (user: string, password: Uint8Array) =>
    `${password}` === `${Buffer.from(`${user}!`)}` ? { user, grant: 'key' } : undefined
  room = await openRoom({ open: () => false, authenticate })
  await expect(enter({ username: 'pump-1', password: 'wrong' })).rejects.toMatchObject({ code: 5 })
  await expect(enter({ username: '+', password: '+!' })).rejects.toMatchObject({ code: 5 })
  const device = await enter({ username: 'pump-1', password: 'pump-1!' })
  for (const qos of [1, 2] as const) {
    for (const name of ['pump-1', 'pump-1/battery', 'pump-2', 'pump-11'])
      await device.publishAsync(`hb/${name}`, '', { qos })
  }
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1/battery', 'ok:pump-1', 'ok:pump-1/battery'])
  expect(room.counted('denied')).toBe(4)
  await device.subscribeAsync('hbstate/pump-1/#')
  for (const filter of ['#', 'hb/#', 'hbstate/#', 'hbstate/pump-11', 'hbstate/+']) {
    await expect(device.subscribeAsync(filter)).rejects.toThrow()
  }
  expect(room.logged.filter((line) => line.startsWith('publish.refused'))).toHaveLength(1)
})
