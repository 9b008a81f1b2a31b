// MQTT packets as bytes: where one ends, what a plain PUBLISH says, and the answers that are written here. Pure.

export type Publish = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly dup: boolean
  readonly retain: boolean
  /** 0 for QoS 0. */
  readonly messageId: number
  /** The user properties of MQTT 5. */
  readonly properties?: Readonly<Record<string, string | readonly string[]>>
}

/** A CONNECT needs no more; whoever has not been accepted gets no more. The library behind has no limit of its own. */
export const STRANGERS_LIMIT = 4_096
export const PACKET_LIMIT = 65_536

/** The bytes so far do not say how long the packet is. */
export const UNKNOWN = 0
/** The length is written in more than the four bytes that it may have. */
export const MALFORMED = -1

/** The size of the whole packet that begins at `at`, or UNKNOWN, or MALFORMED. */
export function packetSize(bytes: Uint8Array, at: number): number {
  let length = 0
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return UNKNOWN
    length += (byte & 0x7f) * 128 ** (i - 1)
    if (byte < 0x80) return 1 + i + length
  }
  return MALFORMED
}

/** PUBLISH with QoS 0 or 1. QoS 2 has a handshake that the broker keeps. */
export function isPlainPublish(head: number): boolean {
  return (head & 0xf4) === 0x30
}

/**
 * Undefined when its parts do not fit its length, or when a QoS 1 packet has no id. `isBare`: a packet of MQTT 5, of which
 * only one without properties is read here.
 */
export function readPublish(bytes: Buffer, start: number, end: number, isBare = false): Publish | undefined {
  const head = bytes[start] as number
  let at = start + 1
  while ((bytes[at] as number) >= 0x80) at++
  at++
  if (at + 2 > end) return undefined
  const topicStart = at + 2
  const topicEnd = topicStart + ((bytes[at] as number) << 8) + (bytes[at + 1] as number)
  const qos = (head & 0x02) === 0 ? 0 : 1
  const propertiesAt = topicEnd + 2 * qos
  if (isBare && bytes[propertiesAt] !== 0) return undefined
  const payloadStart = isBare ? propertiesAt + 1 : propertiesAt
  if (payloadStart > end) return undefined
  const messageId = qos === 0 ? 0 : ((bytes[topicEnd] as number) << 8) + (bytes[topicEnd + 1] as number)
  if (qos === 1 && messageId === 0) return undefined
  return {
    topic: bytes.toString('utf8', topicStart, topicEnd),
    payload: payloadStart === end ? NOTHING : bytes.subarray(payloadStart, end),
    qos,
    dup: (head & 0x08) !== 0,
    retain: (head & 0x01) !== 0,
    messageId,
  }
}

/** A PUBACK for each, in one piece. */
export function pubacks(owed: readonly { readonly messageId: number; readonly answer?: Uint8Array }[]): Buffer {
  const length = owed.reduce((sum, { answer }) => sum + (answer?.length ?? 4), 0)
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const { messageId, answer } of owed) {
    if (answer !== undefined) {
      bytes.set(answer, at)
      at += answer.length
      continue
    }
    bytes[at++] = 0x40
    bytes[at++] = 2
    bytes[at++] = messageId >> 8
    bytes[at++] = messageId & 0xff
  }
  return bytes
}

export type Refused = 'client id' | 'user name' | 'will'

/** The CONNACK that refuses; the old protocol has no word for a will that is none. */
export function connackRefusing(refused: Refused): Uint8Array {
  return refused === 'will' ? NOTHING : Uint8Array.of(0x20, 2, 0, refused === 'client id' ? 2 : 4)
}

const NOTHING: Buffer = Buffer.alloc(0)
