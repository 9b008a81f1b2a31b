// The last will: what it says, and when it says nothing.

import { afterEach, expect, test, vi } from 'vitest'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { DISCONNECT, openRoom, publishPacket, Raw, type Room, subscribePacket } from './mqtt-room.ts'

let room: Room
afterEach(async () => room.ear.close())

const will = (topic: string, payload: string, more: object = {}) => ({ will: { topic, payload, ...more } })

test('a broken link tells the will, with the boot that left it', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '4123456789'))
  device.socket.resetAndDestroy()
  await room.arrived(1)
  expect(room.heard[0]).toMatchObject({ name: 'pump-1', signal: { kind: 'will', boot: 4123456789, via: 'mqtt' } })
})

test('a will on another topic of the heartbeat is a will and never an ok', async () => {
  room = await openRoom()
  for (const [topic, payload] of [
    ['hb/pump-1', ''],
    ['hb/pump-1', 'offline'],
    ['hb/pump-1/battery', '{"boot":9}'],
    ['hb/pump-1/ok', 'up'],
  ] as const) {
    const device = await Raw.greeted(room.port, 'dev', will(topic, payload, { retain: true, qos: 0 }))
    const before = room.heard.length
    device.socket.resetAndDestroy()
    await room.arrived(before + 1)
  }
  expect(room.told()).toEqual(['will:pump-1', 'will:pump-1', 'will:pump-1/battery', 'will:pump-1'])
  expect(room.heard[2]?.signal.boot).toBe(9)
})

test('a clean DISCONNECT and a takeover tell no will', async () => {
  room = await openRoom()
  const clean = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '1'))
  clean.send(DISCONNECT)
  await clean.closed
  const old = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '2'))
  const fresh = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '3'))
  await old.closed
  await fresh.ping()
  expect(room.told()).toEqual([])
  fresh.socket.resetAndDestroy()
  await room.arrived(1)
  expect(room.heard.map(({ signal }) => signal.boot)).toEqual([3])
})

test('the will of a device that lives is not told, however long it stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  try {
    room = await openRoom()
    const device = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '1'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    await device.ping()
    expect(room.told()).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})

test('a will for an unknown name declares nothing', async () => {
  room = await openRoom({ live: { create: true, defaults: DEFAULT_TERMS } })
  const device = await Raw.greeted(room.port, 'dev', will('hb/nobody/will', '1'))
  device.socket.resetAndDestroy()
  const other = await Raw.greeted(room.port, 'other')
  while (room.counted('unknown') === 0) await other.ping()
  expect(room.arrivals).toEqual(['nobody'])
  expect(room.heard).toEqual([])
})

test('a user’s will speaks for that user alone', async () => {
  room = await openRoom({ authenticate: (user) => ({ user, grant: 'key' }) })
  const device = await Raw.greeted(room.port, 'dev', { user: 'pump-2', ...will('hb/pump-1/will', '1') })
  device.socket.resetAndDestroy()
  const other = await Raw.greeted(room.port, 'other', { user: 'pump-2' })
  while (room.counted('denied') === 0) await other.ping()
  expect(room.heard).toEqual([])
})

test('a will reaches those who listen', async () => {
  room = await openRoom()
  const listener = await Raw.greeted(room.port, 'listener')
  listener.send(subscribePacket('hb/+/will'))
  await listener.take(5)
  const device = await Raw.greeted(room.port, 'dev', will('hb/pump-1/will', '1', { retain: true }))
  device.socket.resetAndDestroy()
  const told = publishPacket('hb/pump-1/will', { id: 1, payload: '1' }).toString('hex')
  const got = await listener.take(told.length / 2)
  expect(got.slice(0, 4)).toBe(told.slice(0, 4))
  expect(got.slice(-2)).toBe('31')
})
