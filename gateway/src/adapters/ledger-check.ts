// What is wrong with a database, told by throwing Damaged. Small files are read whole at each start; of large ones only
// what a start needs: a damage further back is found when it is read, and repaired by the start after that.
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Damaged } from './ledger-schema.ts'
import { DROPPED, LedgerTables } from './ledger-tables.ts'

const CHECKED_WHOLE = 64 * 1024 * 1024

/** Facts are whole where they follow each other up to the `expected`; `from`: the first that will be replayed. */
export function checkFacts(path: string, from: number, expected: number): (database: DatabaseSync) => void {
  return (database) => {
    const tables = new LedgerTables(database)
    const isSmall = sizeOf(path) <= CHECKED_WHOLE
    if (isSmall) quickCheck(database)
    let next = Math.max(tables.mark(DROPPED) + 1, isSmall ? 1 : from)
    for (let groups = tables.groups(next, isGarbled); groups.length > 0; groups = tables.groups(next, isGarbled))
      for (const { first, count } of groups) {
        if (first > next) throw new Damaged(`facts ${next} to ${first - 1} are missing`)
        next = first + count
      }
    if (next <= expected) throw new Damaged(`it ends at fact ${next - 1}, and fact ${expected} was on disk`)
  }
}

export function checkSnapshots(path: string): (database: DatabaseSync) => void {
  return (database) => {
    if (sizeOf(path) <= CHECKED_WHOLE) quickCheck(database)
    new LedgerTables(database).eachSlice(isGarbled)
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function quickCheck(database: DatabaseSync): void {
  const found = String(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
  if (found !== 'ok') throw new Damaged(found.split('\n').at(-1))
}

function isGarbled(key: number): never {
  throw new Damaged(`row ${key} does not match its checksum`)
}
