// The two databases of a data folder: the facts, which are never to be lost, and the snapshots, which can be made again.
// Owns their tables and their settings; only the ledger's thread opens them.
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'

const VERSION = 1

const FACTS = `
CREATE TABLE IF NOT EXISTS groups (
  first INTEGER PRIMARY KEY, -- number of its first fact
  count INTEGER NOT NULL,
  at INTEGER NOT NULL,       -- when it was gathered, ms
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS bodies (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
`

const SNAPSHOTS = `
CREATE TABLE IF NOT EXISTS slices (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  upTo INTEGER NOT NULL,     -- number of the fact up to which it is true
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY CHECK (id = 0), upTo INTEGER NOT NULL);
INSERT OR IGNORE INTO floor VALUES (0, 0);
`

/** The data folder is of a version that this one does not know. */
export class NewerData extends Error {}

/** FULL: a commit is on disk when it returns. EXCLUSIVE: one connection, no shared memory to keep in step. */
export function openFacts(path: string): DatabaseSync {
  return open(path, FACTS, 'FULL')
}

export function openSnapshots(path: string): DatabaseSync {
  return open(path, SNAPSHOTS, 'NORMAL')
}

/** Whatever is there, as it is: for what is damaged. SQLite reads a file that is cut off only for who may write schemas. */
export function openAsItIs(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { defensive: false })
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA writable_schema = ON')
  return database
}

export function checksum(first: number, count: number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(`${first} ${count}`))
}

function open(path: string, tables: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  const database = new DatabaseSync(path)
  // Its log is made with the same rights.
  chmodSync(path, 0o600)
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      PRAGMA wal_autocheckpoint = 1000;
      PRAGMA journal_size_limit = 67108864;
    `)
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version > VERSION) {
      throw new NewerData(
        `${path}: expected data of version ${VERSION} or older, found version ${version}: start a newer Overdue`,
      )
    }
    database.exec(`${tables}; PRAGMA user_version = ${VERSION}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
