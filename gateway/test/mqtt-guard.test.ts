// Strangers, oversize packets and text that has no business in a topic: raw sockets against the ear.
import { afterEach, expect, test } from 'vitest'
import { MALFORMED, packetSize, UNKNOWN } from '../src/adapters/mqtt-packets.ts'
import { connectPacket, openRoom, packet, publishPacket, Raw, type Room, subscribePacket } from './mqtt-room.ts'

let room: Room
afterEach(async () => room?.ear.close())

const MEBIBYTE = 1_048_576

test('a stranger who claims 256 MiB is cut off at once, and nothing is kept of what he sends', async () => {
  room = await openRoom()
  const before = process.memoryUsage().rss
  const stranger = new Raw(room.port)
  stranger.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
  for (let sent = 0; sent < 100 && !stranger.socket.destroyed; sent++) {
    stranger.socket.write(Buffer.alloc(MEBIBYTE))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await stranger.closed
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * MEBIBYTE)
  expect(room.ear.clients()).toBe(0)
})

test('a CONNECT may have 4 kB, a later packet 64 kB', async () => {
  room = await openRoom()
  const long = new Raw(room.port).send(
    connectPacket('x', { will: { topic: 'hb/pump-1/will', payload: 'x'.repeat(4_096) } }),
  )
  await long.closed
  const device = await Raw.greeted(room.port)
  device.send(publishPacket('hb/pump-1', { id: 1, payload: 'x'.repeat(65_000) }))
  expect(await device.take(4)).toBe('40020001')
  device.send(publishPacket('hb/pump-1', { id: 2, payload: 'x'.repeat(65_536) }))
  await device.closed
  expect(room.heard.length).toBe(1)
})

test('the size of a packet is known from its first bytes', () => {
  const sizes: Array<[number[], number]> = [
    [[0xc0], UNKNOWN],
    [[0xc0, 0], 2],
    [[0x30, 0x7f], 129],
    [[0x30, 0x80], UNKNOWN],
    [[0x30, 0x80, 0x01], 131],
    [[0x30, 0xff, 0x7f], 16_386],
    [[0x30, 0x80, 0x80, 0x01], 16_388],
    [[0x30, 0xff, 0xff, 0xff, 0x7f], 268_435_460],
    [[0x30, 0x80, 0x80, 0x80, 0x80], MALFORMED],
  ]
  for (const [bytes, size] of sizes) {
    expect(packetSize(Uint8Array.from(bytes), 0)).toBe(size)
    expect(packetSize(Uint8Array.from([9, ...bytes]), 1)).toBe(size)
  }
})

test('a malformed PUBLISH ends the connection', async () => {
  room = await openRoom()
  const cases = [
    packet(0x32, Buffer.from([0, 50, 0x68])),
    packet(0x32, Buffer.from([0])),
    publishPacket('hb/pump-1', { id: 0 }),
    packet(0x36, Buffer.from([0, 1, 0x68, 0, 1])),
  ]
  for (const bytes of cases) {
    const device = await Raw.greeted(room.port)
    device.send(bytes)
    await device.closed
  }
  expect(room.heard).toEqual([])
})

test('a topic that can not be a name is acknowledged, dropped and counted', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port)
  const invalid = [
    'hb/a\u0000b',
    'hb/pump-1\u0007',
    'hb/\u009f',
    'hb/a+b',
    'hb/#',
    'hb/$x',
    'hb//x',
    'hb/',
    '',
    'hb/a/b/c/d',
    'hb/ü',
  ]
  device.send(...invalid.map((topic, i) => publishPacket(topic, { id: i + 1 })))
  await device.take(4 * invalid.length)
  expect(room.counted('invalid')).toBe(invalid.length)
  expect(room.heard).toEqual([])
  expect(room.arrivals).toEqual([])
})

test('a CONNECT with control characters, a name too long or a will that is none is refused by its CONNACK', async () => {
  room = await openRoom()
  const will = (topic: string, qos = 1) => ({ will: { topic, payload: '', qos } })
  const refused: Array<[Buffer, string]> = [
    [connectPacket('a\u0001'), '20020002'],
    [connectPacket('x'.repeat(65)), '20020002'],
    [connectPacket('', { clean: false }), '20020002'],
    [connectPacket('dev', { user: 'a\u007f' }), '20020004'],
    [connectPacket('dev', will('hb/pump-1\u0000')), ''],
    [connectPacket('dev', will('hb/+/will')), ''],
    [connectPacket('dev', will('')), ''],
    [connectPacket('dev', will('hb/pump-1/will', 3)), ''],
  ]
  for (const [bytes, answer] of refused) {
    const device = new Raw(room.port).send(bytes)
    await device.closed
    expect(device.got.toString('hex')).toBe(answer)
  }
  expect(room.ear.clients()).toBe(0)
})

test('an empty client id is welcome with a clean session, more than once', async () => {
  room = await openRoom()
  for (let i = 0; i < 2; i++) await Raw.greeted(room.port, '')
  expect(room.ear.clients()).toBe(2)
})

test('a client id that is every object’s inheritance is only a client id', async () => {
  room = await openRoom()
  for (const id of ['constructor', '__proto__', 'toString']) {
    const device = await Raw.greeted(room.port, id)
    device.send(publishPacket('hb/pump-1', { id: 1 }))
    expect(await device.take(4)).toBe('40020001')
  }
})

test('a CONNECT of a version that nobody knows is told that it is not spoken', async () => {
  room = await openRoom()
  const device = new Raw(room.port).send(connectPacket('dev', { version: 6 }))
  expect(await device.take(4)).toBe('20020001')
  await device.closed
})

test('a publish before the CONNECT ends the connection unheard', async () => {
  room = await openRoom()
  await new Raw(room.port).send(publishPacket('hb/pump-1')).closed
  expect(room.heard).toEqual([])
})

test('nobody hears what the broker says about itself', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port)
  for (const filter of ['$SYS/#', '$SYS/+/new/clients', '$share/all/hb/#']) {
    device.send(subscribePacket(filter))
    expect(await device.take(5)).toBe('9003000980')
  }
})

test('a subscription with control characters or one too many is refused', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port)
  device.send(subscribePacket('hbstate/\u0001'))
  expect(await device.take(5)).toBe('9003000980')
  for (let i = 0; i < 100; i++) {
    device.send(subscribePacket(`hbstate/${i}`))
    expect(await device.take(5)).toBe('9003000901')
  }
  device.send(subscribePacket('hbstate/100'))
  expect(await device.take(5)).toBe('9003000980')
})
