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
import type { Slice, Snapshot, Store } from './ledger-store.ts'

type RosterContent = {
  readonly names: readonly (string | null)[]
  readonly terms: readonly number[]
  readonly table: readonly Terms[]
}

/** Takes what changed, a part at a time; knows since when the rest of it has. */
export class SnapshotTaker {
  readonly #registry: Registry
  /** Of each page that changed: the last fact before it did, or an earlier one. */
  readonly #unchangedUpTo = new Map<number, number>()
  #latest: number

  /** `floor`: the snapshots that there are already are whole up to this fact. */
  constructor(registry: Registry, floor: number) {
    this.#registry = registry
    this.#latest = floor
  }

  /** Every page that has no slice yet, `pages` of those that changed longest ago, and the casebook where it changed. */
  take(pages: number, latest: number): Snapshot {
    const { unsaved, dirty, dirtyRoster, casebook, pages: all } = this.#registry
    const isWhole = unsaved.size === all.length
    for (const index of dirty) if (!this.#unchangedUpTo.has(index)) this.#unchangedUpTo.set(index, this.#latest)
    const slices: Slice[] = []
    for (const index of [...unsaved, ...longestAgo(this.#registry, pages)]) {
      unsaved.delete(index)
      dirty.delete(index)
      this.#unchangedUpTo.delete(index)
      slices.push({ kind: 'columns', id: index, upTo: latest, bytes: pageBytes(all[index] as Page) })
      if (dirtyRoster.delete(index))
        slices.push({ kind: 'roster', id: index, upTo: latest, bytes: rosterBytes(this.#registry, index) })
    }
    if (casebook.isDirty) {
      casebook.isDirty = false
      slices.push({ kind: 'casebook', id: 0, upTo: latest, bytes: json(casebook.content()) })
    }
    this.#latest = latest
    return { slices, floor: Math.min(latest, ...this.#unchangedUpTo.values()), isWhole }
  }
}

function* longestAgo(registry: Registry, most: number): Iterable<number> {
  let taken = 0
  for (const index of registry.dirty) {
    if (taken++ >= most) return
    if (!registry.unsaved.has(index)) yield index
  }
}

/** How many facts were folded, and up to which number the snapshots alone were whole. */
export type Restored = { readonly facts: number; readonly floor: number }

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
  const floor = await store.floor()
  return { facts: await replay(registry, store, upTo, floor + 1, next, progress), floor }
}

async function replay(
  registry: Registry,
  store: Store,
  upTo: ReadonlyMap<number | 'casebook', number>,
  from: number,
  next: number,
  progress: (done: number, total: number) => void,
): Promise<number> {
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

function pageBytes(page: Page): Uint8Array {
  const particulars = json(page.particulars())
  const bytes = new Uint8Array(PAGE_BYTES + particulars.length)
  bytes.set(new Uint8Array(page.bytes, 0, PAGE_BYTES))
  bytes.set(particulars, PAGE_BYTES)
  return bytes
}

/** The page lives on in the memory that the slice came in: a million of them are not copied. */
function pageOf(bytes: Uint8Array): Page {
  const numbers = bytes.byteOffset === 0 ? (bytes.buffer as ArrayBuffer) : bytes.slice().buffer
  const more = JSON.parse(text(bytes.subarray(PAGE_BYTES))) as readonly [number, Particulars][]
  return new Page(
    numbers as ArrayBuffer,
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
