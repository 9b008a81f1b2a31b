// An end to what is old: a prefix of the facts, and bodies by age, in steps that are one small transaction each.
import type { Expiry } from './ledger-messages.ts'
import { DROPPED, type LedgerTables } from './ledger-tables.ts'

const GROUPS_AT_ONCE = 200
const BODIES_AT_ONCE = 100

export type Unread = { readonly cursor: string; readonly facts: number }

/**
 * Drops one step of what expired; nothing after fact `keptFrom`. Says whether there is more, and which cursors had not
 * passed what was dropped, by how many facts.
 */
export function expire(
  tables: LedgerTables,
  { factsBefore, bodiesBefore }: Expiry,
  keptFrom: number,
): { readonly isDone: boolean; readonly unread: readonly Unread[] } {
  const before = tables.mark(DROPPED)
  const upTo = Math.min(tables.olderThan(factsBefore, GROUPS_AT_ONCE), keptFrom)
  const after = tables.dropGroups(upTo)
  const bodies = tables.dropBodies(bodiesBefore, Math.max(after, before), BODIES_AT_ONCE)
  if (after === 0) return { isDone: bodies < BODIES_AT_ONCE, unread: [] }
  tables.putMark(DROPPED, after)
  const cursors = [...tables.marks()].filter(([name, seq]) => name !== DROPPED && seq < after)
  return { isDone: false, unread: cursors.map(([cursor, seq]) => ({ cursor, facts: after - Math.max(seq, before) })) }
}
