// Where the writing of time series stands, on disk: the live state of the chronicle and the number of the fact up to which
// everything is written, in one transaction; points that no server took; the gateway's own figures until they are sent.
import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { Chronicle } from '../app/chronicle.ts'
import type { Arrivals } from '../app/fleet.ts'
import type { HourContent } from '../app/hours.ts'
import type { Point } from '../app/series-point.ts'
import type { Instant } from '../domain/time.ts'
import type { Slice, SliceKind } from './ledger-messages.ts'
import { Damaged, openSeries } from './ledger-schema.ts'
import { json, text } from './ledger-slices.ts'
import { adoptSlices, type Snapshots } from './ledger-snapshot.ts'
import { LedgerTables } from './ledger-tables.ts'

export type Standing = {
  /** Number of the last fact that is written. */
  readonly seq: number
  /** The last step of time that is written. */
  readonly steppedAt: Instant
}

export type DeadPoint = { readonly id: number; readonly at: Instant; readonly line: string; readonly why: string }
export type Sample = { readonly at: Instant; readonly point: Point<'hb_gateway'> }

/** Dead points kept, the newest; and the gateway's own figures: about a week of them. */
const DEAD_KEPT = 10_000
const SAMPLES_KEPT = 60_480
const SEQ = 'seq'
const STEPPED = 'stepped'
const REVISION = 'revision'
const EVERYTHING = Number.POSITIVE_INFINITY

export class SeriesStore {
  readonly #db: DatabaseSync
  readonly #tables: LedgerTables

  constructor(path: string) {
    this.#db = openSeries(path)
    this.#tables = new LedgerTables(this.#db)
  }

  /** Undefined: nothing was ever written. */
  get standing(): Standing | undefined {
    const marks = this.#tables.marks()
    const [seq, steppedAt] = [marks.get(SEQ), marks.get(STEPPED)]
    return seq === undefined || steppedAt === undefined ? undefined : { seq, steppedAt }
  }

  /** Gives the chronicle its state back. */
  async restore(chronicle: Chronicle, { steppedAt }: Standing): Promise<void> {
    await adoptSlices(chronicle.registry, { slices: (kind) => this.#slices(kind) })
    for await (const { id, bytes } of this.#slices('hours')) chronicle.hours.adopt(id, hoursOf(bytes))
    let arrivals: Arrivals = []
    for await (const { bytes } of this.#slices('arrivals')) arrivals = JSON.parse(text(bytes)) as Arrivals
    chronicle.resume(steppedAt, arrivals)
  }

  /** Everything up to fact `seq` is written. */
  keep(chronicle: Chronicle, snapshots: Snapshots, seq: number): void {
    // Time goes on without facts, too: what is kept later replaces what is there.
    const revision = this.#tables.mark(REVISION) + 1
    const { parts } = snapshots.take(EVERYTHING, revision)
    const arrivals = json(chronicle.fleet.arrivals)
    this.#transact(() => {
      this.#tables.putSlice({ kind: 'arrivals', id: 0, upTo: revision, bytes: arrivals })
      for (const slice of parts.flat()) this.#tables.putSlice(slice)
      for (const index of chronicle.hours.dirty)
        this.#tables.putSlice({
          kind: 'hours',
          id: index,
          upTo: revision,
          bytes: hourBytes(chronicle.hours.content(index)),
        })
      this.#tables.putMark(REVISION, revision)
      this.#db.exec(`DELETE FROM marks WHERE key <> ${crc32(REVISION)}`)
      this.#tables.putMark(SEQ, seq)
      this.#tables.putMark(STEPPED, chronicle.steppedAt)
    })
    chronicle.hours.dirty.clear()
  }

  /** Begins anew: what is kept is of another ledger. */
  forget(): void {
    this.#transact(() => this.#db.exec('DELETE FROM slices; DELETE FROM marks; DELETE FROM samples'))
  }

  /** The same line is dead once, however often it is refused. */
  bury(dead: readonly { readonly line: string; readonly why: string }[], at: Instant): void {
    if (dead.length === 0) return
    this.#transact(() => {
      for (const { line, why } of dead)
        this.#db.prepare('INSERT OR IGNORE INTO dead (at, line, why) VALUES (?, ?, ?)').run(at, line, why)
      this.#db.prepare('DELETE FROM dead WHERE id <= (SELECT max(id) FROM dead) - ?').run(DEAD_KEPT)
    })
  }

  /** Newest first, those with ids below `before`. */
  dead(before: number, limit: number): readonly DeadPoint[] {
    const rows = this.#db.prepare('SELECT id, at, line, why FROM dead WHERE id < ? ORDER BY id DESC LIMIT ?')
    return rows.all(before, limit) as unknown as readonly DeadPoint[]
  }

  /** How many there ever were. */
  get deadCount(): number {
    return Number(this.#db.prepare('SELECT coalesce(max(id), 0) AS count FROM dead').get()?.['count'])
  }

  addSample({ at, point }: Sample): void {
    this.#db.prepare('INSERT OR REPLACE INTO samples VALUES (?, ?)').run(at, JSON.stringify(point))
    const oldest = 'SELECT at FROM samples ORDER BY at DESC LIMIT 1 OFFSET ?'
    this.#db.prepare(`DELETE FROM samples WHERE at <= (${oldest})`).run(SAMPLES_KEPT)
  }

  /** The oldest ones. */
  samples(limit: number): readonly Sample[] {
    const rows = this.#db.prepare('SELECT at, point FROM samples ORDER BY at LIMIT ?').all(limit)
    return rows.map(({ at, point }) => ({ at: Number(at), point: JSON.parse(String(point)) }))
  }

  dropSamples(upTo: Instant): void {
    this.#db.prepare('DELETE FROM samples WHERE at <= ?').run(upTo)
  }

  close(): void {
    this.#db.close()
  }

  async *#slices(kind: SliceKind): AsyncIterable<Slice> {
    for (let from = 0; ; ) {
      const some = this.#tables.slices(kind, from, (id) => {
        throw new Damaged(`slice ${id} of its ${kind} is not as it was kept`)
      })
      yield* some
      const last = some.at(-1)
      if (last === undefined) return
      from = last.id + 1
    }
  }

  #transact(work: () => void): void {
    this.#db.exec('BEGIN')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

/** The length of the columns, the columns, and the durations after them. */
function hourBytes({ reals, durations }: HourContent): Uint8Array<ArrayBuffer> {
  const more = json(durations)
  const bytes = new Uint8Array(8 + reals.byteLength + more.length)
  new DataView(bytes.buffer).setUint32(0, reals.length, true)
  bytes.set(new Uint8Array(reals.buffer, reals.byteOffset, reals.byteLength), 8)
  bytes.set(more, 8 + reals.byteLength)
  return bytes
}

function hoursOf(bytes: Uint8Array<ArrayBuffer>): HourContent {
  const whole = bytes.slice()
  const length = new DataView(whole.buffer).getUint32(0, true)
  const reals = new Float64Array(whole.buffer, 8, length)
  return { reals, durations: JSON.parse(text(whole.subarray(8 + length * 8))) }
}
