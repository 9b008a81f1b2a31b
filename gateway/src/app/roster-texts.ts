// What is searched of a page of the roster, kept from one search to the next: which terms there are, and everything that can
// be read there as one text in lower case. About 20 bytes a heartbeat, once somebody searches.
import type { Terms } from '../domain/heartbeat.ts'
import type { Roster } from './roster.ts'

export type PageTexts = { readonly terms: ReadonlySet<Terms>; readonly text: string }

const ROWS = 1024

export class RosterTexts {
  readonly #roster: Roster
  readonly #pages: ({ readonly revision: number; readonly texts: PageTexts } | undefined)[] = []

  constructor(roster: Roster) {
    this.#roster = roster
  }

  of(page: number): PageTexts {
    const revision = this.#roster.revisionOf(page)
    const known = this.#pages[page]
    if (known?.revision === revision) return known.texts
    const texts = this.#read(page)
    this.#pages[page] = { revision, texts }
    return texts
  }

  #read(page: number): PageTexts {
    const terms = new Set<Terms>()
    const parts: string[] = []
    const end = Math.min((page + 1) * ROWS, this.#roster.count)
    for (let number = page * ROWS; number < end; number++) {
      const own = this.#roster.termsOf(number)
      if (own === undefined) continue
      parts.push(this.#roster.nameOf(number) as string)
      if (!terms.has(own)) parts.push(own.description, ...own.tags)
      terms.add(own)
    }
    return { terms, text: parts.join('\n').toLowerCase() }
  }
}
