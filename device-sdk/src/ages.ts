// How old a signal is when it is written. The gateway reckons backwards from the arrival, and a first signal takes
// longer on its way than those behind it: an age that is true to the millisecond could put them before it. So what
// follows is dated no earlier than what went before, by less than a round trip, and never reordered.

export class Ages {
  #last: number = Number.POSITIVE_INFINITY
  /** When all that was written had been answered; undefined while something is under way. */
  #answeredAt: number | undefined

  /** In milliseconds, of a signal from `at` on the clock that only runs forward. */
  next(at: number): number {
    const now = performance.now()
    const since = this.#answeredAt === undefined ? 0 : now - this.#answeredAt
    this.#last = Math.min(now - at, this.#last + since)
    this.#answeredAt = undefined
    return this.#last
  }

  answered(): void {
    this.#answeredAt = performance.now()
  }

  /** What was written is to be written again. */
  broken(): void {
    this.#last = Number.POSITIVE_INFINITY
  }
}
