// TCP cuts a stream where it likes: whatever the segments, the same is heard and the same is acknowledged.
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { installFastLane } from '../src/adapters/mqtt-fast-lane.ts'
import { packetSize } from '../src/adapters/mqtt-packets.ts'
import {
  connectPacket,
  openRoom,
  PINGREQ,
  publishPacket,
  pubrelPacket,
  Raw,
  type Room,
  subscribePacket,
} from './mqtt-room.ts'

let room: Room | undefined
afterEach(async () => {
  await room?.ear.close()
  room = undefined
})

/** A length may be written in more bytes than it needs, up to four. */
function widen(packet: Buffer, bytes: number): Buffer {
  const end = packet.findIndex((byte, at) => at > 0 && byte < 0x80)
  const length = packet.subarray(1, end + 1)
  if (length.length >= bytes) return packet
  const wide = [...length.map((byte) => byte | 0x80), ...Array<number>(bytes - length.length).fill(0x80)]
  wide[bytes - 1] = 0
  return Buffer.concat([packet.subarray(0, 1), Buffer.from(wide), packet.subarray(end + 1)])
}

const size = fc.oneof(fc.nat(20), fc.constantFrom(100, 127, 128, 16_383, 16_384, 60_000))
const publish = fc
  .record({
    topic: fc.constantFrom('hb/pump-1', 'hb/pump-1/start', 'hb/pump-2/fail', 'hb/nobody', 'home/door', ''),
    qos: fc.constantFrom(0, 1, 2),
    retain: fc.boolean(),
    id: fc.integer({ min: 1, max: 65_535 }),
    size,
    widen: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ topic, qos, size, widen: bytes, ...rest }) => {
    const options = { ...rest, qos: qos as 0 | 1 | 2, payload: 'x'.repeat(size) }
    return widen(publishPacket(qos === 2 && topic === '' ? 'hb/job' : topic, options), bytes)
  })
const other = fc.constantFrom(PINGREQ, subscribePacket('hbstate/pump-1'), pubrelPacket(7))
const stream = fc.array(fc.oneof({ weight: 3, arbitrary: publish }, { weight: 1, arbitrary: other }), {
  minLength: 1,
  maxLength: 12,
})
/** Where it is cut, in thousandths. */
const cuts = fc.array(fc.nat(1_000), { maxLength: 12 })

function segmentsOf(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at.map((share) => Math.floor((share * bytes.length) / 1_000)), bytes.length].sort((a, b) => a - b)
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter(({ length }) => length > 0)
}

/** What the lane takes and what it leaves to the broker, in order; `readiness`: whether the ear takes more, by turn. */
async function throughLane(segments: readonly Buffer[], readiness: readonly boolean[] = []): Promise<string[]> {
  const seen: string[] = []
  let ready = true
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  installFastLane(socket as unknown as Socket, {
    accepted: () => true,
    ready: () => ready,
    alive() {},
    publish: ({ payload, ...rest }) => seen.push(`${JSON.stringify(rest)} ${payload.length}`),
    broken: (why) => seen.push(why),
  })
  const pull = (): void => {
    for (let bytes = socket.read(null as never); bytes !== null; bytes = socket.read(null as never)) {
      for (let at = 0, end = 0; at < bytes.length; at = end) {
        end = at + packetSize(bytes, at)
        seen.push(bytes.toString('hex', at, Math.min(end, at + 200)))
      }
    }
  }
  socket.on('readable', pull)
  for (const [i, segment] of segments.entries()) {
    ready = readiness[i] ?? true
    pull()
    socket.push(segment)
    await turn()
  }
  ready = true
  pull()
  socket.destroy()
  return seen
}

test('any segmentation, and any pause between, gives the same publishes and leaves the broker the same packets', async () => {
  await fc.assert(
    fc.asyncProperty(stream, cuts, fc.array(fc.boolean(), { maxLength: 12 }), async (packets, at, readiness) => {
      const bytes = Buffer.concat(packets)
      const whole = await throughLane([bytes])
      expect(whole.length).toBe(packets.length)
      expect(await throughLane(segmentsOf(bytes, at), readiness)).toEqual(whole)
    }),
    { numRuns: 200 },
  )
})

const PLAIN = [
  connectPacket('dev'),
  publishPacket('hb/pump-1', { id: 1 }),
  widen(publishPacket('hb/pump-1/start', { id: 2, payload: 'x'.repeat(130) }), 4),
  PINGREQ,
  publishPacket('hb/pump-2', { qos: 0 }),
  publishPacket('hb/pump-1', { id: 3, qos: 2 }),
  subscribePacket('hbstate/pump-1'),
  publishPacket('hb/nobody', { id: 4 }),
  publishPacket('hb/job/7', { id: 5 }),
  pubrelPacket(3),
]
const ANSWERS = [
  '20020000',
  '40020001',
  '40020002',
  '50020003',
  '9003000901',
  '40020004',
  '40020005',
  '70020003',
  'd000',
]

test('a stream cut in two at any byte is heard and acknowledged alike', async () => {
  room = await openRoom()
  const bytes = Buffer.concat(PLAIN)
  for (let cut = 0; cut < bytes.length; cut++) {
    const before = room.heard.length
    const device = new Raw(room.port).send(bytes.subarray(0, cut))
    await device.connected
    await turn()
    device.send(bytes.subarray(cut))
    const answers = await device.take(ANSWERS.join('').length / 2)
    for (const answer of ANSWERS) expect(answers).toContain(answer)
    expect(room.told().slice(before)).toEqual(['ok:pump-1', 'start:pump-1', 'ok:pump-2', 'ok:pump-1', 'fail:job'])
    device.socket.destroy()
  }
})
