// Snapshots: the registry as slices of bytes and back. A cache, each slice with the number of the fact up to which it
// is true; a start loads them and replays what came after.

import type { CasebookContent } from '../app/casebook.ts'
import { PAGE_BYTES, Page, ROWS_PER_PAGE } from '../app/columns.ts'
import type { IsNews, Registry } from '../app/registry.ts'
import { isHeartbeatFact } from '../domain/fact.ts'
import type { Particulars, Terms } from '../domain/heartbeat.ts'
import { NO_PARTICULARS } from '../domain/heartbeat.ts'
import { completed } from '../domain/incident.ts'
import { NEVER } from '../domain/time.ts'
import { CasebookWriter } from './ledger-casebook.ts'
import { NOBODY, readGroup } from './ledger-codec.ts'
import type { Slice, Snapshot, Store } from './ledger-store.ts'

type RosterContent = {
  readonly names: readonly (string | null)[]
  readonly terms: readonly number[]
  readonly table: readonly Terms[]
}

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
  store: Store,
  next: number,
  progress: (done: number, total: number) => void,
): Promise<Restored> {
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
  registry.recount()
  const facts = await replay(registry, store, upTo, next, progress)
  return { facts, upTo: next - 1 }
}

async function replay(
  registry: Registry,
  store: Store,
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

function pageBytes(page: Page): Uint8Array<ArrayBuffer> {
  const particulars = json(page.particulars())
  const bytes = new Uint8Array(PAGE_BYTES + particulars.length)
  bytes.set(new Uint8Array(page.bytes, 0, PAGE_BYTES))
  bytes.set(particulars, PAGE_BYTES)
  return bytes
}

/** The page lives on in the memory that the slice came in: a million of them are not copied. */
function pageOf(bytes: Uint8Array<ArrayBuffer>): Page {
  const { buffer } = bytes.byteOffset === 0 ? bytes : bytes.slice()
  const more = JSON.parse(text(bytes.subarray(PAGE_BYTES))) as readonly [number, Particulars][]
  return new Page(
    buffer,
    more.map(([row, particulars]) => [row, wholeOf(particulars)] as const),
  )
}

/** JSON leaves out what is undefined, and writes NEVER as null. */
function wholeOf(particulars: Particulars): Particulars {
  const { suspectAt, incident } = particulars
  const more = { ...NO_PARTICULARS, ...particulars, suspectAt: suspectAt ?? NEVER }
  return incident === undefined ? more : { ...more, incident: completed(incident) }
}

function rosterBytes(registry: Registry, index: number): Uint8Array<ArrayBuffer> {
  const table: Terms[] = []
  const places = new Map<Terms, number>()
  const names: (string | null)[] = []
  const terms: number[] = []
  for (
    let number = index * ROWS_PER_PAGE;
    number < Math.min((index + 1) * ROWS_PER_PAGE, registry.roster.count);
    number++
  ) {
    const own = registry.roster.termsOf(number)
    names.push(registry.roster.nameOf(number) ?? null)
    if (own !== undefined && !places.has(own)) places.set(own, table.push(own) - 1)
    terms.push(own === undefined ? -1 : (places.get(own) as number))
  }
  return json({ names, terms, table } satisfies RosterContent)
}

function adoptRoster(registry: Registry, index: number, { names, terms, table }: RosterContent): void {
  const shared = table.map((each) => registry.roster.share(each))
  names.forEach((name, row) => {
    if (name !== null) registry.roster.set(index * ROWS_PER_PAGE + row, name, shared[terms[row] as number], true)
  })
}

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(JSON.stringify(value))
}

function text(bytes: Uint8Array): string {
  return DECODER.decode(bytes)
}
