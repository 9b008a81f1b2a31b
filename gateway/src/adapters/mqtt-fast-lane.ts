// Takes PUBLISH packets of QoS 0 and 1 off an accepted connection before the broker sees them, and hands it everything
// else unchanged, whole and in order. The broker pulls its bytes by `socket.read(null)`; the lane stands in that call.
// States: greeting (nothing forwarded yet), waiting (CONNECT forwarded, not answered), open.
import type { Duplex } from 'node:stream'
import {
  isPlainPublish,
  MALFORMED,
  PACKET_LIMIT,
  type Publish,
  packetSize,
  readPublish,
  STRANGERS_LIMIT,
  UNKNOWN,
} from './mqtt-packets.ts'
import { Unfinished } from './mqtt-unfinished.ts'

export type LaneHooks = {
  /** The broker has accepted the CONNECT, and the connection has not ended. */
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
export function installFastLane(socket: Duplex, hooks: LaneHooks): void {
  const read = socket.read.bind(socket)
  const unfinished = new Unfinished(() => hooks.broken('a packet that does not end'))
  socket.once('close', () => unfinished.drop())
  let greeted = false

  // What has to wait goes back into the socket rather than into a buffer here: the socket does not end before it is read.
  const putBack = (rest: Buffer): undefined => {
    if (rest.length > 0) socket.unshift(rest)
  }

  const broken = (why: string): undefined => {
    hooks.broken(why)
  }

  /** Deals with what is ours; gives what is the broker's, if there is any. */
  const divide = (bytes: Buffer, accepted: boolean): Buffer | undefined => {
    const limit = accepted ? PACKET_LIMIT : STRANGERS_LIMIT
    let at = 0
    /** Where the packets begin that are the broker's. */
    let theirs = -1
    while (at < bytes.length) {
      const size = packetSize(bytes, at)
      if (size === MALFORMED || size > limit) return broken('a packet over the size limit')
      const end = at + size
      if (size === UNKNOWN || end > bytes.length) {
        if (theirs < 0) unfinished.keep(bytes.subarray(at), size)
        break
      }
      const ours = accepted && isPlainPublish(bytes[at] as number)
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
    if (theirs < 0) return undefined
    putBack(bytes.subarray(at))
    return bytes.subarray(theirs, at)
  }

  // The socket gives a segment at a time and calls only once for several, so all of them are asked for.
  const next = (): Buffer | null => {
    const accepted = hooks.accepted()
    if (greeted && !accepted) return null
    while (hooks.ready()) {
      const segment = read() as Buffer | null
      if (segment === null) return null
      const bytes = unfinished.completedBy(segment)
      const theirs = bytes === undefined ? undefined : divide(bytes, accepted)
      if (theirs !== undefined) {
        greeted = true
        return theirs
      }
      if (socket.destroyed) return null
    }
    return null
  }

  socket.read = (size?: number | null): unknown => (size === null ? next() : read(size as number | undefined))
}
