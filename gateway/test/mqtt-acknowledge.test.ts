// What a PUBACK promises, and what a device gets when the promise can't be given.
import { afterEach, expect, test } from 'vitest'
import type { Settled } from '../src/app/ports.ts'
import {
  connectPacket,
  DISCONNECT,
  openRoom,
  publishPacket,
  pubrelPacket,
  Raw,
  type Room,
  subscribePacket,
} from './mqtt-room.ts'

let room: Room
afterEach(async () => {
  for (const settled of room.waiting.splice(0)) settled('durable')
  await room.ear.close()
})

const settleNext = (outcome: Parameters<Settled>[0] = 'durable'): void => room.waiting.shift()?.(outcome)

test('a PUBACK leaves only after the signal is on disk', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port)
  device.send(publishPacket('hb/pump-1', { id: 7 }))
  await room.arrived(1)
  expect(await device.ping()).toBe('d000')
  expect(device.got.length).toBe(0)
  settleNext()
  expect(await device.take(4)).toBe('40020007')
})

test('a PUBACK for a silence leaves only after it is on disk, and not at all where it can’t be kept', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port)
  device.send(publishPacket('hb/pump-1/silence', { id: 7, payload: '30m' }))
  expect(await device.ping()).toBe('d000')
  expect([room.silences.length, device.got.length]).toEqual([1, 0])
  settleNext()
  expect(await device.take(4)).toBe('40020007')
  device.send(publishPacket('hb/pump-1/silence', { id: 8 }))
  expect(await device.ping()).toBe('d000')
  settleNext('closed')
  await device.closed
  expect(device.got.length).toBe(0)
})

test('a PUBREC leaves only after the signal is on disk, and QoS 2 counts once', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port)
  device.send(publishPacket('hb/pump-1', { id: 7, qos: 2 }))
  await room.arrived(1)
  expect(device.got.length).toBe(0)
  settleNext()
  expect(await device.take(4)).toBe('50020007')
  device.send(pubrelPacket(7))
  expect(await device.take(4)).toBe('70020007')
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('QoS 2 repeated before its PUBREL is answered again and not heard again, flagged DUP or not', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev')
  for (const dup of [false, true, false]) {
    expect(await device.send(publishPacket('hb/pump-1', { id: 7, qos: 2, dup })).take(4)).toBe('50020007')
  }
  expect(room.told()).toEqual(['ok:pump-1'])
  for (let i = 0; i < 2; i++) expect(await device.send(pubrelPacket(7)).take(4)).toBe('70020007')
  expect(await device.send(publishPacket('hb/pump-1', { id: 7, qos: 2 })).take(4)).toBe('50020007')
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1'])
})

test('a PUBREL after a reconnect is answered, so that the device can forget the message', async () => {
  room = await openRoom()
  const first = await Raw.greeted(room.port, 'dev')
  await first.send(publishPacket('hb/pump-1', { id: 7, qos: 2 })).take(4)
  first.socket.destroy()
  const second = await Raw.greeted(room.port, 'dev')
  expect(await second.send(pubrelPacket(7)).take(4)).toBe('70020007')
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('acknowledgements leave in the order of the publishes, refused ones too', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port)
  device.send(
    publishPacket('hb/pump-1', { id: 1 }),
    publishPacket('hb/nobody', { id: 2 }),
    publishPacket('hb/pump-2', { id: 3 }),
  )
  await room.arrived(2)
  room.waiting[1]?.('durable')
  await device.ping()
  expect(device.got.length).toBe(0)
  room.waiting[0]?.('durable')
  room.waiting.length = 0
  expect(await device.take(12)).toBe('400200014002000240020003')
})

test('what a full disk can not take is not acknowledged, and the device is cut off to send it again', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port, 'dev', { will: { topic: 'hb/pump-1/will', payload: '3' } })
  device.send(publishPacket('hb/pump-1', { id: 7 }))
  await room.arrived(1)
  settleNext('full')
  await device.closed
  expect(device.got.length).toBe(0)
  expect(room.counted('full')).toBe(1)

  room.intake.manual = false
  const again = await Raw.greeted(room.port, 'dev')
  again.send(publishPacket('hb/pump-1', { id: 7, dup: true }))
  expect(await again.take(4)).toBe('40020007')
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1'])
  expect(room.heard[1]?.signal.redelivered).toBeUndefined()
})

test('QoS 2 that a full disk can not take gets no PUBREC, and the device is cut off', async () => {
  room = await openRoom()
  room.intake.outcome = 'full'
  const device = await Raw.greeted(room.port, 'dev')
  await device.send(publishPacket('hb/pump-1', { id: 7, qos: 2 })).closed
  expect(device.got.length).toBe(0)
})

test('a redelivery after a reconnect is marked, by its id and its content', async () => {
  room = await openRoom()
  const first = await Raw.greeted(room.port, 'dev')
  first.send(publishPacket('hb/pump-1', { id: 7 }), publishPacket('hb/pump-1', { id: 8, qos: 2 }))
  await room.arrived(2)
  first.socket.destroy()
  await first.closed

  const second = await Raw.greeted(room.port, 'dev')
  second.send(
    publishPacket('hb/pump-1', { id: 7, dup: true }),
    publishPacket('hb/pump-1', { id: 8, qos: 2, dup: true }),
    publishPacket('hb/pump-1', { id: 7, dup: true, payload: 'up' }),
    publishPacket('hb/pump-1', { id: 9, dup: true }),
    publishPacket('hb/pump-1', { id: 7 }),
  )
  await room.arrived(7)
  const marks = room.heard.map(({ signal }) => signal.redelivered === true)
  expect(marks).toEqual([false, false, true, true, false, false, false])
})

test('a redelivery on the same connection is marked', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev')
  const beat = { id: 7, payload: 'up' }
  device.send(publishPacket('hb/pump-1', beat), publishPacket('hb/pump-1', { ...beat, dup: true }))
  expect(await device.take(8)).toBe('4002000740020007')
  expect(room.heard.map(({ signal }) => signal.redelivered === true)).toEqual([false, true])
})

test('a redelivery over a takeover is marked, one of another client is not', async () => {
  room = await openRoom()
  const first = await Raw.greeted(room.port, 'dev')
  first.send(publishPacket('hb/pump-1', { id: 7 }))
  await first.take(4)
  const second = await Raw.greeted(room.port, 'dev')
  second.send(publishPacket('hb/pump-1', { id: 7, dup: true }))
  await second.take(4)
  const other = await Raw.greeted(room.port, 'other')
  other.send(publishPacket('hb/pump-1', { id: 7, dup: true }))
  await other.take(4)
  expect(room.heard.map(({ signal }) => signal.redelivered === true)).toEqual([false, true, false])
})

test('where ids are used again, a beat does not pass for the repetition of an older one', async () => {
  room = await openRoom()
  const beat = async (bytes: Buffer, end: (device: Raw) => void): Promise<void> => {
    const device = await Raw.greeted(room.port, 'dev')
    await device.send(bytes).take(4)
    end(device)
    await device.closed
  }
  const breakOff = (device: Raw): void => void device.socket.destroy()
  await beat(publishPacket('hb/pump-1', { id: 1 }), (device) => device.send(DISCONNECT))
  await beat(publishPacket('hb/pump-1', { id: 1, dup: true }), breakOff)
  await beat(publishPacket('hb/pump-1', { id: 2 }), breakOff)
  await beat(publishPacket('hb/pump-1', { id: 1, dup: true }), breakOff)
  await beat(publishPacket('hb/pump-1', { id: 1, dup: true }), breakOff)
  expect(room.heard.map(({ signal }) => signal.redelivered === true)).toEqual([false, false, false, false, true])
})

test('what a device sends at one go with its CONNECT is heard, up to its DISCONNECT', async () => {
  room = await openRoom()
  const device = new Raw(room.port)
  const beats = Array.from({ length: 60 }, () => publishPacket('hb/pump-1', { qos: 0 }))
  device.socket.end(Buffer.concat([connectPacket('dev'), ...beats, DISCONNECT]))
  await room.arrived(60)
  await device.closed
  expect(room.heard.length).toBe(60)
})

test('packets that arrive byte by byte, between others, are heard in order', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port)
  const bytes = Buffer.concat([
    publishPacket('hb/pump-1', { id: 1, payload: 'x'.repeat(200) }),
    subscribePacket('hbstate/#'),
    publishPacket('hb/pump-1/start', { id: 2, qos: 2 }),
    publishPacket('hb/pump-2/fail', { id: 3 }),
  ])
  for (const byte of bytes) {
    device.socket.write(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await room.arrived(3)
  expect(room.told()).toEqual(['ok:pump-1', 'start:pump-1', 'fail:pump-2'])
})

test('a peer with too much that is not on disk has to wait, and loses nothing', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port)
  const beats = Array.from({ length: 3_000 }, (_, n) => publishPacket('hb/pump-1', { id: n + 1 }))
  device.send(...beats)
  await room.arrived(1_024)
  await new Promise((resolve) => setImmediate(resolve))
  expect(room.heard.length).toBe(1_024)
  room.intake.manual = false
  for (const settled of room.waiting.splice(0)) settled('durable')
  await device.take(3_000 * 4)
  expect(room.heard.length).toBe(3_000)
})

test('closing stops listening, lets what was heard settle and be acknowledged, and tells no wills', async () => {
  room = await openRoom()
  room.intake.manual = true
  const device = await Raw.greeted(room.port, 'dev', { will: { topic: 'hb/pump-1/will', payload: '3' } })
  device.send(publishPacket('hb/pump-1', { id: 7 }))
  await room.arrived(1)
  const closing = room.ear.close()
  const stranger = new Raw(room.port)
  await stranger.closed
  settleNext()
  await closing
  expect(await device.take(4)).toBe('40020007')
  await device.closed
  expect(room.told()).toEqual(['ok:pump-1'])
})
