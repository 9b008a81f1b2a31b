// How often a figure fell at or below each of some bounds: what a commit takes, how many facts it holds.

export class Histogram {
  readonly bounds: readonly number[]
  /** One for each bound, not cumulated, and one for what lies beyond them all. */
  readonly counts: number[]
  sum = 0
  count = 0

  constructor(...bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  add(value: number): void {
    let place = 0
    while (place < this.bounds.length && value > (this.bounds[place] as number)) place++
    this.counts[place] = (this.counts[place] as number) + 1
    this.sum += value
    this.count++
  }
}
