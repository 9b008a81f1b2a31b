// The only writer of a data folder, on its own thread. All groups that wait go into one commit; everything else is done
// in small pieces between commits.

import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { formatInstant } from '../domain/time.ts'
import { chainOf } from './ledger-chain.ts'
import { checkFacts, checkSnapshots, sizeOf } from './ledger-check.ts'
import { expire } from './ledger-expiry.ts'
import type { Expiry, FromThread, Question, Questions, ToThread } from './ledger-messages.ts'
import { buffersOf, NOTHING } from './ledger-reply.ts'
import { openWhole, suspect } from './ledger-salvage.ts'
import { NewerData, openFacts, openSnapshots, reasonOf, troubleOf } from './ledger-schema.ts'
import { COMPLETE, LedgerTables } from './ledger-tables.ts'
import { Watermark } from './ledger-watermark.ts'
import { LedgerWriter } from './ledger-writer.ts'
import { collectGarbage } from './memory.ts'

const { folder } = workerData as { folder: string }
const port = parentPort as NonNullable<typeof parentPort>
const say = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)

const ledger = open()
if (ledger !== undefined) serve(ledger)

type Ledger = ReturnType<typeof openFolder>

function open(): Ledger | undefined {
  try {
    return openFolder()
  } catch (error) {
    const why = error instanceof NewerData ? error.message : `${folder} can't be opened: ${reasonOf(error)}`
    say({ kind: 'refused', why })
    return undefined
  }
}

function openFolder() {
  const [factsPath, snapshotsPath] = [join(folder, 'ledger.db'), join(folder, 'snapshots.db')]
  const watermark = new Watermark(join(folder, 'alive'))
  const now = formatInstant(Date.now())
  const progress = (done: number, total: number): void => say({ kind: 'progress', what: 'salvaging', done, total })
  const common = { now, progress }
  const { database: snapshots, losses: lostSlices } = openWhole({
    ...common,
    path: snapshotsPath,
    open: openSnapshots,
    tables: ['slices'],
    check: checkSnapshots(snapshotsPath),
    expected: 0,
  })
  const slices = new LedgerTables(snapshots)
  const expected = Math.max(watermark.found?.durable ?? 0, slices.lastSlice)
  const { database: facts, losses } = openWhole({
    ...common,
    path: factsPath,
    open: openFacts,
    tables: ['groups', 'bodies', 'marks'],
    check: checkFacts(factsPath, slices.mark(COMPLETE) + 1, expected),
    expected,
  })
  const tables = new LedgerTables(facts)
  collectGarbage()
  const newest = tables.newest()
  const durable = newest === undefined ? 0 : newest.first + newest.count - 1
  // A watermark that did not outlive a power loss: the last group was gathered by a living process.
  const aliveUntil = watermark.found?.aliveUntil ?? newest?.at
  say({
    kind: 'opened',
    next: durable + 1,
    ...(aliveUntil !== undefined && { aliveUntil }),
    losses: [...lostSlices, ...losses],
  })
  return { facts, snapshots, tables, slices, watermark, durable, factsPath }
}

function serve({ facts, snapshots, tables, slices, watermark, durable, factsPath }: Ledger): void {
  const writer = new LedgerWriter(facts, snapshots, durable, {
    say,
    suspect,
    later(work, ms) {
      const retry = (): void => {
        work()
        turn()
      }
      setTimeout(retry, ms).unref()
    },
  })
  const chores: (() => void)[] = []
  const readers = new Set<MessagePort>()
  let isClosing = false
  let isSuspect = false

  const questions: { readonly [Q in Question]: (ask: Questions[Q]['ask']) => Questions[Q]['answer'] } = {
    slices: ({ kind, from }) => slices.slices(kind, from),
    groups: ({ from }) => tables.groups(from),
    chain: ({ seq, limit }) => chainOf(seq, limit, (each) => writer.waitingGroup(each) ?? tables.groupOf(each)),
    groupOf: ({ seq }) => writer.waitingGroup(seq) ?? tables.groupOf(seq),
    body: ({ seq }) => writer.waitingBody(seq) ?? tables.body(seq),
    cursor: ({ name }) => tables.mark(name),
    completeUpTo: () => slices.mark(COMPLETE),
    sizes: () => ({
      bytes: sizeOf(factsPath),
      logBytes: sizeOf(`${factsPath}-wal`),
      freeBytes: freeBytes(),
    }),
  }

  function answer(to: MessagePort, { id, question, ask }: Extract<ToThread, { kind: 'ask' }>): void {
    let value: unknown
    try {
      value = questions[question](ask as never)
    } catch (error) {
      if (troubleOf(error) !== 'damaged') throw error
      if (!isSuspect) say({ kind: 'damaged', why: reasonOf(error) })
      isSuspect = true
      suspect(factsPath, reasonOf(error))
      value = NOTHING[question]
    }
    to.postMessage({ kind: 'answer', id, value } satisfies FromThread, buffersOf(value))
  }

  function prune(expiry: Expiry): void {
    const step = writer.attempt(() => expire(tables, expiry, slices.mark(COMPLETE)))
    if (step === undefined) return
    for (const unread of step.unread) say({ kind: 'unread', ...unread })
    if (!step.isDone) chores.push(() => prune(expiry))
  }

  function take(message: ToThread, from: MessagePort = port): void {
    switch (message.kind) {
      case 'append':
        return writer.add(message.group)
      case 'snapshot':
        return writer.addSnapshot(message.snapshot)
      case 'advance':
        return writer.advance(message.name, message.seq)
      case 'watermark':
        return void chores.push(() => watermark.write({ aliveUntil: message.at, durable: writer.durable }))
      case 'prune':
        return void chores.push(() => prune(message.expiry))
      case 'ask':
        return void chores.push(() => answer(from, message))
      case 'reader':
        return admit(message.port)
      case 'close':
        isClosing = true
    }
  }

  function admit(reader: MessagePort): void {
    readers.add(reader)
    reader.on('close', () => readers.delete(reader))
    reader.on('message', (message: ToThread) => {
      take(message, reader)
      turn()
    })
  }

  function turn(): void {
    for (;;) {
      for (const from of [port, ...readers])
        for (let found = receiveMessageOnPort(from); found !== undefined; found = receiveMessageOnPort(from))
          take(found.message, from)
      const hasWritten = writer.write()
      const chore = chores.shift()
      chore?.()
      if (!hasWritten && chore === undefined) break
    }
    if (isClosing) close()
  }

  function close(): void {
    writer.finish()
    watermark.close(writer.durable)
    for (const database of [snapshots, facts]) database.close()
    say({ kind: 'closed' })
    for (const open of [...readers, port]) open.close()
  }

  port.on('message', (message: ToThread) => {
    take(message)
    turn()
  })
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
