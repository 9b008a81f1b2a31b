// A damaged database: what is wrong with it, and a new one of every row that is whole, behind holes too: facts say what
// they led to, and slices of the live state may cover a hole. What is lost stays as a hole under its numbers, so that no
// number is given twice. The damaged files are kept beside the new one.
//
// The new file is complete before the old one is moved: a start that is killed at any point is repeated by the next.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { sizeOf } from './ledger-check.ts'
import { type RawRow, rawRows } from './ledger-pages.ts'
import { checksum, reasonOf, type Table, troubleOf } from './ledger-schema.ts'
import { DROPPED, LedgerTables } from './ledger-tables.ts'

export type Whole = { readonly database: DatabaseSync; readonly losses: readonly string[] }

export type Repair = {
  readonly path: string
  readonly open: (path: string) => DatabaseSync
  /** Whose rows go into a new one. */
  readonly tables: readonly Table[]
  /** Throws what is wrong. */
  readonly check: (database: DatabaseSync) => void
  /** The least number of the last fact; 0: it holds none. */
  readonly expected: number
  /** In file names: when this is. */
  readonly now: string
  readonly progress: (done: number, total: number) => void
}

const ROWS_PER_COMMIT = 10_000

/** Opens a database, rebuilding it where it is damaged. */
export function openWhole(repair: Repair): Whole {
  const { path, open, expected } = repair
  finishRepair(repair)
  // SQLite cuts or deletes a log that it can't use: it is read before.
  const log = readIfThere(`${path}-wal`)
  let why = readIfThere(suspectPath(path)).toString().trim()
  if (why === '' && sizeOf(path) === 0 && (log.length > 0 || expected > 0)) why = 'it is empty'
  if (why === '') {
    const found = tryOpen(repair)
    if (typeof found !== 'string') return { database: found, losses: [] }
    why = found
  }
  // From here on a missing file means that its rebuilt one is complete.
  if (!existsSync(path)) writeFileSync(path, '')
  const losses = rebuild(repair, log)
  const kept = `${path}.damaged-${repair.now.replaceAll(/[-:.]/g, '')}`
  setAside(path, kept, log)
  finishRepair(repair)
  rmSync(suspectPath(path), { force: true })
  return {
    database: open(path),
    losses: [`${path} was damaged (${why}) and was built anew; the damaged file is kept as ${kept}`, ...losses],
  }
}

/** The next start rebuilds the database, whatever its own checks say. */
export function suspect(path: string, why: string): void {
  try {
    writeFileSync(suspectPath(path), `${why}\n`, { mode: 0o600 })
  } catch {}
}

function tryOpen({ path, open, check }: Repair): DatabaseSync | string {
  let database: DatabaseSync | undefined
  try {
    database = open(path)
    check(database)
    return database
  } catch (error) {
    database?.close()
    if (troubleOf(error) !== 'damaged') throw error
    return reasonOf(error)
  }
}

function rebuild({ path, open, tables: wanted, expected, progress }: Repair, log: Uint8Array): readonly string[] {
  const database = open(rebuiltPath(path))
  try {
    const tables = new LedgerTables(database)
    let rows = 0
    database.exec('BEGIN')
    for (const row of rawRows(path, log, progress)) {
      const table = wanted.find((name) => isOf(name, row))
      if (table !== undefined) tables.adopt(table, row)
      if (++rows % ROWS_PER_COMMIT === 0) database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN')
    }
    const losses = wanted.includes('groups') ? fillHoles(tables, expected) : []
    database.exec('COMMIT')
    return losses
  } finally {
    database.close()
  }
}

/** A row says by its checksum whose it is. */
function isOf(table: Table, { key, numbers, bytes }: RawRow): boolean {
  if (numbers.length !== (table === 'groups' ? 3 : 2)) return false
  return numbers.at(-1) === checksum(table, key, numbers.slice(0, -1), bytes)
}

function fillHoles(tables: LedgerTables, expected: number): readonly string[] {
  const losses: string[] = []
  let next = tables.mark(DROPPED) + 1
  let lastAt = 0
  const fill = (upTo: number, at: number): void => {
    if (upTo < next) return
    tables.putGroup({ first: next, count: upTo - next + 1, at, bytes: new Uint8Array(0) })
    losses.push(next === upTo ? `fact ${next} is lost` : `facts ${next} to ${upTo} are lost`)
  }
  for (let groups = tables.groups(next); groups.length > 0; groups = tables.groups(next))
    for (const { first, count, at } of groups) {
      fill(first - 1, at)
      next = first + count
      lastAt = at
    }
  fill(expected, lastAt)
  return losses
}

/** Brings a rebuilt file to its place, and removes one that was not finished. */
function finishRepair({ path, now }: Repair): void {
  const rebuilt = rebuiltPath(path)
  if (!existsSync(rebuilt)) return
  if (existsSync(path)) for (const suffix of ['', '-wal']) rmSync(rebuilt + suffix, { force: true })
  else {
    // A log of the old file must never be found beside the new one.
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${path}.damaged-${now.replaceAll(/[-:.]/g, '')}-wal`)
    renameSync(rebuilt, path)
    syncFolder(dirname(path))
  }
}

function setAside(path: string, kept: string, log: Uint8Array): void {
  if (log.length > 0) writeFileSync(`${kept}-wal`, log, { mode: 0o600 })
  rmSync(`${path}-wal`, { force: true })
  if (existsSync(path)) renameSync(path, kept)
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

function readIfThere(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
}

function rebuiltPath(path: string): string {
  return `${path}.rebuilt`
}

function suspectPath(path: string): string {
  return `${path}.suspect`
}
