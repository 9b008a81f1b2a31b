// The marks of the last arrivals for a row of the board, remembered for as long as nothing was heard of the heartbeat.
import type { Terms } from '../domain/heartbeat.ts'
import type { Instant } from '../domain/time.ts'
import { type Mark, readArrivals } from './arrivals.ts'
import type { Ledger } from './ports.ts'
import type { Registry } from './registry.ts'

export const STRIP_LENGTH = 50
/** Silence that goes on is drawn no longer than this, so that what was before it stays in view. */
const MOST_SILENT = 10
const MOST_KEPT = 5_000

export class Strips {
  readonly #registry: Registry
  readonly #ledger: Pick<Ledger, 'history'>
  readonly #known = new Map<number, { readonly seq: number; readonly marks: readonly Mark[] }>()

  constructor(registry: Registry, ledger: Pick<Ledger, 'history'>) {
    this.#registry = registry
    this.#ledger = ledger
  }

  /** Oldest first, for each of the numbers. */
  async marksOf(numbers: readonly number[], now: Instant): Promise<ReadonlyMap<number, readonly Mark[]>> {
    const all = await Promise.all(numbers.map(async (number) => [number, await this.#marks(number)] as const))
    return new Map(all.map(([number, marks]) => [number, withSilence(marks, this.#registry, number, now)]))
  }

  async #marks(number: number): Promise<readonly Mark[]> {
    const seq = this.#registry.lastSeq(number)
    const known = this.#known.get(number)
    if (known?.seq === seq) return known.marks
    const name = this.#registry.roster.nameOf(number) ?? ''
    const marks = (await readArrivals(this.#ledger, name, STRIP_LENGTH)).map(({ mark }) => mark)
    this.#known.delete(number)
    this.#known.set(number, { seq, marks })
    if (this.#known.size > MOST_KEPT) this.#known.delete(this.#known.keys().next().value as number)
    return marks
  }
}

/** A silent `every` heartbeat is missed once more each period. */
export function withSilence(marks: readonly Mark[], registry: Registry, number: number, now: Instant): readonly Mark[] {
  const { schedule } = registry.roster.termsOf(number) as Terms
  const { verdict, since } = registry.state(number)
  if (schedule.kind !== 'every' || verdict !== 'missed' || marks.at(-1) !== 'missed') return marks
  const more = Math.min(MOST_SILENT - 1, Math.floor((now - since) / schedule.every))
  return [...marks, ...new Array<Mark>(Math.max(0, more)).fill('missed')].slice(-STRIP_LENGTH)
}
