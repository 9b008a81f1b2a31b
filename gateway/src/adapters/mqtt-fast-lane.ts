// Takes PUBLISH packets of QoS 0 and 1 off an accepted connection before the broker sees them, and hands it everything
// else unchanged, whole and in order. The broker pulls its bytes by `socket.read(null)`; the lane stands in that call.
// States: greeting (nothing forwarded yet), waiting (CONNECT forwarded, not answered), open.
import type { Socket } from 'node:net'
import { type Duration, MINUTE } from '../domain/time.ts'
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
export function installFastLane(socket: Socket, hooks: LaneHooks): void {
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

/** From its first byte to its last, on a slow line too. */
const LONGEST_FOR_A_PACKET: Duration = MINUTE
/** A peer may send byte by byte: neither are all joined each time, nor is each kept as a buffer of its own. */
const MOST_PIECES = 64

/** The beginning of a packet whose end has not arrived. */
class Unfinished {
  #pieces: Buffer[] = []
  #length = 0
  /** With so many bytes it is worth a look. */
  #wanted = 0
  #timer: NodeJS.Timeout | undefined
  readonly #late: () => void

  constructor(late: () => void) {
    this.#late = late
  }

  /** `size` is the packet's, or UNKNOWN. */
  keep(beginning: Buffer, size: number): void {
    this.#pieces = [beginning]
    this.#length = beginning.length
    this.#wanted = Math.max(size, beginning.length + 1)
    this.#timer = setTimeout(this.#late, LONGEST_FOR_A_PACKET).unref()
  }

  completedBy(bytes: Buffer): Buffer | undefined {
    if (this.#length === 0) return bytes
    this.#pieces.push(bytes)
    this.#length += bytes.length
    const whole = this.#length >= this.#wanted
    if (!whole && this.#pieces.length < MOST_PIECES) return undefined
    const joined = Buffer.concat(this.#pieces, this.#length)
    this.#pieces = [joined]
    if (!whole) return undefined
    this.drop()
    return joined
  }

  drop(): void {
    this.#pieces = []
    this.#length = 0
    clearTimeout(this.#timer)
  }
}
