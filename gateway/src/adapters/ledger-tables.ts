// Rows in and out, each with its checksum. A row that does not match its checksum is read as absent.
// Transactions, and what to do about errors, are the caller's.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { Instant } from '../domain/time.ts'
import { type Body, SLICE_KINDS, type Slice, type SliceKind, type StoredGroup } from './ledger-messages.ts'
import type { RawRow } from './ledger-pages.ts'
import { checksum, type KeyedTable, type Table } from './ledger-schema.ts'

/** How much is read at once, so that no reader holds up a commit for long. */
const CHUNK_BYTES = 1024 * 1024
const SLICES_PER_KIND = 2 ** 32

/** Marks that the ledger keeps for itself, beside the cursors of its consumers: no consumer is named like this. */
export const COMPLETE = ' complete'
export const DROPPED = ' dropped'

type GroupRow = StoredGroup & { readonly crc: number }
type Row = {
  readonly key: number
  readonly number: number
  readonly crc: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export class LedgerTables {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  putGroup({ first, count, at, bytes }: StoredGroup, bodies: readonly Body[] = []): void {
    const crc = checksum('groups', first, [count, at], bytes)
    this.#run('INSERT INTO groups VALUES (?, ?, ?, ?, ?)', first, count, at, crc, bytes)
    for (const body of bodies) this.putRow('bodies', body.seq, at, body.bytes)
  }

  putSlice({ kind, id, upTo, bytes }: Slice): void {
    this.putRow('slices', firstOf(kind) + id, upTo, bytes)
  }

  putMark(name: string, seq: number): void {
    const bytes = new TextEncoder().encode(name)
    this.putRow('marks', crc32(bytes), seq, bytes)
  }

  /** A row replaces only one with a lesser number. */
  putRow(table: KeyedTable, key: number, number: number, bytes: Uint8Array): void {
    const sql = `INSERT INTO ${table} VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
                 SET number = excluded.number, crc = excluded.crc, bytes = excluded.bytes
                 WHERE excluded.number > ${table}.number`
    this.#run(sql, key, number, checksum(table, key, [number], bytes), bytes)
  }

  /** Takes over a row that may be there already. */
  adopt(table: Table, { key, numbers: [number = 0, at = 0], bytes }: RawRow): void {
    if (table !== 'groups') this.putRow(table, key, number, bytes)
    else if (this.groupOf(key) === undefined) this.putGroup({ first: key, count: number, at, bytes })
  }

  mark(name: string): number {
    return this.marks().get(name) ?? 0
  }

  marks(): ReadonlyMap<string, number> {
    const rows = [...this.#rows('marks', 0)].filter((row) => isWhole('marks', row))
    return new Map(rows.map(({ bytes, number }) => [new TextDecoder().decode(bytes), number]))
  }

  /** Reads every slice; `damaged` is told of those that do not match their checksum. */
  eachSlice(damaged: (key: number) => void): void {
    for (const row of this.#rows('slices', 0)) if (!isWhole('slices', row)) damaged(row.key)
  }

  /** The number of the newest fact that is in any slice. */
  get lastSlice(): number {
    return this.#one('SELECT max(number) AS value FROM slices') ?? 0
  }

  body(seq: number): Uint8Array<ArrayBuffer> | undefined {
    const [row] = this.#rows('bodies', seq, seq)
    return row !== undefined && isWhole('bodies', row) ? row.bytes : undefined
  }

  /** The next slices of a kind from number `from` on; none: there are no more. `damaged` is told of the others. */
  slices(kind: SliceKind, from: number, damaged: (id: number) => void = ignore): readonly Slice[] {
    const start = firstOf(kind)
    const found: Slice[] = []
    let bytesLeft = CHUNK_BYTES
    for (const row of this.#rows('slices', start + from, start + SLICES_PER_KIND - 1)) {
      const { key, number, bytes } = row
      if (isWhole('slices', row)) found.push({ kind, id: key - start, upTo: number, bytes })
      else damaged(key - start)
      bytesLeft -= bytes.length
      if (bytesLeft <= 0 && found.length > 0) break
    }
    return found
  }

  /** The next groups with facts from number `from` on, in order; none: there are no more. */
  groups(from: number, damaged: (first: number) => void = ignore): readonly StoredGroup[] {
    const start = this.#one('SELECT max(first) AS value FROM groups WHERE first <= ?', from) ?? from
    const found: StoredGroup[] = []
    let bytesLeft = CHUNK_BYTES
    for (const row of this.#each<GroupRow>('SELECT * FROM groups WHERE first >= ? ORDER BY first', start)) {
      if (row.first + row.count <= from) continue
      const group = wholeGroup(row)
      if (group === undefined) damaged(row.first)
      else found.push(group)
      bytesLeft -= row.bytes.length
      if (bytesLeft <= 0 && found.length > 0) break
    }
    return found
  }

  groupOf(seq: number): StoredGroup | undefined {
    const [row] = this.#each<GroupRow>('SELECT * FROM groups WHERE first <= ? ORDER BY first DESC LIMIT 1', seq)
    return row !== undefined && seq < row.first + row.count ? wholeGroup(row) : undefined
  }

  /** The newest group without its bytes; undefined: there is none. */
  newest(): Omit<StoredGroup, 'bytes'> | undefined {
    const [row] = this.#each<GroupRow>('SELECT first, count, at FROM groups ORDER BY first DESC LIMIT 1')
    return row
  }

  /** Number of the last fact of the oldest groups, at most `limit` of them, as far as they are older than `before`. */
  olderThan(before: Instant, limit: number): number {
    let upTo = 0
    for (const { first, count, at } of this.#each<GroupRow>(
      'SELECT first, count, at FROM groups ORDER BY first LIMIT ?',
      limit,
    )) {
      if (at >= before) break
      upTo = first + count - 1
    }
    return upTo
  }

  /** Drops the groups whose facts all have numbers up to `upTo`; the number of the last fact it dropped, 0 for none. */
  dropGroups(upTo: number): number {
    const where = 'first <= ?1 AND first + count <= ?1 + 1'
    const last = this.#one(`SELECT max(first + count) - 1 AS value FROM groups WHERE ${where}`, upTo) ?? 0
    if (last > 0) this.#run(`DELETE FROM groups WHERE ${where}`, upTo)
    return last
  }

  /** Drops the oldest `limit` bodies as far as they are older than `before` or of facts up to `upTo`. */
  dropBodies(before: Instant, upTo: number, limit: number): number {
    let last = 0
    for (const { key, number: at } of this.#each<Row>('SELECT key, number FROM bodies ORDER BY key LIMIT ?', limit)) {
      if (at >= before && key > upTo) break
      last = key
    }
    return last === 0 ? 0 : this.#run('DELETE FROM bodies WHERE key <= ?', last)
  }

  #rows(table: KeyedTable, from: number, to: number = Number.MAX_SAFE_INTEGER): Iterable<Row> {
    return this.#each<Row>(`SELECT * FROM ${table} WHERE key BETWEEN ? AND ? ORDER BY key`, from, to)
  }

  #each<R>(sql: string, ...values: readonly number[]): Iterable<R> {
    return this.#prepare(sql).iterate(...values) as Iterable<R>
  }

  #one(sql: string, ...values: readonly number[]): number | null | undefined {
    return this.#prepare(sql).get(...values)?.['value'] as number | null | undefined
  }

  #run(sql: string, ...values: readonly (number | Uint8Array)[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

function firstOf(kind: SliceKind): number {
  return SLICE_KINDS.indexOf(kind) * SLICES_PER_KIND
}

function isWhole(table: KeyedTable, { key, number, crc, bytes }: Row): boolean {
  return crc === checksum(table, key, [number], bytes)
}

function wholeGroup({ first, count, at, crc, bytes }: GroupRow): StoredGroup | undefined {
  return crc === checksum('groups', first, [count, at], bytes) ? { first, count, at, bytes } : undefined
}

function ignore(): void {}
