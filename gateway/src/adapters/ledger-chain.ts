// Walks from a fact to those before it about the same heartbeat, where the groups are: what is sent is the facts alone.
import { findRecord } from './ledger-codec.ts'
import type { StoredFact, StoredGroup } from './ledger-messages.ts'

/** Whoever commits waits meanwhile. */
const MOST_FACTS = 100
const MOST_BYTES = 1_000_000

/** Ends early where facts were dropped. */
export function chainOf(
  newest: number,
  limit: number,
  groupOf: (seq: number) => StoredGroup | undefined,
): readonly StoredFact[] {
  const found: StoredFact[] = []
  let group: StoredGroup | undefined
  let bytes = 0
  for (let seq = newest; seq > 0 && found.length < Math.min(limit, MOST_FACTS) && bytes < MOST_BYTES; ) {
    if (group === undefined || seq < group.first || seq >= group.first + group.count) group = groupOf(seq)
    const record = group && findRecord(group.bytes, group.first, seq)
    if (group === undefined || record === undefined) break
    found.push({ seq, bytes: group.bytes.slice(record.from, record.to) })
    bytes += record.to - record.from
    seq = record.prev
  }
  return found
}
