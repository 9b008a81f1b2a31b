// One process owns a data folder. The kernel holds the lock and lets go of it when the process ends, however it ends;
// the file beside it only says who it was.
// Danger: to close any other descriptor of lock.db in this process would drop the lock. Only SQLite opens it.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type Lock = { release(): void }
/** Makes the folder where there is none, for its owner alone, and takes it; or says why that can't be. */
export function takeFolder(folder: string): Lock | { readonly refused: string } {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return takeLock(folder)
  } catch (error) {
    return { refused: `the data folder ${folder} can't be used: ${(error as Error).message}` }
  }
}

function takeLock(folder: string): Lock | { readonly refused: string } {
  const owner = join(folder, 'owner.pid')
  const path = join(folder, 'lock.db')
  const database = new DatabaseSync(path)
  chmodSync(path, 0o600)
  try {
    // An empty database would be written to by each lock, which a full disk refuses.
    if (statSync(path).size === 0) database.exec('PRAGMA user_version = 1')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    return { refused: `the data folder ${folder} is in use by ${readOwner(owner)}: stop it, or use another folder` }
  }
  writeOwner(owner)
  return { release: () => database.close() }
}

const SQLITE_BUSY = 5

function readOwner(path: string): string {
  try {
    const owner = Number.parseInt(readFileSync(path, 'utf8'), 10)
    if (owner > 0) return `process ${owner}`
  } catch {}
  return 'another process'
}

/** On a full disk the start goes on; only the message to a second one is poorer. */
function writeOwner(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 })
  } catch {}
}
