// An end to what is old: bodies by age, and a prefix of the facts, in small transactions.
import type { DatabaseSync } from 'node:sqlite'
import type { Expiry } from './ledger-messages.ts'

const GROUPS_AT_ONCE = 500
const BODIES_AT_ONCE = 200
/** One turn lasts no longer than this many small transactions; the next turn goes on. */
const MOST_TURNS = 20

export type Unread = { readonly cursor: string; readonly facts: number }

/** Drops what expired. Names each cursor that had not passed all of it, and by how many facts. */
export function expire(facts: DatabaseSync, { factsBefore, bodiesBefore }: Expiry): readonly Unread[] {
  const dropBodies = facts.prepare(
    `DELETE FROM bodies WHERE seq IN (SELECT seq FROM bodies WHERE at < ? ORDER BY seq LIMIT ${BODIES_AT_ONCE})`,
  )
  // Groups are in order of time but for clock steps: the prefix ends at the first that is young.
  const dropGroups = facts.prepare(
    `DELETE FROM groups WHERE first IN (SELECT first FROM groups
       WHERE first < coalesce((SELECT min(first) FROM groups WHERE at >= ?), 9007199254740991) ORDER BY first LIMIT ${GROUPS_AT_ONCE})`,
  )
  const before = firstOf(facts)
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const bodies = Number(dropBodies.run(bodiesBefore).changes)
    const groups = Number(dropGroups.run(factsBefore).changes)
    if (bodies < BODIES_AT_ONCE && groups < GROUPS_AT_ONCE) break
  }
  const after = firstOf(facts)
  if (after === before) return []
  return facts
    .prepare('SELECT name, seq FROM cursors WHERE seq < ?')
    .all(after - 1)
    .map(({ name, seq }) => ({ cursor: String(name), facts: after - Math.max(Number(seq) + 1, before) }))
}

/** Number of the oldest fact, or of the one after the last. */
function firstOf(facts: DatabaseSync): number {
  const row = facts.prepare('SELECT min(first) AS first, max(first + count) AS next FROM groups').get()
  return Number(row?.['first'] ?? 0)
}
