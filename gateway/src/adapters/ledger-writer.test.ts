import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FromThread } from './ledger-messages.ts'
import { openFacts, openSnapshots } from './ledger-schema.ts'
import { groupOf, sliceOf, snapshotOf } from './ledger-store.stage.ts'
import { LedgerTables } from './ledger-tables.ts'
import { LedgerWriter } from './ledger-writer.ts'

const SYNC_FAILED = 1034
const CORRUPT = 11
const FULL = 13

describe('a writer', () => {
  let folder: string
  let facts: DatabaseSync
  let snapshots: DatabaseSync
  let writer: LedgerWriter
  let said: FromThread[]
  let suspects: string[]
  let retries: (() => void)[]
  /** What a statement that begins like this fails with: on both databases, or on the facts alone. */
  let faults: Map<string, number>
  let factFaults: Map<string, number>
  let executed: string[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'overdue-writer-'))
    facts = openFacts(join(folder, 'ledger.db'))
    snapshots = openSnapshots(join(folder, 'snapshots.db'))
    said = []
    suspects = []
    retries = []
    faults = new Map()
    factFaults = new Map()
    executed = []
    for (const database of [facts, snapshots]) breakOn(database)
    writer = new LedgerWriter(facts, snapshots, 0, {
      say: (message) => said.push(message),
      later: (work) => retries.push(work),
      suspect: (path) => suspects.push(path),
    })
  })
  afterEach(() => {
    for (const database of [facts, snapshots]) database.close()
    rmSync(folder, { recursive: true })
  })

  function breakOn(database: DatabaseSync): void {
    const exec = database.exec.bind(database)
    database.exec = (sql) => {
      executed.push(sql)
      for (const [start, errcode] of [...faults, ...(database === facts ? factFaults : [])])
        if (sql.startsWith(start)) throw Object.assign(new Error('as the test says'), { errcode })
      exec(sql)
    }
  }
  const numbers = (): readonly number[] => new LedgerTables(facts).groups(1).map(({ first }) => first)
  const retry = (): void => {
    for (const work of retries.splice(0)) work()
    writer.write()
  }

  it('says committed only after the commit', () => {
    writer.add(groupOf(1, 10))
    expect(said).toEqual([])
    faults.set('COMMIT', FULL)
    writer.write()
    expect(said.map(({ kind }) => kind)).toEqual(['full'])
  })

  it.each([
    ['a sync fails', 'COMMIT', SYNC_FAILED],
    ['the database turns out corrupt', 'BEGIN', CORRUPT],
    ['a checkpoint fails', 'PRAGMA wal_checkpoint', SYNC_FAILED],
  ])('is broken when %s: it tries nothing again and acknowledges nothing after it', (_, statement, code) => {
    faults.set(statement, code)
    writer.add(groupOf(1, 10, 5_000_000))
    writer.write()
    expect(said.at(-1)).toEqual({ kind: 'broken', why: `as the test says (SQLite code ${code})` })
    const before = [said.length, executed.length]
    faults.clear()
    writer.add(groupOf(11, 10))
    writer.addSnapshot(snapshotOf(20, sliceOf('columns', 0, 20)))
    writer.advance('influx', 3)
    expect(writer.write()).toBe(false)
    writer.finish()
    expect([said.length, executed.length]).toEqual(before)
    expect(suspects).toEqual(code === CORRUPT ? [join(folder, 'ledger.db')] : [])
  })

  it('keeps everything in order while there is no space, says so once, and recovers', () => {
    faults.set('COMMIT', FULL)
    writer.add(groupOf(1, 10))
    writer.write()
    writer.add(groupOf(11, 10))
    writer.addSnapshot(snapshotOf(20, sliceOf('columns', 0, 20)))
    expect(writer.write()).toBe(false)
    retry()
    expect(said.map(({ kind }) => kind)).toEqual(['full'])
    expect(retries).toHaveLength(1)
    faults.clear()
    retry()
    expect(said.slice(1)).toEqual([{ kind: 'committed', upTo: 20 }, { kind: 'recovered' }])
    expect(numbers()).toEqual([1, 11])
    writer.write()
    expect(new LedgerTables(snapshots).slices('columns', 0)).toHaveLength(1)
  })

  it('writes no slice before the facts that made it', () => {
    factFaults.set('COMMIT', FULL)
    writer.add(groupOf(1, 10))
    writer.addSnapshot(snapshotOf(10, sliceOf('columns', 0, 10)))
    for (let turn = 0; turn < 5; turn++) {
      writer.write()
      retry()
    }
    expect(new LedgerTables(snapshots).slices('columns', 0)).toEqual([])
  })

  it('is not full because snapshots have no space', () => {
    writer.addSnapshot(snapshotOf(10, sliceOf('columns', 0, 10)))
    faults.set('COMMIT', FULL)
    writer.write()
    faults.clear()
    writer.add(groupOf(1, 10))
    writer.write()
    expect(said).toEqual([{ kind: 'committed', upTo: 10 }])
  })

  it('goes on when a checkpoint finds no space: the log holds it all', () => {
    faults.set('PRAGMA wal_checkpoint', FULL)
    for (let n = 0; n < 3; n++) {
      writer.add(groupOf(1 + n * 10, 10, 5_000_000))
      writer.write()
    }
    expect(said).toEqual([10, 20, 30].map((upTo) => ({ kind: 'committed', upTo })))
    expect(new LedgerTables(facts).newest()?.first).toBe(21)
  })
})
