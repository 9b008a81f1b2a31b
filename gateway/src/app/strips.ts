// The marks of the last arrivals for a row of the board, of those heartbeats that somebody looks at:
// read from the ledger once, and then only what came since.
import type { Instant } from '../domain/time.ts'
import { factsFor, type Mark, Tale } from './arrivals.ts'
import type { Ledger } from './ports.ts'
import type { Registry } from './registry.ts'

export const STRIP_LENGTH = 50
/** Silence that goes on is drawn no longer than this, so that what was before it stays in view. */
const MOST_SILENT = 10
const MOST_KEPT = 2_000

export class Strips {
  readonly #registry: Registry
  readonly #ledger: Pick<Ledger, 'history'>
  /** Those not looked at for longest first. */
  readonly #known = new Map<number, Tale>()

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
    const known = this.#known.get(number)
    const tale = known?.upTo === this.#registry.lastSeq(number) ? known : await this.#goOn(number, known)
    this.#known.delete(number)
    this.#known.set(number, tale)
    if (this.#known.size > MOST_KEPT) this.#known.delete(this.#known.keys().next().value as number)
    return tale
      .whole()
      .slice(-STRIP_LENGTH)
      .map(({ mark }) => mark)
  }

  async #goOn(number: number, known: Tale | undefined): Promise<Tale> {
    const name = this.#registry.roster.nameOf(number) ?? ''
    const after = known?.upTo ?? 0
    const { facts, isWhole } = await factsFor(this.#ledger, name, STRIP_LENGTH, { after })
    const tale = known !== undefined && isWhole ? known : new Tale(true)
    for (const { seq, fact } of facts) tale.tell(seq, fact)
    return tale
  }
}

/** A silent `every` heartbeat is missed once more each period. */
export function withSilence(marks: readonly Mark[], registry: Registry, number: number, now: Instant): readonly Mark[] {
  const schedule = registry.roster.termsOf(number)?.schedule
  const { verdict, since } = registry.state(number)
  if (schedule?.kind !== 'every' || verdict !== 'missed' || marks.at(-1) !== 'missed') return marks
  const more = Math.min(MOST_SILENT - 1, Math.floor((now - since) / schedule.every))
  return [...marks, ...new Array<Mark>(Math.max(0, more)).fill('missed')].slice(-STRIP_LENGTH)
}
