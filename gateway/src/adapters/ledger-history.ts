// History without a second index: each fact carries the number of the previous one about the same heartbeat, so
// "newest first" is a walk from group to group.
import type { Numbered } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { type Entry, readGroup } from './ledger-codec.ts'
import type { Store } from './ledger-store.ts'

/** Facts about heartbeat `number` that are older than `before`, newest first. Ends early where facts were dropped. */
export async function walkBack(
  store: Store,
  registry: Registry,
  number: number,
  before: number,
  limit: number,
): Promise<readonly Numbered[]> {
  if (number === -1) return []
  const found: Numbered[] = []
  let group: ReadonlyMap<number, Entry> = new Map()
  const entryOf = async (seq: number): Promise<Entry | undefined> => {
    if (!group.has(seq)) group = await load(store, registry, seq)
    return group.get(seq)
  }
  let seq = registry.lastSeq(number)
  if (before <= seq) {
    const known = await entryOf(before)
    if (known?.number === number) seq = known.prev
  }
  while (seq > 0 && found.length < limit) {
    const entry = await entryOf(seq)
    if (entry === undefined) break
    if (seq < before) found.push({ seq, fact: entry.fact })
    seq = entry.prev
  }
  return found
}

async function load(store: Store, registry: Registry, seq: number): Promise<ReadonlyMap<number, Entry>> {
  const group = await store.groupOf(seq)
  if (group === undefined) return new Map()
  const entries = [...readGroup(group.bytes, group.first, (number) => registry.roster.nameOf(number))]
  return new Map(entries.map((entry) => [entry.seq, entry]))
}
