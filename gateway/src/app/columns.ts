// The numbers of many states, held as columns in pages of 1,024 rows: about 100 bytes a heartbeat, and a page is a
// snapshot slice as it stands. Bytes are in the machine's own order; the slice says which.
import { NO_PARTICULARS, type Particulars, type State } from '../domain/heartbeat.ts'
import type { Source } from '../domain/signal.ts'
import { VERDICTS } from '../domain/verdict.ts'

export const ROWS_PER_PAGE = 1024

const REALS = [
  'declaredAt',
  'since',
  'lastSignalAt',
  'lastOkAt',
  'judgedAt',
  'anchorAt',
  'dueAt',
  'deadlineAt',
  'lastSeq',
] as const
type Real = (typeof REALS)[number]
const COLUMN = Object.fromEntries(REALS.map((name, index) => [name, index * ROWS_PER_PAGE])) as Record<Real, number>
const REAL_BYTES = REALS.length * ROWS_PER_PAGE * 8
const SIGNALS_AT = REAL_BYTES
const MISSES_AT = SIGNALS_AT + ROWS_PER_PAGE * 4
const OKS_AT = MISSES_AT + ROWS_PER_PAGE * 2
const VERDICT_AT = OKS_AT + ROWS_PER_PAGE * 2
const VIA_AT = VERDICT_AT + ROWS_PER_PAGE

/** Size of one page. */
export const PAGE_BYTES: number = VIA_AT + ROWS_PER_PAGE

/** What a byte says of the ear; bridges are added as they are met. A page that another process wrote has its own list. */
const SOURCES: Source[] = ['http', 'mqtt', 'gateway']
const SOURCE_CODE = new Map<Source, number>(SOURCES.map((source, code) => [source, code]))
const MOST_SOURCES = 256
const VERDICT_CODE = new Map(VERDICTS.map((verdict, code) => [verdict, code]))

export class Page {
  /** At least `PAGE_BYTES`. */
  readonly bytes: ArrayBuffer
  readonly more: Particulars[]
  readonly #reals: Float64Array
  readonly #signals: Uint32Array
  readonly #misses: Uint16Array
  readonly #oks: Uint16Array
  readonly #verdicts: Uint8Array
  readonly #via: Uint8Array

  constructor(
    bytes: ArrayBuffer = new ArrayBuffer(PAGE_BYTES),
    more: readonly (readonly [number, Particulars])[] = [],
  ) {
    this.bytes = bytes
    this.more = new Array<Particulars>(ROWS_PER_PAGE).fill(NO_PARTICULARS)
    for (const [row, particulars] of more) this.more[row] = particulars
    this.#reals = new Float64Array(bytes, 0, REALS.length * ROWS_PER_PAGE)
    this.#signals = new Uint32Array(bytes, SIGNALS_AT, ROWS_PER_PAGE)
    this.#misses = new Uint16Array(bytes, MISSES_AT, ROWS_PER_PAGE)
    this.#oks = new Uint16Array(bytes, OKS_AT, ROWS_PER_PAGE)
    this.#verdicts = new Uint8Array(bytes, VERDICT_AT, ROWS_PER_PAGE)
    this.#via = new Uint8Array(bytes, VIA_AT, ROWS_PER_PAGE)
  }

  get(row: number): State {
    const reals = this.#reals
    return {
      declaredAt: reals[COLUMN.declaredAt + row] as number,
      verdict: VERDICTS[this.#verdicts[row] as number] as State['verdict'],
      since: reals[COLUMN.since + row] as number,
      lastSignalAt: reals[COLUMN.lastSignalAt + row] as number,
      lastOkAt: reals[COLUMN.lastOkAt + row] as number,
      judgedAt: reals[COLUMN.judgedAt + row] as number,
      anchorAt: reals[COLUMN.anchorAt + row] as number,
      dueAt: reals[COLUMN.dueAt + row] as number,
      deadlineAt: reals[COLUMN.deadlineAt + row] as number,
      signals: this.#signals[row] as number,
      misses: this.#misses[row] as number,
      oks: this.#oks[row] as number,
      via: SOURCES[this.#via[row] as number] as State['via'],
      more: this.more[row] as Particulars,
    }
  }

  put(row: number, state: State): void {
    const reals = this.#reals
    reals[COLUMN.declaredAt + row] = state.declaredAt
    reals[COLUMN.since + row] = state.since
    reals[COLUMN.lastSignalAt + row] = state.lastSignalAt
    reals[COLUMN.lastOkAt + row] = state.lastOkAt
    reals[COLUMN.judgedAt + row] = state.judgedAt
    reals[COLUMN.anchorAt + row] = state.anchorAt
    reals[COLUMN.dueAt + row] = state.dueAt
    reals[COLUMN.deadlineAt + row] = state.deadlineAt
    this.#signals[row] = state.signals
    this.#misses[row] = state.misses
    this.#oks[row] = state.oks
    this.#verdicts[row] = VERDICT_CODE.get(state.verdict) as number
    this.#via[row] = codeOf(state.via)
    this.more[row] = state.more
  }

  verdict(row: number): State['verdict'] {
    return VERDICTS[this.#verdicts[row] as number] as State['verdict']
  }

  since(row: number): number {
    return this.#reals[COLUMN.since + row] as number
  }

  signals(row: number): number {
    return this.#signals[row] as number
  }

  /** Rows of which nothing was ever heard, and those that nobody has. */
  *rowsWithoutSignals(): Iterable<number> {
    for (let row = this.#signals.indexOf(0); row !== -1; row = this.#signals.indexOf(0, row + 1)) yield row
  }

  /** Whether no row has a verdict. */
  isWithout(verdict: State['verdict']): boolean {
    return !this.#verdicts.includes(VERDICT_CODE.get(verdict) as number)
  }

  /** The rows that have a verdict; what was removed keeps its last one. */
  *rowsWith(verdict: State['verdict']): Iterable<number> {
    const code = VERDICT_CODE.get(verdict) as number
    for (let row = this.#verdicts.indexOf(code); row !== -1; row = this.#verdicts.indexOf(code, row + 1)) yield row
  }

  /** Number of the latest fact about this row; 0: none. */
  lastSeq(row: number): number {
    return this.#reals[COLUMN.lastSeq + row] as number
  }

  link(row: number, seq: number): void {
    this.#reals[COLUMN.lastSeq + row] = seq
  }

  /** What the bytes of this page say of the ears. */
  get sources(): readonly Source[] {
    return SOURCES
  }

  /** Brings a page with another list of ears to ours. */
  adoptSources(theirs: readonly Source[]): void {
    const codes = theirs.map(codeOf)
    if (codes.every((code, index) => code === index)) return
    for (let row = 0; row < ROWS_PER_PAGE; row++) this.#via[row] = codes[this.#via[row] as number] ?? 0
  }

  particulars(): readonly (readonly [number, Particulars])[] {
    const found: (readonly [number, Particulars])[] = []
    for (let row = 0; row < ROWS_PER_PAGE; row++)
      if (this.more[row] !== NO_PARTICULARS) found.push([row, this.more[row] as Particulars])
    return found
  }
}

/** So many bridges never are; one more would pass for the MQTT of the gateway itself. */
function codeOf(source: Source): number {
  const known = SOURCE_CODE.get(source)
  if (known !== undefined) return known
  if (SOURCES.length === MOST_SOURCES) return 1
  const code = SOURCES.push(source) - 1
  SOURCE_CODE.set(source, code)
  return code
}
