// Whatever a peer sends, the ear stays up and goes on hearing the others. An exception that escapes fails the run.
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { mutantsOf } from './damage.ts'
import {
  connectPacket,
  DISCONNECT,
  openRoom,
  PINGREQ,
  packet,
  publishPacket,
  pubrelPacket,
  Raw,
  type Room,
  subscribePacket,
} from './mqtt-room.ts'

let room: Room
afterEach(async () => room.ear.close())

const will = { topic: 'hb/pump-1/will', payload: '1' }
const VALID = [
  connectPacket('dev', { will }),
  connectPacket('dev', { version: 3, user: 'pump-1' }),
  connectPacket('dev', { version: 5, will }),
  publishPacket('hb/pump-1', { id: 1 }),
  publishPacket('hb/pump-1', { id: 2, qos: 2, payload: '{"s":"ok","m":{"t":1}}' }),
  publishPacket('hb/pump-1/exit', { qos: 0, payload: Buffer.from([0xa1, 0x64, 0x62, 0x6f, 0x6f, 0x74, 0x05]) }),
  subscribePacket('hbstate/#'),
  packet(0xa2, Buffer.from([0, 9, 0, 3, 0x68, 0x62, 0x2f])),
  pubrelPacket(2),
  ...[0x20, 0x40, 0x50, 0x70, 0x90, 0xb0, 0xf0].map((head) => packet(head, Buffer.from([0, 2, 0]))),
  PINGREQ,
  DISCONNECT,
]

const mutant = mutantsOf(VALID)
const noise = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))
const nonsense = fc.array(fc.oneof({ weight: 4, arbitrary: mutant }, { weight: 1, arbitrary: noise }), { maxLength: 6 })

async function survives(isGreeted: boolean, packets: readonly Buffer[], isAbrupt: boolean): Promise<void> {
  const peer = isGreeted ? await Raw.greeted(room.port, 'dev') : new Raw(room.port)
  peer.send(...packets)
  const device = await Raw.greeted(room.port, 'witness')
  expect(await device.send(publishPacket('hb/pump-2', { id: 1 })).take(4)).toBe('40020001')
  if (isAbrupt) peer.socket.resetAndDestroy()
  else peer.socket.end()
  await peer.closed
  await device.send(DISCONNECT).closed
}

test('damaged packets and noise, from strangers and from devices, bring nothing down', async () => {
  room = await openRoom()
  await fc.assert(fc.asyncProperty(fc.boolean(), nonsense, fc.boolean(), survives), { numRuns: 400 })
  const last = await Raw.greeted(room.port, 'last')
  await last.ping()
  expect(room.ear.clients()).toBe(1)
})
