// The only writer of a data folder, on its own thread. Everything that waits goes into one commit.
//
//   writing --no space--> full: kept in order, tried again each second --> writing
//      \--anything else--> broken: nothing is committed any more, and the process ends
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { formatInstant } from '../domain/time.ts'
import { expire } from './ledger-expiry.ts'
import type { FromThread, Group, Snapshot, ToThread } from './ledger-messages.ts'
import { answer } from './ledger-questions.ts'
import { openWholeFacts, openWholeSnapshots } from './ledger-salvage.ts'
import { checksum } from './ledger-schema.ts'
import { Watermark } from './ledger-watermark.ts'
import { collectGarbage } from './memory.ts'

const RETRY = 1_000
const SNAPSHOT_AGAIN = 30_000
const SQLITE_FULL = 13

const { folder } = workerData as { folder: string }
const port = parentPort as NonNullable<typeof parentPort>
const say = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

const startedAt = formatInstant(Date.now())
const { snapshots, losses: lostSnapshots } = openWholeSnapshots(join(folder, 'snapshots.db'), startedAt)
const { facts, losses } = openWholeFacts(join(folder, 'ledger.db'), firstReplayed(snapshots), startedAt)
const watermark = new Watermark(join(folder, 'alive'))
const insertGroup = facts.prepare('INSERT INTO groups (first, count, at, crc, bytes) VALUES (?, ?, ?, ?, ?)')
const insertBody = facts.prepare('INSERT INTO bodies (seq, at, bytes) VALUES (?, ?, ?)')
const setFloor = snapshots.prepare('UPDATE floor SET upTo = ?')
const putSlice = snapshots.prepare('INSERT OR REPLACE INTO slices (kind, id, upTo, crc, bytes) VALUES (?, ?, ?, ?, ?)')

let state: 'writing' | 'full' | 'broken' = 'writing'
let waiting: Group[] = []
let durable = lastFact(facts)
let lacksSnapshot = false

collectGarbage()
open()
port.on('message', (message: ToThread) => {
  take(message)
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) take(more.message)
  if (state === 'writing') commit()
})

function open(): void {
  const { found } = watermark
  const missing =
    found !== undefined && found.durable > durable && losses.length === 0
      ? [`facts ${durable + 1} to ${found.durable} were on disk and are not any more: the end of the ledger is cut off`]
      : []
  const next = 1 + Math.max(durable, found?.durable ?? 0, lastSnapshot(snapshots))
  const all = [...lostSnapshots, ...losses].map(({ what }) => what)
  const alive = found === undefined ? {} : { aliveUntil: found.aliveUntil }
  say({ kind: 'opened', next, ...alive, losses: [...all, ...missing] })
}

function take(message: ToThread): void {
  switch (message.kind) {
    case 'append':
      return void waiting.push(message.group)
    case 'snapshot':
      return save(message.snapshot)
    case 'watermark':
      if (state !== 'writing') return
      commit()
      return void attempt(() => watermark.write({ aliveUntil: message.at, durable }))
    case 'advance':
      return void attempt(() => {
        facts.prepare('INSERT OR REPLACE INTO cursors (name, seq) VALUES (?, ?)').run(message.name, message.seq)
      })
    case 'prune':
      commit()
      return void attempt(() => {
        for (const unread of expire(facts, message.expiry)) say({ kind: 'unread', ...unread })
      })
    case 'ask': {
      commit()
      const { value, error, transfer } = answer(facts, snapshots, message.question, message.ask)
      return say({ kind: 'answer', id: message.id, value, ...(error !== undefined && { error }) }, transfer)
    }
    case 'close':
      return close()
  }
}

/** One transaction for all that waits. */
function commit(): void {
  if (waiting.length === 0 || state === 'broken') return
  try {
    facts.exec('BEGIN')
    for (const { first, count, at, bytes, bodies = [] } of waiting) {
      insertGroup.run(first, count, at, checksum(first, count, bytes), bytes)
      for (const body of bodies) insertBody.run(body.seq, at, body.bytes)
    }
    facts.exec('COMMIT')
  } catch (error) {
    return fail(error as Error & { errcode?: number })
  }
  const { first, count } = waiting.at(-1) as Group
  durable = first + count - 1
  waiting = []
  say({ kind: 'committed', upTo: durable })
}

function fail(error: Error & { errcode?: number }): void {
  if (facts.isTransaction) facts.exec('ROLLBACK')
  // After a failed sync nothing is known about what is on disk: a second one may lie.
  if (error.errcode !== SQLITE_FULL) {
    state = 'broken'
    return say({ kind: 'broken', why: `${error.message} (SQLite code ${error.errcode})` })
  }
  if (state === 'writing') say({ kind: 'full', why: error.message })
  state = 'full'
  setTimeout(() => {
    commit()
    if (waiting.length > 0) return
    state = 'writing'
    say({ kind: 'recovered' })
  }, RETRY)
}

/** One that fails makes those after it worthless, until a whole one comes. */
function save({ slices, floor, isWhole }: Snapshot): void {
  // No state may be newer than the facts on disk.
  commit()
  if (lacksSnapshot && !isWhole) return
  lacksSnapshot = !attempt(() => {
    snapshots.exec('BEGIN')
    for (const { kind, id, upTo, bytes } of slices) putSlice.run(kind, id, upTo, checksum(id, upTo, bytes), bytes)
    setFloor.run(floor)
    snapshots.exec('COMMIT')
  })
  if (lacksSnapshot && state === 'writing') setTimeout(say, SNAPSHOT_AGAIN, { kind: 'unsaved' } satisfies FromThread)
}

/** What can be done again or left undone: a full disk keeps it from being done, and breaks nothing. */
function attempt(work: () => void): boolean {
  if (state !== 'writing') return false
  try {
    work()
    return true
  } catch (error) {
    for (const database of [snapshots, facts]) if (database.isTransaction) database.exec('ROLLBACK')
    const { errcode, code } = error as { errcode?: number; code?: string }
    if (errcode === SQLITE_FULL || code === 'ENOSPC') return false
    state = 'broken'
    say({ kind: 'broken', why: (error as Error).message })
    return false
  }
}

function close(): void {
  commit()
  for (const closing of [watermark, snapshots, facts]) closing.close()
  say({ kind: 'closed' })
  port.close()
}

function lastFact(database: DatabaseSync): number {
  const row = database.prepare('SELECT first, count FROM groups ORDER BY first DESC LIMIT 1').get()
  return row === undefined ? 0 : (row['first'] as number) + (row['count'] as number) - 1
}

function lastSnapshot(database: DatabaseSync): number {
  return (database.prepare('SELECT max(upTo) AS last FROM slices').get()?.['last'] as number | null) ?? 0
}

function firstReplayed(database: DatabaseSync): number {
  return 1 + (database.prepare('SELECT upTo FROM floor').get()?.['upTo'] as number)
}
