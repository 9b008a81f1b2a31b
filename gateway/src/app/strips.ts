// Strips of those heartbeats that somebody looks at: read from the ledger once, and then only what came since. A million in
// memory would be for nobody.
import type { HeartbeatFact } from '../domain/fact.ts'
import type { Name } from '../domain/names.ts'
import type { Ledger } from './ports.ts'
import type { Registry } from './registry.ts'
import { foldStrip, type Mark, NO_STRIP, STRIP_LENGTH, type Strip } from './strip.ts'

const KEPT = 20_000
/** Facts asked for at once, and for one strip at most. */
const STRIDE = 2 * STRIP_LENGTH
const MOST = 4 * STRIDE

type Known = { readonly upTo: number; readonly strip: Strip }

export class Strips {
  readonly #registry: Pick<Registry, 'find' | 'lastSeq'>
  readonly #ledger: Pick<Ledger, 'history'>
  /** Those not looked at for longest first. */
  readonly #known = new Map<Name, Known>()

  constructor(registry: Pick<Registry, 'find' | 'lastSeq'>, ledger: Pick<Ledger, 'history'>) {
    this.#registry = registry
    this.#ledger = ledger
  }

  /** Oldest first. */
  async of(name: Name): Promise<readonly Mark[]> {
    const latest = this.#registry.lastSeq(this.#registry.find(name))
    const known = this.#known.get(name)
    if (known?.upTo === latest) return known.strip.marks
    const { facts, isWhole } = await this.#since(name, known?.upTo ?? 0)
    const [newest] = facts
    const base = known !== undefined && isWhole ? known.strip : NO_STRIP
    const strip = facts.toReversed().reduce((folded, { fact }) => foldStrip(folded, fact as HeartbeatFact), base)
    this.#keep(name, { upTo: newest?.seq ?? latest, strip })
    return strip.marks
  }

  /** Newest first, back to a fact that is known; or as many as make a strip. */
  async #since(name: Name, upTo: number) {
    const facts: Awaited<ReturnType<Ledger['history']>>[number][] = []
    for (let before = Number.MAX_SAFE_INTEGER; facts.length < MOST; ) {
      const some = await this.#ledger.history(name, before, STRIDE)
      for (const numbered of some) {
        if (numbered.seq <= upTo) return { facts, isWhole: true }
        facts.push(numbered)
      }
      before = some.at(-1)?.seq ?? 0
      const marks = facts.filter(
        ({ fact }) => fact.type === 'signal.received' || fact.type === 'deadline.missed',
      ).length
      if (some.length < STRIDE || marks > STRIP_LENGTH) break
    }
    return { facts, isWhole: false }
  }

  #keep(name: Name, known: Known): void {
    this.#known.delete(name)
    this.#known.set(name, known)
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value as Name)
  }
}
