// Snapshots: the registry as slices of bytes and back. A cache, each slice with the number of the fact up to which it
// is true; a start loads them and replays what came after.

import type { CasebookContent } from '../app/casebook.ts'
import { PAGE_BYTES, type Page } from '../app/columns.ts'
import type { IsNews, Registry } from '../app/registry.ts'
import { isHeartbeatFact } from '../domain/fact.ts'
import { CasebookWriter } from './ledger-casebook.ts'
import { NOBODY, readGroup } from './ledger-codec.ts'
import { adoptRoster, pageBytes, pageOf, type RosterContent, rosterBytes, text } from './ledger-slices.ts'
import type { Slice, Snapshot, Store } from './ledger-store.ts'

type PartOfState = number | 'casebook'

export class Snapshots {
  readonly #registry: Registry
  /** Of what changed since its slice was taken: the number of a fact before the change. */
  readonly #wholeUpTo = new Map<PartOfState, number>()
  #lookedUpTo = 0
  #casebook: CasebookWriter | undefined
  #casebookPages = 0
  #pagesSinceCasebook = 0

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Slices of what changed longest ago, about `pages` pages; what is large counts for several: signals wait meanwhile. */
  take(pages: number, upTo: number): Snapshot {
    this.#look()
    const parts: (readonly Slice[])[] = []
    let left = pages
    for (const index of this.#registry.dirty) {
      if (left <= 0) break
      const part = this.#takePage(index, upTo)
      left -= pagesIn(part)
      parts.push(part)
    }
    this.#pagesSinceCasebook += pages
    parts.push(...this.#takeCasebook(Math.max(left, pages / 4), upTo).map((slice) => [slice]))
    this.#lookedUpTo = upTo
    return { parts, completeUpTo: Math.min(upTo, ...this.#wholeUpTo.values()) }
  }

  /** What is found changed now was as it is in its slice when last looked. */
  #look(): void {
    const { dirty, casebook } = this.#registry
    for (const index of dirty) if (!this.#wholeUpTo.has(index)) this.#wholeUpTo.set(index, this.#lookedUpTo)
    if (casebook.isDirty && !this.#wholeUpTo.has('casebook')) this.#wholeUpTo.set('casebook', this.#lookedUpTo)
  }

  #takePage(index: number, upTo: number): readonly Slice[] {
    const { dirty, dirtyRoster, pages } = this.#registry
    dirty.delete(index)
    this.#wholeUpTo.delete(index)
    const columns: Slice = { kind: 'columns', id: index, upTo, bytes: pageBytes(pages[index] as Page) }
    if (!dirtyRoster.delete(index)) return [columns]
    return [columns, { kind: 'roster', id: index, upTo, bytes: rosterBytes(this.#registry, index) }]
  }

  #takeCasebook(pages: number, upTo: number): readonly Slice[] {
    const { casebook } = this.#registry
    if (this.#casebook === undefined) {
      if (!casebook.isDirty || this.#pagesSinceCasebook < this.#casebookPages) return []
      casebook.isDirty = false
      this.#pagesSinceCasebook = 0
      this.#casebook = new CasebookWriter(casebook.content(), upTo)
    }
    const slice = this.#casebook.write(pages * PAGE_BYTES)
    if (slice === undefined) return []
    this.#casebook = undefined
    this.#casebookPages = pagesIn([slice])
    this.#wholeUpTo.delete('casebook')
    if (casebook.isDirty) this.#wholeUpTo.set('casebook', slice.upTo)
    return [slice]
  }
}

export type Restored = { readonly facts: number; readonly upTo: number }

/** Loads the slices and folds the facts after them. `progress` is told how far it is, in facts. */
export async function restore(
  registry: Registry,
  store: Pick<Store, 'slices' | 'groups' | 'completeUpTo'>,
  next: number,
  progress: (done: number, total: number) => void,
): Promise<Restored> {
  const upTo = await adoptSlices(registry, store)
  registry.recount()
  const facts = await replay(registry, store, upTo, next, progress)
  return { facts, upTo: next - 1 }
}

/** The slices as they are; the numbers of the facts up to which each is true. */
export async function adoptSlices(
  registry: Registry,
  store: Pick<Store, 'slices'>,
): Promise<ReadonlyMap<PartOfState, number>> {
  const upTo = new Map<PartOfState, number>()
  for await (const { id, bytes } of store.slices('roster'))
    adoptRoster(registry, id, JSON.parse(text(bytes)) as RosterContent)
  for await (const { id, upTo: seq, bytes } of store.slices('columns')) {
    registry.adopt(id, pageOf(bytes))
    upTo.set(id, seq)
  }
  for await (const { upTo: seq, bytes } of store.slices('casebook')) {
    registry.casebook.adopt(JSON.parse(text(bytes)) as CasebookContent)
    upTo.set('casebook', seq)
  }
  return upTo
}

async function replay(
  registry: Registry,
  store: Pick<Store, 'groups' | 'completeUpTo'>,
  upTo: ReadonlyMap<PartOfState, number>,
  next: number,
  progress: (done: number, total: number) => void,
): Promise<number> {
  const from = 1 + (await store.completeUpTo())
  let folded = 0
  for await (const group of store.groups(from)) {
    for (const { seq, number, fact } of readGroup(group.bytes, group.first, (heartbeat) =>
      registry.roster.nameOf(heartbeat),
    )) {
      const isNews: IsNews = (part) => seq > (upTo.get(part) ?? 0)
      const known = number === NOBODY && isHeartbeatFact(fact) ? registry.find(fact.heartbeat) : number
      registry.fold(fact, known, isNews)
      if (number !== NOBODY && isNews(number >> 10)) registry.link(number, seq)
      folded++
    }
    progress(group.first + group.count - from, next - from)
  }
  return folded
}

function pagesIn(slices: readonly Slice[]): number {
  return Math.max(1, Math.floor(slices.reduce((sum, { bytes }) => sum + bytes.length, 0) / PAGE_BYTES))
}
