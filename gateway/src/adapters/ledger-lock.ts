// One process owns a data folder. The kernel holds the lock and lets go of it when the process ends, however it ends;
// the file beside it only says who it was.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type Lock = { release(): void }
export type InUse = { readonly inUseBy: string }

/** Takes the folder, or says who has it. */
export function takeLock(folder: string): Lock | InUse {
  const owner = join(folder, 'owner.pid')
  const path = join(folder, 'lock.db')
  const database = new DatabaseSync(path)
  chmodSync(path, 0o600)
  try {
    // SQLite's lock is a lock of the system on every platform; no row is ever written.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    return { inUseBy: readOwner(owner) }
  }
  writeFileSync(owner, `${process.pid}\n`, { mode: 0o600 })
  return { release: () => database.close() }
}

const SQLITE_BUSY = 5

function readOwner(path: string): string {
  try {
    return `process ${readFileSync(path, 'utf8').trim()}`
  } catch {
    return 'another process'
  }
}
