// MQTT 5 packets, read and written; the only file that knows the library. Nothing here knows what a packet leads to.
import { generate, type Packet, type Parser, parser } from 'mqtt-packet'
import { isPlainPublish, type Publish, readPublish } from './mqtt-packets.ts'

export type { IConnectPacket, IPublishPacket, ISubscribePacket, IUnsubscribePacket, Packet } from 'mqtt-packet'

/** `bytes` are one whole packet; an error says what is wrong with it. */
export function readPacket(bytes: Buffer): Packet | Error {
  read = undefined
  let left = 0
  try {
    left = whole.parse(bytes)
  } catch (error) {
    read = error as Error
  }
  // What is left over would be taken for the beginning of the next connection's packet.
  if (left > 0 || read === undefined || read instanceof Error) whole = makeParser()
  if (read !== undefined && !(read instanceof Error) && isEmpty(read)) return new Error('no filter at all')
  return read ?? new Error('a packet that does not end where it says')
}

/** The library takes a SUBSCRIBE of nothing, and can't answer it. */
function isEmpty(packet: Packet): boolean {
  if (packet.cmd === 'subscribe') return packet.subscriptions.length === 0
  return packet.cmd === 'unsubscribe' && packet.unsubscriptions.length === 0
}

export function writePacket(packet: Packet): Buffer {
  return generate(packet, OPTIONS)
}

/**
 * A PUBLISH of QoS 0 or 1 whose properties are none, as nearly every beat is: `bytes[start]` is its first byte, `end` is
 * behind its last. Undefined: it is for the library.
 */
export function readBarePublish(bytes: Buffer, start: number, end: number): Publish | undefined {
  if (!isPlainPublish(bytes[start] as number)) return undefined
  const publish = readPublish(bytes, start, end, true)
  // No topic stands for an alias.
  return publish?.topic === '' ? undefined : publish
}

const OPTIONS = { protocolVersion: 5 }
let read: Packet | Error | undefined
let whole = makeParser()

function makeParser(): Parser {
  const made = parser(OPTIONS)
  made.on('packet', (packet: Packet) => {
    read ??= packet
  })
  made.on('error', (error: Error) => {
    read = error
  })
  return made
}
