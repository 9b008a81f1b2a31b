// The last bytes of a stream, in a memory that never grows.

export class Tail {
  /** Twice the size, so that bytes move once per `size`. */
  readonly #bytes: Buffer
  readonly #size: number
  #end = 0

  constructor(size: number) {
    this.#size = size
    this.#bytes = Buffer.alloc(2 * size)
  }

  add(chunk: Uint8Array): void {
    const news = chunk.length > this.#size ? chunk.subarray(chunk.length - this.#size) : chunk
    if (this.#end + news.length > this.#bytes.length) {
      const kept = Math.min(this.#size, this.#end)
      this.#bytes.copyWithin(0, this.#end - kept, this.#end)
      this.#end = kept
    }
    this.#bytes.set(news, this.#end)
    this.#end += news.length
  }

  /** The last `most` bytes, or fewer. */
  last(most: number): Uint8Array {
    const count = Math.min(this.#end, this.#size, most)
    return this.#bytes.subarray(this.#end - count, this.#end)
  }
}
