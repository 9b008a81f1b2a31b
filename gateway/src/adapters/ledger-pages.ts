// The rows of a SQLite file without SQLite: every page that looks like the leaf of a table is read, whatever the header,
// the schema and the pages above it say. What is a row of ours and what is rubbish is told by the rows' checksums.
// The file format is https://sqlite.org/fileformat2.html.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { PAGE_SIZE } from './ledger-schema.ts'

/** The columns of a row after its key: numbers, and the bytes last. */
export type RawRow = {
  readonly key: number
  readonly numbers: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

const LEAF_OF_A_TABLE = 0x0d
const LOG_HEADER = 32
const FRAME_HEADER = 24
const FILE_HEADER = 100
/** How much of a row stays on its leaf when the rest has to go elsewhere. */
const MOST_LOCAL = PAGE_SIZE - 35
const LEAST_LOCAL = Math.floor(((PAGE_SIZE - 12) * 32) / 255) - 23
const CHAIN_STEP = PAGE_SIZE - 4
const LARGEST_ROW = 64 * 1024 * 1024

type PageOf = (page: number) => Uint8Array | undefined

/** Rows may come more than once, and in any order. `log` is what the write-ahead log held, empty for none. */
export function* rawRows(
  path: string,
  log: Uint8Array,
  progress: (done: number, total: number) => void,
): Iterable<RawRow> {
  const file = openSync(path, 'r')
  try {
    const pages = Math.ceil(fstatSync(file).size / PAGE_SIZE)
    const stored: PageOf = (page) => readPage(file, page)
    const frames = framesOf(log)
    const latest: PageOf = (page) => frames.get(page)?.at(-1) ?? stored(page)
    for (let page = 1; page <= pages; page++) {
      yield* rowsOf(stored(page) as Uint8Array, page, [latest, stored])
      if (page % 4096 === 0) progress(page, pages)
    }
    for (const [page, versions] of frames)
      for (const version of versions) yield* rowsOf(version, page, [latest, stored])
  } finally {
    closeSync(file)
  }
}

function readPage(file: number, page: number): Uint8Array | undefined {
  if (page === 0) return undefined
  const bytes = new Uint8Array(PAGE_SIZE)
  return readSync(file, bytes, 0, PAGE_SIZE, (page - 1) * PAGE_SIZE) === 0 ? undefined : bytes
}

/** Every version of every page in the log, oldest first, whether or not its transaction was committed. */
function framesOf(log: Uint8Array): ReadonlyMap<number, readonly Uint8Array[]> {
  const frames = new Map<number, Uint8Array[]>()
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength)
  for (let at = LOG_HEADER; at + FRAME_HEADER + PAGE_SIZE <= log.length; at += FRAME_HEADER + PAGE_SIZE) {
    const page = view.getUint32(at)
    const versions = frames.get(page) ?? []
    versions.push(log.subarray(at + FRAME_HEADER, at + FRAME_HEADER + PAGE_SIZE))
    frames.set(page, versions)
  }
  return frames
}

/** A long row may go on in pages of either version: it is given once for each. */
function* rowsOf(leaf: Uint8Array, page: number, versions: readonly PageOf[]): Iterable<RawRow> {
  const start = page === 1 ? FILE_HEADER : 0
  if (leaf[start] !== LEAF_OF_A_TABLE) return
  const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.byteLength)
  const cells = Math.min(view.getUint16(start + 3), PAGE_SIZE / 4)
  for (let cell = 0; cell < cells; cell++) {
    const pointer = start + 8 + cell * 2
    if (pointer + 2 > PAGE_SIZE) return
    for (const pageOf of versions) {
      const row = rowAt(leaf, view, view.getUint16(pointer), pageOf)
      if (row === undefined) break
      yield row.value
      if (!row.isLong) break
    }
  }
}

function rowAt(
  leaf: Uint8Array,
  view: DataView,
  at: number,
  pageOf: PageOf,
): { readonly value: RawRow; readonly isLong: boolean } | undefined {
  const [size, afterSize] = varint(leaf, at)
  const [key, afterKey] = varint(leaf, afterSize)
  if (size < 2 || size > LARGEST_ROW || afterKey >= PAGE_SIZE) return undefined
  const local = localBytes(size)
  if (afterKey + local > PAGE_SIZE - (local < size ? 4 : 0)) return undefined
  const pieces = [leaf.subarray(afterKey, afterKey + local)]
  let next = local < size ? view.getUint32(afterKey + local) : 0
  for (let missing = size - local; missing > 0; missing -= CHAIN_STEP) {
    const page = pageOf(next)
    if (page === undefined) return undefined
    pieces.push(page.subarray(4, 4 + Math.min(CHAIN_STEP, missing)))
    next = new DataView(page.buffer, page.byteOffset).getUint32(0)
  }
  const payload = joined(pieces, size)
  const columns = columnsOf(payload)
  return columns === undefined ? undefined : { value: { key, ...columns }, isLong: local < size }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function localBytes(size: number): number {
  if (size <= MOST_LOCAL) return size
  const local = LEAST_LOCAL + ((size - LEAST_LOCAL) % CHAIN_STEP)
  return local <= MOST_LOCAL ? local : LEAST_LOCAL
}

/** Any number of integers and then one blob; undefined where the record is not like that. */
function columnsOf(payload: Uint8Array<ArrayBuffer>): Omit<RawRow, 'key'> | undefined {
  const view = new DataView(payload.buffer)
  const [headerSize, afterSize] = varint(payload, 0)
  if (headerSize > payload.length) return undefined
  const numbers: number[] = []
  for (let header = afterSize, at = headerSize; header < headerSize; ) {
    const [type, after] = varint(payload, header)
    header = after
    // The key's own column is stored as nothing.
    if (type === 0) continue
    if (type >= 12 && type % 2 === 0) {
      const size = (type - 12) / 2
      return at + size === payload.length ? { numbers, bytes: payload.slice(at) } : undefined
    }
    const size = INTEGER_SIZES[type]
    if (size === undefined || at + size > payload.length) return undefined
    numbers.push(type >= 8 ? type - 8 : integer(view, at, size))
    at += size
  }
  return undefined
}

/** Sizes of the integers by their type; 8 and 9 are the constants 0 and 1. */
const INTEGER_SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0 }

function integer(view: DataView, at: number, size: number): number {
  let value = view.getInt8(at)
  for (let byte = 1; byte < size; byte++) value = value * 256 + view.getUint8(at + byte)
  return value
}

/** A number of up to nine bytes and where it ends. */
function varint(bytes: Uint8Array, at: number): readonly [value: number, end: number] {
  let value = 0
  for (let byte = 0; byte < 8; byte++) {
    const next = bytes[at + byte] ?? 0
    value = value * 128 + (next & 127)
    if (next < 128) return [value, at + byte + 1]
  }
  return [value * 256 + (bytes[at + 8] ?? 0), at + 9]
}
