// History without a second index: each fact carries the number of the previous one about the same heartbeat, so
// "newest first" is a walk from fact to fact.
import type { Numbered } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { type Entry, readGroup } from './ledger-codec.ts'
import type { StoredFact } from './ledger-messages.ts'
import type { Store } from './ledger-store.ts'

/** Facts about heartbeat `number` that are older than `before`, newest first. Ends early where facts were dropped. */
export async function walkBack(
  store: Pick<Store, 'chain'>,
  registry: Registry,
  number: number,
  before: number,
  limit: number,
): Promise<readonly Numbered[]> {
  if (number === -1) return []
  const decode = ({ seq, bytes }: StoredFact): readonly Entry[] => [
    ...readGroup(bytes, seq, (each) => registry.roster.nameOf(each)),
  ]
  const entriesFrom = async (seq: number, most: number): Promise<readonly Entry[]> =>
    (await store.chain(seq, most)).flatMap(decode)

  const found: Numbered[] = []
  let seq = registry.lastSeq(number)
  if (before <= seq) {
    const [known] = await entriesFrom(before, 1)
    if (known?.number === number) seq = known.prev
  }
  while (seq > 0 && found.length < limit) {
    const entries = await entriesFrom(seq, limit - found.length)
    if (entries.length === 0) break
    for (const entry of entries) if (entry.seq < before) found.push({ seq: entry.seq, fact: entry.fact })
    seq = (entries.at(-1) as Entry).prev
  }
  return found
}
