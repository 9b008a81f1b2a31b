// Which heartbeats a filter lets through: asked of a page of a thousand first, and of each only where the page may hold one.
import type { Terms } from '../domain/heartbeat.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'

export type HeartbeatFilter = {
  readonly verdict?: Verdict
  readonly tag?: string
  readonly group?: string
  /** Empty: those that nobody owns. */
  readonly owner?: string
  /** Part of a name, description or tag, in any case. */
  readonly q?: string
  /** `never`: those of which no signal was ever heard. */
  readonly seen?: 'never'
}

export class Sieve {
  readonly filter: HeartbeatFilter
  readonly #registry: Registry
  readonly #q: string | undefined
  readonly #asksTerms: boolean

  constructor(registry: Registry, filter: HeartbeatFilter) {
    this.filter = filter
    this.#registry = registry
    this.#q = filter.q === '' ? undefined : filter.q?.toLowerCase()
    const { tag, group, owner } = filter
    this.#asksTerms = tag !== undefined || group !== undefined || owner !== undefined
  }

  /** False: nothing on the page fits. */
  opens(page: number): boolean {
    if (this.filter.verdict !== undefined && this.#registry.pages[page]?.isWithout(this.filter.verdict) !== false)
      return false
    if (!this.#asksTerms && this.#q === undefined) return true
    const { terms, text } = this.#registry.roster.texts.of(page)
    if (this.#q !== undefined && !text.includes(this.#q)) return false
    if (!this.#asksTerms) return true
    for (const each of terms) if (this.#fitsTerms(each)) return true
    return false
  }

  fits(number: number): boolean {
    const terms = this.#registry.roster.termsOf(number)
    if (terms === undefined || (this.#asksTerms && !this.#fitsTerms(terms))) return false
    const { verdict, seen } = this.filter
    if (verdict !== undefined && this.#registry.verdictOf(number) !== verdict) return false
    if (seen === 'never' && this.#registry.hasSignals(number)) return false
    return this.#q === undefined || this.#isIn(number, terms, this.#q)
  }

  #fitsTerms(terms: Terms): boolean {
    const { owner, group, tag } = this.filter
    if (owner !== undefined && terms.owner !== owner) return false
    return (group === undefined || terms.group === group) && (tag === undefined || terms.tags.includes(tag))
  }

  #isIn(number: number, { description, tags }: Terms, q: string): boolean {
    const name = this.#registry.roster.nameOf(number) as string
    const has = (text: string): boolean => text.toLowerCase().includes(q)
    return has(name) || has(description) || tags.some(has)
  }
}
