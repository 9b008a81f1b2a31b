// Snapshots: the registry as slices of bytes and back. A cache, each slice with the number of the fact up to which it
// is true; a start loads them and replays what came after.

import type { CasebookContent } from '../app/casebook.ts'
import { PAGE_BYTES, Page, ROWS_PER_PAGE } from '../app/columns.ts'
import type { IsNews, Registry } from '../app/registry.ts'
import { isHeartbeatFact } from '../domain/fact.ts'
import type { Particulars, Terms } from '../domain/heartbeat.ts'
import { NO_PARTICULARS } from '../domain/heartbeat.ts'
import { NEVER } from '../domain/time.ts'
import { NOBODY, readGroup } from './ledger-codec.ts'
import type { Slice, Store } from './ledger-store.ts'

type RosterContent = {
  readonly names: readonly (string | null)[]
  readonly terms: readonly number[]
  readonly table: readonly Terms[]
}

/** Slices of every page that has none, of `pages` pages that changed longest ago, and of the casebook where it changed. */
export function takeSnapshot(registry: Registry, pages: number, upTo: number): readonly Slice[] {
  const slices: Slice[] = []
  for (const index of [...registry.unsaved, ...longestAgo(registry, pages)]) {
    registry.unsaved.delete(index)
    registry.dirty.delete(index)
    slices.push({ kind: 'columns', id: index, upTo, bytes: pageBytes(registry.pages[index] as Page) })
    if (registry.dirtyRoster.delete(index))
      slices.push({ kind: 'roster', id: index, upTo, bytes: rosterBytes(registry, index) })
  }
  if (registry.casebook.isDirty) {
    registry.casebook.isDirty = false
    slices.push({ kind: 'casebook', id: 0, upTo, bytes: json(registry.casebook.content()) })
  }
  return slices
}

function* longestAgo(registry: Registry, most: number): Iterable<number> {
  let taken = 0
  for (const index of registry.dirty) {
    if (taken++ >= most) return
    if (!registry.unsaved.has(index)) yield index
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
  const upTo = new Map<number | 'casebook', number>()
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
  registry.dirty.clear()
  return { facts, upTo: next - 1 }
}

async function replay(
  registry: Registry,
  store: Store,
  upTo: ReadonlyMap<number | 'casebook', number>,
  next: number,
  progress: (done: number, total: number) => void,
): Promise<number> {
  const from = 1 + Math.min(upTo.get('casebook') ?? 0, ...firstNews(registry, upTo))
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

/** Every page was in the first snapshot after it began, so facts before the oldest slice are in some slice. */
function* firstNews(registry: Registry, upTo: ReadonlyMap<number | 'casebook', number>): Iterable<number> {
  for (let page = 0; page < registry.pages.length; page++) yield upTo.get(page) ?? 0
}

function pageBytes(page: Page): Uint8Array {
  const particulars = json(page.particulars())
  const bytes = new Uint8Array(PAGE_BYTES + particulars.length)
  bytes.set(new Uint8Array(page.bytes))
  bytes.set(particulars, PAGE_BYTES)
  return bytes
}

function pageOf(bytes: Uint8Array): Page {
  const numbers = new ArrayBuffer(PAGE_BYTES)
  new Uint8Array(numbers).set(bytes.subarray(0, PAGE_BYTES))
  const more = JSON.parse(text(bytes.subarray(PAGE_BYTES))) as readonly [number, Particulars][]
  return new Page(
    numbers,
    more.map(
      ([row, particulars]) =>
        [row, { ...NO_PARTICULARS, ...particulars, suspectAt: particulars.suspectAt ?? NEVER }] as const,
    ),
  )
}

function rosterBytes(registry: Registry, index: number): Uint8Array {
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

function json(value: unknown): Uint8Array {
  return ENCODER.encode(JSON.stringify(value))
}

function text(bytes: Uint8Array): string {
  return DECODER.decode(bytes)
}
