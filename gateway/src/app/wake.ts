// When to look again: a lazy heap of instants. A signal only ever moves a deadline later, so it does not touch the
// heap; an entry that surfaces too early is put back. Work per signal O(1), per tick O(what is due).
import { type Instant, NEVER } from '../domain/time.ts'

export class WakeHeap {
  #instants = new Float64Array(1024)
  #numbers = new Int32Array(1024)
  #size = 0
  /** The earliest entry of each number; an entry at any other instant is stale. */
  #queued = new Float64Array(1024).fill(NEVER)

  get size(): number {
    return this.#size
  }

  /** The instant of the first entry. */
  get next(): Instant {
    return this.#size === 0 ? NEVER : (this.#instants[0] as Instant)
  }

  /** Makes room for `numbers` entries at once. */
  reserve(numbers: number): void {
    if (numbers > this.#queued.length) this.#queued = grown(this.#queued, numbers, NEVER)
    if (numbers > this.#instants.length) this.#grow(numbers)
  }

  /** Makes sure that `number` surfaces at `at` or earlier. */
  wake(number: number, at: Instant): void {
    if (number >= this.#queued.length) this.#queued = grown(this.#queued, number + 1, NEVER)
    if (at >= (this.#queued[number] as Instant)) return
    this.#queued[number] = at
    this.#push(at, number)
  }

  /** Takes the first number that is due at `now`; −1: none. The caller wakes it again. */
  take(now: Instant): number {
    while (this.#size > 0 && (this.#instants[0] as Instant) <= now) {
      const at = this.#instants[0] as Instant
      const number = this.#numbers[0] as number
      this.#pop()
      if (this.#queued[number] !== at) continue
      this.#queued[number] = NEVER
      return number
    }
    return -1
  }

  #push(at: Instant, number: number): void {
    if (this.#size === this.#instants.length) this.#grow(this.#size + 1)
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if ((this.#instants[parent] as Instant) <= at) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#instants[hole] = at
    this.#numbers[hole] = number
  }

  #grow(least: number): void {
    this.#instants = grown(this.#instants, least, 0)
    const numbers = new Int32Array(this.#instants.length)
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }

  #pop(): void {
    const size = --this.#size
    const at = this.#instants[size] as Instant
    const number = this.#numbers[size] as number
    let hole = 0
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && (this.#instants[child + 1] as Instant) < (this.#instants[child] as Instant)) child++
      if ((this.#instants[child] as Instant) >= at) break
      this.#move(child, hole)
      hole = child
    }
    this.#instants[hole] = at
    this.#numbers[hole] = number
  }

  #move(from: number, to: number): void {
    this.#instants[to] = this.#instants[from] as Instant
    this.#numbers[to] = this.#numbers[from] as number
  }
}

function grown(array: Float64Array<ArrayBuffer>, least: number, fill: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(Math.max(least, array.length + (array.length >> 1))).fill(fill)
  next.set(array)
  return next
}
