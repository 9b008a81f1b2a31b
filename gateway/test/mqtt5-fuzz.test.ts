// Whatever a peer of MQTT 5 sends, and however TCP cuts it, the ear stays up and the same is heard. An exception that
// escapes fails the run.
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { afterEach, expect, test } from 'vitest'
import { packetSize } from '../src/adapters/mqtt-packets.ts'
import { readBarePublish, readPacket } from '../src/adapters/mqtt5-codec.ts'
import { PacketReader } from '../src/adapters/mqtt5-reader.ts'
import { mutantsOf } from './damage.ts'
import { openRoom, packet5, publishPacket, Raw, type Room } from './mqtt-room.ts'

let room: Room | undefined
afterEach(async () => {
  await room?.ear.close()
  room = undefined
})

const CONNECT = packet5({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 5,
  clean: true,
  keepalive: 60,
  clientId: 'dev',
})
const userProperties = { age: '3', boot: '1', seq: '9', rid: 'a', ['__proto__']: 'x', constructor: 'y', 'm.t': '1' }
const common = { cmd: 'publish', qos: 1, dup: false, retain: false, messageId: 1, payload: 'up' } as const
const VALID: readonly Buffer[] = [
  CONNECT,
  packet5({ ...common, topic: 'hb/pump-1' }),
  packet5({ ...common, topic: 'hb/pump-1', messageId: 2, properties: { userProperties, topicAlias: 1 } }),
  packet5({ ...common, topic: '', messageId: 3, properties: { topicAlias: 1, messageExpiryInterval: 9 } }),
  packet5({ ...common, topic: 'hb/pump-2', qos: 2, messageId: 4 }),
  packet5({ cmd: 'subscribe', messageId: 5, subscriptions: [{ topic: 'hbstate/#', qos: 1, rh: 1 }] } as Packet),
  packet5({ cmd: 'unsubscribe', messageId: 6, unsubscriptions: ['hbstate/#'] } as Packet),
  packet5({ cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'x' } } as Packet),
  packet5({ cmd: 'puback', messageId: 1, reasonCode: 0 } as Packet),
  packet5({ cmd: 'disconnect', reasonCode: 4 } as Packet),
  packet5({ cmd: 'pingreq' }),
]

const mutant = mutantsOf(VALID)
const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
const nonsense = fc.array(fc.oneof({ weight: 5, arbitrary: mutant }, { weight: 1, arbitrary: noise }), { maxLength: 6 })

test('damaged packets and noise, from strangers and from devices, bring nothing down', async () => {
  room = await openRoom()
  const { ear, port } = room
  const survives = async (isGreeted: boolean, packets: readonly Buffer[], isAbrupt: boolean): Promise<void> => {
    const peer = new Raw(port)
    if (isGreeted) await peer.send(CONNECT).packet5()
    peer.send(...packets)
    const device = await Raw.greeted(port, 'witness')
    expect(await device.send(publishPacket('hb/pump-2', { id: 1 })).take(4)).toBe('40020001')
    if (isAbrupt) peer.socket.resetAndDestroy()
    else peer.socket.end()
    await peer.closed
    await device.send(Buffer.from([0xe0, 0])).closed
  }
  await fc.assert(fc.asyncProperty(fc.boolean(), nonsense, fc.boolean(), survives), { numRuns: 400 })
  const last = await Raw.greeted(port, 'last')
  while (ear.clients() > 1) await last.ping()
  expect(ear.clients()).toBe(1)
})

test('no bytes make the reader of packets throw, and it reads the next packet as if nothing had been', () => {
  const whole = packet5({ ...common, topic: 'hb/pump-1' })
  fc.assert(
    fc.property(fc.oneof(mutant, noise), (bytes) => {
      const size = bytes.length < 2 ? 0 : packetSize(bytes, 0)
      fc.pre(size > 0 && size <= bytes.length)
      readPacket(bytes.subarray(0, size))
      expect(readPacket(whole)).toMatchObject({ cmd: 'publish', topic: 'hb/pump-1', messageId: 1 })
    }),
    { numRuns: 5_000 },
  )
})

test('the short way of reading a publish says what the library says', () => {
  const publish = fc.record({
    topic: fc.constantFrom('hb/pump-1', 'hb/x/start', 'a', 'zigbee2mqtt/Küche/Lampe'),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    ...{ qos: fc.constantFrom(0 as const, 1 as const, 2 as const), dup: fc.boolean(), retain: fc.boolean() },
    messageId: fc.integer({ min: 1, max: 65_535 }),
    properties: fc.constantFrom({}, { topicAlias: 2 }, { userProperties: { age: '1' } }),
  })
  let bare = 0
  fc.assert(
    fc.property(publish, ({ properties, dup, ...fields }) => {
      const isBare = Object.keys(properties).length === 0 && fields.qos < 2
      const bytes = packet5({ cmd: 'publish', dup: dup && fields.qos > 0, ...fields, properties })
      const short = readBarePublish(bytes, 0, bytes.length)
      expect(short !== undefined).toBe(isBare)
      if (short === undefined) return
      bare++
      const { topic, payload, qos, retain, messageId = 0, dup: again } = readPacket(bytes) as IPublishPacket
      expect(short).toEqual({
        topic,
        payload: Buffer.from(payload),
        qos,
        retain,
        messageId: messageId ?? 0,
        dup: again,
      })
    }),
    { numRuns: 1_000 },
  )
  expect(bare).toBeGreaterThan(100)
})

test('any segmentation, and any pause between, gives the same packets in the same order', async () => {
  const cuts = fc.array(fc.nat(1_000), { maxLength: 12 })
  const packets = fc.array(fc.constantFrom(...VALID), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(packets, cuts, fc.array(fc.boolean(), { maxLength: 12 }), async (packets, at, readiness) => {
      const bytes = Buffer.concat(packets)
      const ends = [...at.map((share) => Math.floor((share * bytes.length) / 1_000)), bytes.length].sort(
        (a, b) => a - b,
      )
      const seen: Buffer[] = []
      let ready = true
      const wire = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
      const reader = new PacketReader(wire, {
        ready: () => ready,
        limit: () => 65_536,
        packet: (from, start, end) => seen.push(Buffer.from(from.subarray(start, end))),
        broken: (why) => expect(why).toBe('nothing'),
      })
      for (const [i, end] of ends.entries()) {
        ready = readiness[i] ?? true
        reader.resume()
        wire.push(bytes.subarray(ends[i - 1] ?? 0, end))
        await turn()
      }
      ready = true
      reader.resume()
      wire.destroy()
      expect(seen.map((packet) => packet.toString('hex'))).toEqual(packets.map((packet) => packet.toString('hex')))
    }),
    { numRuns: 200 },
  )
})
