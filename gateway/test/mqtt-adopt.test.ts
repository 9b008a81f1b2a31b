// Adopted topics at the broker's own door: who is let through, what is acknowledged, and what goes on to subscribers.
import { afterEach, expect, test } from 'vitest'
import { createAdopter } from '../src/adapters/adopt.ts'
import { rulesOf, sparkplug } from './adopt-stage.ts'
import { DISCONNECT, openRoom, publishPacket, Raw, type Room, subscribePacket } from './mqtt-room.ts'

const live = {
  adopt: rulesOf('- { as: tasmota, from: [hub] }\n- { as: sparkplug }\n- { as: zigbee2mqtt, from: [hub] }'),
}
const KNOWN = new Set(['plug', 'plant-press', 'plant-press/arm'])
let room: Room
afterEach(async () => room.ear.close())

async function open(): Promise<string[]> {
  const newcomers: string[] = []
  const intake = { has: (name: string) => KNOWN.has(name), clash: () => undefined }
  const adopt = createAdopter({
    intake,
    live,
    via: 'mqtt',
    bootOf: () => 0,
    newcomer: (name) => void newcomers.push(name),
  })
  room = await openRoom({ adopt, authenticate: (user) => ({ user, grant: 'key' }) })
  return newcomers
}

test('a device is heard under its own topics with every QoS, and acknowledged once that is on disk', async () => {
  await open()
  room.intake.manual = true
  const device = await Raw.greeted(room.port, 'dev', { user: 'plug' })
  device.send(publishPacket('tele/plug/STATE', { qos: 0, payload: '{}' }))
  device.send(publishPacket('tele/plug/STATE', { qos: 1, id: 7, payload: '{}' }))
  await room.arrived(2)
  await device.ping()
  expect(device.got).toHaveLength(0)
  for (const settle of room.waiting.splice(0)) settle('durable')
  expect(await device.take(4)).toBe('40020007')
  device.send(publishPacket('tele/plug/LWT', { qos: 2, id: 8, payload: 'Online', retain: true }))
  await room.arrived(3)
  for (const settle of room.waiting.splice(0)) settle('durable')
  expect(await device.take(4)).toBe('50020008')
  expect(room.told()).toEqual(['ok:plug', 'ok:plug', 'ok:plug'])
})

test('one publish that tells of two is acknowledged once, when both are on disk', async () => {
  await open()
  room.intake.manual = true
  const node = await Raw.greeted(room.port, 'node', { user: 'plant-press' })
  node.send(
    publishPacket('spBv1.0/plant/DDATA/press/arm', { qos: 1, id: 9, payload: sparkplug([{ alias: 1, int: 1 }]) }),
  )
  await room.arrived(2)
  room.waiting.shift()?.('durable')
  await node.ping()
  expect(node.got).toHaveLength(0)
  room.waiting.shift()?.('durable')
  expect(await node.take(4)).toBe('40020009')
  expect(room.told()).toEqual(['ok:plant-press', 'ok:plant-press/arm'])
})

test('what is not its own is acknowledged and goes nowhere; a will neither', async () => {
  await open()
  const subscriber = (await Raw.greeted(room.port, 'sub')).send(subscribePacket('#'))
  await subscriber.take(5)
  const other = await Raw.greeted(room.port, 'dev', {
    user: 'other',
    will: { topic: 'tele/plug/LWT', payload: 'Offline' },
  })
  other.send(
    publishPacket('tele/plug/STATE', { id: 3 }),
    publishPacket('zigbee2mqtt/lamp/set', { id: 4, payload: 'ON' }),
  )
  expect(await other.take(8)).toBe('4002000340020004')
  other.socket.resetAndDestroy()
  while (room.counted('denied') < 3) await subscriber.ping()
  expect(room.heard).toEqual([])
  expect(subscriber.got).toHaveLength(0)
})

test('subscribers get what devices say, known or not, and the orders of those who may give them', async () => {
  const newcomers = await open()
  const subscriber = (await Raw.greeted(room.port, 'sub')).send(subscribePacket('#'))
  await subscriber.take(5)
  const hub = await Raw.greeted(room.port, 'hub', { user: 'hub' })
  const sent = ['tele/plug/STATE', 'tele/new/STATE', 'zigbee2mqtt/lamp/set', 'tele/Küche 1/LWT']
  for (const [index, topic] of sent.entries()) {
    hub.send(publishPacket(topic, { id: index + 1, payload: 'x' }))
    const length = Buffer.byteLength(topic)
    const got = Buffer.from(await subscriber.take(length + 7), 'hex')
    expect(got.subarray(4, 4 + length).toString()).toBe(topic)
    subscriber.send(Buffer.from([0x40, 2, got[4 + length] as number, got[5 + length] as number]))
  }
  expect(room.told()).toEqual(['ok:plug'])
  expect(newcomers).toEqual(['new'])
  hub.send(DISCONNECT)
})
