// The MQTT load, its own process: empty QoS 1 publishes to hb/hb-<n> over raw sockets, a fixed number in flight
// on each. The packets of a connection lie in one buffer; only their message ids are written on the way.
import { once } from 'node:events'
import { connect } from 'node:net'
import { measureWindow, type Window } from './measure.ts'

export type MqttLoadOptions = {
  port: number
  serverPid: number
  connections: number
  inFlight: number
  names: number
  warmup: number
  seconds: number
}

const MOST_PUBLISHES = 100_000_000
const LAST_MESSAGE_ID = 65_535
const PUBLISH_QOS_1 = 0x32
const PUBACK = 0x40
const PUBACK_BYTES = 4
const CONNACK_BYTES = 4

const options = JSON.parse(process.argv[2] ?? '{}') as MqttLoadOptions
let acks = 0
let finish = (): void => {}
const ended = new Promise<void>((resolve) => {
  finish = resolve
})

const slice = Math.floor(options.names / options.connections)
const starts: Array<() => void> = []
for (let i = 0; i < options.connections; i++) starts.push(await open(i))
for (const start of starts) start()

const window: Window = await measureWindow({ ...options, count: () => acks, ended })
process.stdout.write(`${JSON.stringify(window)}\n`)
process.exit(0)

/** Connects one client; the function it gives back puts the first publishes in flight. */
async function open(index: number): Promise<() => void> {
  const { packets, offsets } = packetsOf(index)
  let at = 0
  let messageId = 0
  let odd = 0
  let connected = (): void => {}
  const publish = (count: number): void => {
    for (let left = count; left > 0; ) {
      if (at === slice) at = 0
      const until = Math.min(at + left, slice)
      for (let n = at; n < until; n++) {
        messageId = messageId === LAST_MESSAGE_ID ? 1 : messageId + 1
        packets.writeUInt16BE(messageId, offsets[n + 1]! - 2)
      }
      socket.write(packets.subarray(offsets[at], offsets[until]))
      left -= until - at
      at = until
    }
  }
  let read = (length: number, chunk: Buffer): void => {
    if (length !== CONNACK_BYTES || chunk[0] !== 0x20 || chunk[3] !== 0) fail('the broker refused a connection')
    read = acknowledged
    connected()
  }
  const acknowledged = (length: number, chunk: Buffer): void => {
    for (let i = (PUBACK_BYTES - odd) % PUBACK_BYTES; i < length; i += PUBACK_BYTES) {
      if (chunk[i] !== PUBACK) fail(`a packet of type ${chunk[i]! >> 4} instead of a PUBACK`)
    }
    const count = Math.floor((odd + length) / PUBACK_BYTES)
    odd = (odd + length) % PUBACK_BYTES
    acks += count
    if (acks >= MOST_PUBLISHES) finish()
    publish(count)
  }
  const socket = connect({
    port: options.port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(4096),
      callback: (length, chunk) => {
        read(length, chunk as Buffer)
        return true
      },
    },
  })
  socket.on('close', () => fail('the broker closed a connection'))
  await once(socket, 'connect')
  const greeted = new Promise<void>((resolve) => {
    connected = resolve
  })
  socket.write(connectPacket(`bench-${index}`))
  await greeted
  return () => publish(options.inFlight)
}

/** The publishes of one connection's names, one after the other, and where each of them begins. */
function packetsOf(index: number): { packets: Buffer; offsets: Uint32Array } {
  const offsets = new Uint32Array(slice + 1)
  const all = Array.from({ length: slice }, (_, n) => {
    const topic = `hb/hb-${index * slice + n + 1}`
    const packet = Buffer.alloc(2 + 2 + topic.length + 2)
    packet[0] = PUBLISH_QOS_1
    packet[1] = packet.length - 2
    packet.writeUInt16BE(topic.length, 2)
    packet.write(topic, 4, 'latin1')
    offsets[n + 1] = offsets[n]! + packet.length
    return packet
  })
  return { packets: Buffer.concat(all), offsets }
}

/** An MQTT 3.1.1 CONNECT: a clean session, a keep-alive of ten minutes. */
function connectPacket(clientId: string): Buffer {
  const head = [0x10, 12 + clientId.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x02, 0x02, 0x58, 0, clientId.length]
  return Buffer.concat([Buffer.from(head), Buffer.from(clientId, 'latin1')])
}

function fail(reason: string): never {
  console.error(`the MQTT load failed: ${reason}`)
  process.exit(1)
}
