// Cuts what a connection of MQTT 5 sends into whole packets, one after the other, and no faster than they are dealt with:
// what has to wait stays in the socket, and TCP tells the peer to wait.
import type { Duplex } from 'node:stream'
import { MALFORMED, packetSize, UNKNOWN } from './mqtt-packets.ts'
import { Unfinished } from './mqtt-unfinished.ts'

export type ReaderHooks = {
  /** While false nothing is read; `resume` goes on. */
  ready(): boolean
  /** The most bytes that a packet may have now. */
  limit(): number
  /** `bytes` from `start` to before `end` are one packet. */
  packet(bytes: Buffer, start: number, end: number): void
  broken(why: 'malformed' | 'tooLarge' | 'endless'): void
}

export class PacketReader {
  readonly #wire: Duplex
  readonly #hooks: ReaderHooks
  readonly #unfinished: Unfinished
  #isReading = false

  constructor(wire: Duplex, hooks: ReaderHooks) {
    this.#wire = wire
    this.#hooks = hooks
    this.#unfinished = new Unfinished(() => hooks.broken('endless'))
    wire.on('readable', this.resume)
    wire.once('close', () => this.#unfinished.drop())
  }

  readonly resume = (): void => {
    // What a packet leads to may ask to go on while it is being dealt with.
    if (this.#isReading) return
    this.#isReading = true
    while (this.#hooks.ready()) {
      const segment = this.#wire.read() as Buffer | null
      if (segment === null) break
      const bytes = this.#unfinished.completedBy(segment)
      if (bytes !== undefined && !this.#divide(bytes)) break
    }
    this.#isReading = false
  }

  /** False: nothing more is to be read now. */
  #divide(bytes: Buffer): boolean {
    const { ready, limit, packet, broken } = this.#hooks
    let at = 0
    while (at < bytes.length) {
      if (!ready()) {
        if (!this.#wire.destroyed) this.#wire.unshift(bytes.subarray(at))
        return false
      }
      const size = packetSize(bytes, at)
      if (size === MALFORMED) broken('malformed')
      else if (size > limit()) broken('tooLarge')
      else if (size === UNKNOWN || at + size > bytes.length) this.#unfinished.keep(bytes.subarray(at), size)
      else {
        packet(bytes, at, at + size)
        at += size
        continue
      }
      return size !== MALFORMED && size <= limit()
    }
    return true
  }
}
