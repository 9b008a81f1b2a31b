// The databases of a data folder: the facts, the snapshots of the live state, and where the time series stand. Owns
// their tables and settings; each is opened by one thread only. Every row carries a checksum over its table's name and all of its columns: a row
// is known to be whole without the file around it.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'

/** "OVDU": a file that begins otherwise is not, or no longer, a ledger. */
const APPLICATION = 0x4f564455
const VERSION = 1
export const PAGE_SIZE = 4096
/** A log that grew beyond this is cut to it. */
const LOG_LIMIT = 16 * 1024 * 1024

/**
 * `groups`: facts by the number of the first, with their count and the time they were gathered. `bodies`: by the number
 * of their fact, with that time. `slices` by place, with the number of the fact up to which they are true. `marks`: by the
 * checksum of their name, with the number of a fact.
 */
export type Table = 'groups' | KeyedTable
export type KeyedTable = 'bodies' | 'slices' | 'marks'

const KEYED = '(key INTEGER PRIMARY KEY, number INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL)'
const FACTS = `
  CREATE TABLE groups (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE bodies ${KEYED};
  CREATE TABLE marks ${KEYED};`
const SERIES = `
  CREATE TABLE dead (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, line TEXT NOT NULL UNIQUE, why TEXT NOT NULL);
  CREATE TABLE samples (at INTEGER PRIMARY KEY, point TEXT NOT NULL);`
const SNAPSHOTS = `CREATE TABLE slices ${KEYED}; CREATE TABLE marks ${KEYED};`

/** The data folder is of a version that this one does not know. */
export class NewerData extends Error {}

/** The file is not what a ledger left behind. */
export class Damaged extends Error {}

/** A commit is on disk when it returns. Checkpoints are the writer's own: SQLite would hide that one failed. */
export function openFacts(path: string): DatabaseSync {
  return open(path, FACTS, 'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
}

export function openSnapshots(path: string): DatabaseSync {
  return open(path, SNAPSHOTS, 'PRAGMA synchronous = NORMAL')
}

/** Where the writing of time series stands: its own slices, points that no server took, figures that wait. */
export function openSeries(path: string): DatabaseSync {
  return open(path, SNAPSHOTS + SERIES, 'PRAGMA synchronous = NORMAL')
}

export function checksum(table: Table, key: number, numbers: readonly number[], bytes: Uint8Array): number {
  return crc32(bytes, crc32(`${table} ${key} ${numbers.join(' ')}`))
}

export type Trouble = 'full' | 'damaged' | 'other'

const TROUBLES: Readonly<Record<number, Trouble>> = { 11: 'damaged', 13: 'full', 26: 'damaged' }

/** What an error means for the ledger: no space, a damaged file, or anything else, which nobody here can repair. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Damaged) return 'damaged'
  const { errcode = 0, code } = error as { readonly errcode?: number; readonly code?: string }
  return code === 'ENOSPC' ? 'full' : (TROUBLES[errcode & 0xff] ?? 'other')
}

export function reasonOf(error: unknown): string {
  const { message, errcode } = error as Error & { readonly errcode?: number }
  return errcode === undefined ? message : `${message} (SQLite code ${errcode})`
}

/** EXCLUSIVE: one connection, and no shared memory that would need space of its own. */
function open(path: string, tables: string, settings: string): DatabaseSync {
  createPrivately(path)
  const database = new DatabaseSync(path)
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA page_size = ${PAGE_SIZE};
      PRAGMA journal_mode = WAL;
      PRAGMA journal_size_limit = ${LOG_LIMIT};
      ${settings};`)
    if (database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined)
      database.exec(`BEGIN; ${tables} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}; COMMIT`)
    if (pragma(database, 'application_id') !== APPLICATION) throw new Damaged('it is not the file of a ledger')
    const version = pragma(database, 'user_version')
    if (version > VERSION)
      throw new NewerData(
        `${path}: expected data of version ${VERSION} or older, found version ${version}: start a newer Overdue`,
      )
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite gives its other files the rights of this one. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number
}
