// History without a second index: each fact carries the number of the previous one about the same heartbeat, so
// "newest first" is a walk from group to group. Of a group only the facts of the walk are read. Groups that were fetched
// lately are kept for a moment: heartbeats that are looked at together were often heard together.
import type { Numbered } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { type Entry, readEntry } from './ledger-codec.ts'
import type { StoredGroup } from './ledger-messages.ts'
import type { Store } from './ledger-store.ts'

const MOST_KEPT = 64
/** Milliseconds: what is kept longer could be of the past, and gone from the disk. */
const KEPT_FOR = 2_000

export class History {
  readonly #registry: Registry
  /** Fetched latest last. */
  #kept: { readonly group: StoredGroup; readonly until: number }[] = []

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Facts about heartbeat `number` that are older than `before`, newest first. Ends early where facts were dropped. */
  async walkBack(store: Store, number: number, before: number, limit: number): Promise<readonly Numbered[]> {
    if (number === -1) return []
    const found: Numbered[] = []
    let seq = this.#registry.lastSeq(number)
    if (before <= seq) {
      const known = await this.#entry(store, before)
      if (known?.number === number) seq = known.prev
    }
    while (seq > 0 && found.length < limit) {
      const entry = await this.#entry(store, seq)
      if (entry === undefined) break
      if (seq < before) found.push({ seq, fact: entry.fact })
      seq = entry.prev
    }
    return found
  }

  async #entry(store: Store, seq: number): Promise<Entry | undefined> {
    const group = this.#known(seq) ?? (await this.#fetch(store, seq))
    return group && readEntry(group.bytes, group.first, seq, (number) => this.#registry.roster.nameOf(number))
  }

  #known(seq: number): StoredGroup | undefined {
    const now = performance.now()
    return this.#kept.findLast(({ group, until }) => now < until && isIn(group, seq))?.group
  }

  async #fetch(store: Store, seq: number): Promise<StoredGroup | undefined> {
    const group = await store.groupOf(seq)
    if (group === undefined || !isIn(group, seq)) return undefined
    const now = performance.now()
    this.#kept = this.#kept.filter(({ until }) => now < until).slice(1 - MOST_KEPT)
    this.#kept.push({ group, until: now + KEPT_FOR })
    return group
  }
}

function isIn({ first, count }: StoredGroup, seq: number): boolean {
  return first <= seq && seq < first + count
}
