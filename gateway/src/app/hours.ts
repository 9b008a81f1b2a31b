// What each heartbeat did in the hour that goes on: how much was heard of it, its durations, and how long it was bad.
// Held as columns in pages, like the states: a million of them are 40 MB.
import { type Duration, HOUR, type Instant } from '../domain/time.ts'
import { ROWS_PER_PAGE } from './columns.ts'
import type { Point } from './series-point.ts'

/** Durations kept of one heartbeat for its percentile: of more, every second, every fourth … */
const DURATIONS_KEPT = 256

const MOST_TOGETHER = 4_096

const REALS = ['n', 'fails', 'misses', 'bad', 'count', 'sum', 'max'] as const
type Real = (typeof REALS)[number]
const COLUMN = Object.fromEntries(REALS.map((name, index) => [name, index * ROWS_PER_PAGE])) as Record<Real, number>

export type Hour = Readonly<Record<Real, number>> & { readonly durations: readonly Duration[] }

/** As a snapshot keeps a page. */
export type HourContent = {
  readonly reals: Float64Array
  readonly durations: readonly (readonly [number, Duration[]])[]
}

export class Hours {
  readonly #pages: Float64Array[] = []
  readonly #durations: Map<number, Duration[]>[] = []
  /** Pages that changed since they were kept. */
  readonly dirty: Set<number> = new Set()

  heard(number: number, kind: string, duration: Duration | undefined): void {
    this.#add(number, 'n', 1)
    if (kind === 'fail') this.#add(number, 'fails', 1)
    if (duration === undefined) return
    const seen = this.#add(number, 'count', 1)
    this.#add(number, 'sum', duration)
    const page = this.#page(number)
    const row = COLUMN.max + (number & 1023)
    page[row] = Math.max(page[row] as number, duration)
    this.#keep(number, seen, duration)
  }

  missed(number: number): void {
    this.#add(number, 'misses', 1)
  }

  /** It was bad from `from` to `to`; only what lies in the hour that began at `begin` counts. */
  bad(number: number, from: Instant, to: Instant, begin: Instant): void {
    const duration = Math.min(to, begin + HOUR) - Math.max(from, begin)
    if (duration > 0) this.#add(number, 'bad', duration)
  }

  of(number: number): Hour {
    const page = this.#page(number)
    const reals = Object.fromEntries(REALS.map((name) => [name, page[COLUMN[name] + (number & 1023)]]))
    return { ...(reals as Record<Real, number>), durations: this.#durations[number >> 10]?.get(number) ?? [] }
  }

  /** Begins the next hour. */
  clear(): void {
    for (const [index, page] of this.#pages.entries()) {
      page.fill(0)
      this.dirty.add(index)
    }
    this.#durations.length = 0
  }

  content(index: number): HourContent {
    return { reals: this.#page(index * ROWS_PER_PAGE), durations: [...(this.#durations[index] ?? [])] }
  }

  adopt(index: number, { reals, durations }: HourContent): void {
    this.#page(index * ROWS_PER_PAGE).set(reals)
    this.#durations[index] = new Map(durations)
  }

  /** The first `DURATIONS_KEPT`, then every second of twice as many, and so on: the same ones whenever it is done again. */
  #keep(number: number, seen: number, duration: Duration): void {
    const page = this.#durations[number >> 10] ?? new Map<number, Duration[]>()
    this.#durations[number >> 10] = page
    const kept = page.get(number)
    if (kept === undefined) return void page.set(number, [duration])
    const stride = 2 ** Math.max(0, Math.ceil(Math.log2(seen / DURATIONS_KEPT)))
    if (kept.length >= DURATIONS_KEPT) kept.splice(0, kept.length, ...kept.filter((_, place) => place % 2 === 0))
    if ((seen - 1) % stride === 0) kept.push(duration)
  }

  #add(number: number, name: Real, by: number): number {
    const page = this.#page(number)
    this.dirty.add(number >> 10)
    const row = COLUMN[name] + (number & 1023)
    page[row] = (page[row] as number) + by
    return page[row] as number
  }

  #page(number: number): Float64Array {
    while (this.#pages.length <= number >> 10) this.#pages.push(new Float64Array(REALS.length * ROWS_PER_PAGE))
    return this.#pages[number >> 10] as Float64Array
  }
}

/** One heartbeat's hour, or that of `size` heartbeats together. */
export function hourPoint(
  tags: { readonly heartbeat?: string; readonly group: string },
  hour: Hour,
  size: number,
  begin: Instant,
): Point<'hb_1h'> {
  const { n, fails, misses, bad, count, sum, max } = hour
  const durations = hour.durations.toSorted((a, b) => a - b)
  return {
    measurement: 'hb_1h',
    tags,
    fields: {
      n,
      fails,
      misses,
      duration_mean_ms: count === 0 ? undefined : sum / count,
      duration_p95_ms: durations[Math.ceil(0.95 * durations.length) - 1],
      duration_max_ms: count === 0 ? undefined : max,
      ok_ratio: 1 - Math.min(1, bad / (HOUR * size)),
    },
    at: begin,
    seq: 0,
  }
}

/** Two hours as one; of the durations no more than a few thousand. */
export function together(a: Hour, b: Hour): Hour {
  return {
    n: a.n + b.n,
    fails: a.fails + b.fails,
    misses: a.misses + b.misses,
    bad: a.bad + b.bad,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    max: Math.max(a.max, b.max),
    durations: a.durations.length < MOST_TOGETHER ? [...a.durations, ...b.durations] : a.durations,
  }
}
