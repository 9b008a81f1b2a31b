// What waits to be written, and what becomes of it. Groups go first, in order, many in one transaction.
//
//   writing --no space--> full: kept in order, tried again each second --> writing
//      \--anything else--> broken: nothing is written any more. A sync that failed is not tried again: the next may lie.
import type { DatabaseSync } from 'node:sqlite'
import type { FromThread, Group, Slice, Snapshot, StoredGroup } from './ledger-messages.ts'
import { reasonOf, troubleOf } from './ledger-schema.ts'
import { COMPLETE, LedgerTables } from './ledger-tables.ts'

const RETRY = 1_000
/** Most of one transaction, and of what lies in the log before it goes into the database. */
const COMMIT_BYTES = 4 * 1024 * 1024
const LOG_BYTES = 4 * 1024 * 1024
const SNAPSHOT_BYTES = 512 * 1024
/** What a commit costs in the log beside its bytes, and about what a transaction of somebody else's costs. */
const COMMIT_OVERHEAD = 8 * 1024
const ATTEMPT_BYTES = 128 * 1024

type Part = { readonly slices: readonly Slice[]; readonly completeUpTo: number }

export type WriterWorld = {
  say(message: FromThread): void
  later(work: () => void, ms: number): void
  /** A database is damaged, and the next start should know. */
  suspect(path: string, why: string): void
}

export class LedgerWriter {
  readonly #facts: DatabaseSync
  readonly #snapshots: DatabaseSync
  readonly #tables: LedgerTables
  readonly #slices: LedgerTables
  readonly #world: WriterWorld
  #groups: Group[] = []
  #cursors = new Map<string, number>()
  #parts: Part[] = []
  #state: 'writing' | 'full' | 'broken' = 'writing'
  /** No space was found a moment ago: they are tried again in a second. */
  readonly #held = { groups: false, parts: false }
  #logged = 0
  durable: number

  constructor(facts: DatabaseSync, snapshots: DatabaseSync, durable: number, world: WriterWorld) {
    this.#facts = facts
    this.#snapshots = snapshots
    this.#tables = new LedgerTables(facts)
    this.#slices = new LedgerTables(snapshots)
    this.durable = durable
    this.#world = world
  }

  add(group: Group): void {
    if (this.#state !== 'broken') this.#groups.push(group)
  }

  addSnapshot({ parts, completeUpTo }: Snapshot): void {
    parts.forEach((slices, index) => {
      this.#parts.push({ slices, completeUpTo: index === parts.length - 1 ? completeUpTo : 0 })
    })
  }

  advance(name: string, seq: number): void {
    this.#cursors.set(name, seq)
  }

  waitingGroup(seq: number): StoredGroup | undefined {
    const group = this.#groups.find(({ first, count }) => seq >= first && seq < first + count)
    // Answers give their bytes away.
    return group === undefined ? undefined : { ...group, bytes: group.bytes.slice() }
  }

  waitingBody(seq: number): Uint8Array<ArrayBuffer> | undefined {
    const bodies = this.#groups.flatMap((group) => group.bodies ?? [])
    return bodies.find((body) => body.seq === seq)?.bytes.slice()
  }

  /** One transaction of what waits, groups before snapshots: no slice may be newer than the facts on disk. */
  write(): boolean {
    if (this.#state === 'broken') return false
    if (this.#groups.length > 0 || this.#cursors.size > 0) return !this.#held.groups && this.#commit()
    return this.#parts.length > 0 && !this.#held.parts && this.#save()
  }

  /** A small transaction of somebody else's, left undone while there is no space; undefined: it was. */
  attempt<T>(work: () => T): T | undefined {
    if (this.#state !== 'writing') return undefined
    this.#logged += ATTEMPT_BYTES
    return this.#transact(this.#facts, work, () => undefined)?.value
  }

  /** The last chance of all that waits. */
  finish(): void {
    this.#held.groups = this.#held.parts = false
    while (this.write());
    this.#checkpoint()
  }

  #commit(): boolean {
    const groups = upTo(COMMIT_BYTES, this.#groups, ({ bytes, bodies = [] }) => bytes.length + bytesOf(bodies))
    const cursors = this.#cursors
    const write = (): void => {
      for (const group of groups) this.#tables.putGroup(group, group.bodies)
      for (const [name, seq] of cursors) this.#tables.putMark(name, seq)
    }
    const done = this.#transact(this.#facts, write, (why) => {
      if (this.#state === 'writing' && groups.length > 0) {
        this.#state = 'full'
        this.#world.say({ kind: 'full', why })
      }
      this.#hold('groups')
    })
    if (done === undefined) return false
    this.#groups = this.#groups.slice(groups.length)
    this.#cursors = new Map()
    this.#logged += bytesOf(groups) + COMMIT_OVERHEAD
    const last = groups.at(-1)
    if (last !== undefined) {
      this.durable = last.first + last.count - 1
      this.#world.say({ kind: 'committed', upTo: this.durable })
    }
    if (this.#state === 'full' && this.#groups.length === 0) {
      this.#state = 'writing'
      this.#world.say({ kind: 'recovered' })
    }
    if (this.#logged > LOG_BYTES) this.#checkpoint()
    return true
  }

  #save(): boolean {
    const parts = upTo(SNAPSHOT_BYTES, this.#parts, ({ slices }) => bytesOf(slices))
    const write = (): void => {
      for (const { slices, completeUpTo } of parts) {
        for (const slice of slices) this.#slices.putSlice(slice)
        if (completeUpTo > 0) this.#slices.putMark(COMPLETE, completeUpTo)
      }
    }
    const done = this.#transact(this.#snapshots, write, () => this.#hold('parts'))
    if (done === undefined) return false
    this.#parts = this.#parts.slice(parts.length)
    return true
  }

  #transact<T>(database: DatabaseSync, work: () => T, full: (why: string) => void): { readonly value: T } | undefined {
    try {
      database.exec('BEGIN')
      const value = work()
      database.exec('COMMIT')
      return { value }
    } catch (error) {
      if (troubleOf(error) !== 'full') this.#break(database, error)
      else {
        if (database.isTransaction) database.exec('ROLLBACK')
        full(reasonOf(error))
      }
      return undefined
    }
  }

  /** Into the database with what the log holds, so that the log begins anew. */
  #checkpoint(): void {
    if (this.#state === 'broken') return
    try {
      this.#facts.exec('PRAGMA wal_checkpoint(PASSIVE)')
      this.#logged = 0
    } catch (error) {
      // The log holds everything still; it grows until there is space.
      if (troubleOf(error) !== 'full') this.#break(this.#facts, error)
    }
  }

  #break(database: DatabaseSync, error: unknown): void {
    const why = reasonOf(error)
    if (troubleOf(error) === 'damaged') this.#world.suspect(database.location() as string, why)
    this.#state = 'broken'
    this.#groups = []
    this.#world.say({ kind: 'broken', why })
  }

  #hold(what: 'groups' | 'parts'): void {
    this.#held[what] = true
    this.#world.later(() => {
      this.#held[what] = false
      this.#checkpoint()
    }, RETRY)
  }
}

/** The first rows, until their bytes reach `most`. */
function upTo<R>(most: number, rows: readonly R[], sizeOf: (row: R) => number): readonly R[] {
  let size = 0
  let end = 0
  while (end < rows.length && size < most) size += sizeOf(rows[end++] as R)
  return rows.slice(0, end)
}

function bytesOf(rows: readonly { readonly bytes: Uint8Array }[]): number {
  let sum = 0
  for (const { bytes } of rows) sum += bytes.length
  return sum
}
