// The beginning of a packet whose end has not arrived.
import { type Duration, MINUTE } from '../domain/time.ts'

/** `late` is called when its end takes too long. */
export class Unfinished {
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

/** From its first byte to its last, on a slow line too. */
const LONGEST_FOR_A_PACKET: Duration = MINUTE
/** A peer may send byte by byte: neither are all joined each time, nor is each kept as a buffer of its own. */
const MOST_PIECES = 64
