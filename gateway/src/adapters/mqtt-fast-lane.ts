// Takes PUBLISH packets of QoS 0 and 1 off an accepted connection before the broker sees them, and hands it everything
// else unchanged and in order. The broker pulls its bytes by `socket.read(null)`; the lane stands in that call.
// States: greeting (nothing forwarded yet), waiting (CONNECT forwarded, not answered), open.
import type { Socket } from 'node:net'
import { INCOMPLETE, PACKET_LIMIT, packetEnd, STRANGERS_LIMIT, TOO_LONG } from './mqtt-guard.ts'

export type Publish = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly dup: boolean
  readonly retain: boolean
  /** 0 for QoS 0. */
  readonly messageId: number
}

export type LaneHooks = {
  /** The broker has accepted the CONNECT. */
  accepted(): boolean
  /** While false, what the peer sends stays in the socket, and TCP tells it to wait. */
  ready(): boolean
  /** Something whole came from an accepted peer. */
  alive(): void
  publish(publish: Publish): void
  /** The peer broke the protocol or a limit: the connection is to end now. */
  broken(why: string): void
}

/** From now on `socket.read(null)` gives only what is left for the broker. */
export function installFastLane(socket: Socket, hooks: LaneHooks): void {
  const read = socket.read.bind(socket)
  let greeted = false
  /** The beginning of a packet whose end has not arrived. */
  let partial: Buffer | undefined

  // What has to wait goes back into the socket rather than into a buffer here: the socket does not end before it is read.
  const putBack = (rest: Buffer): null => {
    if (rest.length > 0) socket.unshift(rest)
    return null
  }

  const broken = (why: string): null => {
    hooks.broken(why)
    return null
  }

  const next = (): Buffer | null => {
    const accepted = hooks.accepted()
    if ((greeted && !accepted) || !hooks.ready()) return null
    let bytes = read() as Buffer | null
    if (bytes === null) return null
    if (partial !== undefined) bytes = Buffer.concat([partial, bytes])
    partial = undefined
    const limit = accepted ? PACKET_LIMIT : STRANGERS_LIMIT
    let at = 0
    /** Where the packets begin that are the broker's. */
    let theirs = -1
    while (at < bytes.length) {
      const end = packetEnd(bytes, at, limit)
      if (end === TOO_LONG) return broken('a packet over the size limit')
      if (end === INCOMPLETE) break
      const ours = accepted && isOurs(bytes[at] as number)
      if (theirs >= 0 && ours) break
      if (ours) {
        if (!hooks.ready()) return putBack(bytes.subarray(at))
        const publish = readPublish(bytes, at, end)
        if (publish === undefined) return broken('a malformed PUBLISH')
        hooks.publish(publish)
      } else if (theirs < 0) theirs = at
      at = end
      if (!accepted) break
    }
    if (accepted && at > 0) hooks.alive()
    if (theirs >= 0) {
      greeted = true
      putBack(bytes.subarray(at))
      return bytes.subarray(theirs, at)
    }
    if (at < bytes.length) partial = bytes.subarray(at)
    return null
  }

  socket.read = (size?: number | null): unknown => (size === null ? next() : read(size as number | undefined))
}

/** PUBLISH with QoS 0 or 1. QoS 2 has a handshake that the broker keeps. */
function isOurs(head: number): boolean {
  return (head & 0xf4) === 0x30
}

/** Undefined when its parts do not fit its length, or when a QoS 1 packet has no id. */
function readPublish(bytes: Buffer, start: number, end: number): Publish | undefined {
  const head = bytes[start] as number
  let at = start + 1
  while ((bytes[at] as number) >= 0x80) at++
  at++
  if (at + 2 > end) return undefined
  const topicStart = at + 2
  const topicEnd = topicStart + ((bytes[at] as number) << 8) + (bytes[at + 1] as number)
  const qos = (head & 0x02) === 0 ? 0 : 1
  const payloadStart = topicEnd + 2 * qos
  if (payloadStart > end) return undefined
  const messageId = qos === 0 ? 0 : ((bytes[topicEnd] as number) << 8) + (bytes[topicEnd + 1] as number)
  if (qos === 1 && messageId === 0) return undefined
  return {
    // Every valid topic is ASCII; a longer character reads as several that no name may contain.
    topic: bytes.toString('latin1', topicStart, topicEnd),
    payload: bytes.subarray(payloadStart, end),
    qos,
    dup: (head & 0x08) !== 0,
    retain: (head & 0x01) !== 0,
    messageId,
  }
}
