// Reads one CBOR item (RFC 8949) as far as a payload needs it: numbers, text, maps, booleans, null.
// Never throws; arrays, tags and simple values are walked over, depth is bounded. Owns no meaning of keys.

declare class TextDecoder {
  decode(bytes: Uint8Array): string
}

/** A map's keys are text; it has no prototype. */
export type CborMap = { readonly [key: string]: unknown }

/** The map that `bytes` are from the first byte to the last; undefined when they are anything else. */
export function parseCborMap(bytes: Uint8Array): CborMap | undefined {
  const reader: Reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 }
  if (bytes[0] === 0xd9 && bytes[1] === 0xd9 && bytes[2] === 0xf7) reader.at = 3
  if ((bytes[reader.at] ?? 0) >> 5 !== MAP) return undefined
  const value = item(reader, 0)
  return value === BROKEN || reader.at !== bytes.length ? undefined : (value as CborMap)
}

type Reader = { readonly bytes: Uint8Array; readonly view: DataView; at: number }

const BROKEN: unique symbol = Symbol('broken')
const BREAK: unique symbol = Symbol('break')
const INDEFINITE = -1
const DEPTH = 8

const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAG = 6

const decoder: TextDecoder = new TextDecoder()

function item(reader: Reader, depth: number): unknown {
  if (depth > DEPTH || reader.at >= reader.bytes.length) return BROKEN
  const initial = reader.bytes[reader.at++] as number
  const major = initial >> 5
  const info = initial & 31
  if (major === 7) return simple(reader, info)
  const count = argument(reader, info)
  if (count === undefined || (count === INDEFINITE && (major < BYTES || major === TAG))) return BROKEN
  if (major === UNSIGNED) return count
  if (major === NEGATIVE) return -1 - count
  if (major === BYTES || major === TEXT) return text(reader, major, count)
  if (major === ARRAY) return array(reader, count, depth)
  if (major === MAP) return map(reader, count, depth)
  return item(reader, depth + 1)
}

/** A count that follows the initial byte; 64-bit ones lose what a number can't hold. */
function argument(reader: Reader, info: number): number | undefined {
  if (info < 24) return info
  if (info === 31) return INDEFINITE
  const size = info > 27 ? 0 : 1 << (info - 24)
  if (size === 0 || reader.at + size > reader.bytes.length) return undefined
  const at = reader.at
  reader.at += size
  if (size === 1) return reader.view.getUint8(at)
  if (size === 2) return reader.view.getUint16(at)
  if (size === 4) return reader.view.getUint32(at)
  return reader.view.getUint32(at) * 0x1_0000_0000 + reader.view.getUint32(at + 4)
}

function text(reader: Reader, major: number, length: number): string | typeof BROKEN {
  if (length === INDEFINITE) return chunks(reader, major)
  if (reader.at + length > reader.bytes.length) return BROKEN
  const slice = reader.bytes.subarray(reader.at, reader.at + length)
  reader.at += length
  return decoder.decode(slice)
}

function chunks(reader: Reader, major: number): string | typeof BROKEN {
  let whole = ''
  while (reader.at < reader.bytes.length) {
    const initial = reader.bytes[reader.at++] as number
    if (initial === 0xff) return whole
    const length = initial >> 5 === major ? argument(reader, initial & 31) : undefined
    if (length === undefined || length === INDEFINITE) return BROKEN
    const chunk = text(reader, major, length)
    if (chunk === BROKEN) return BROKEN
    whole += chunk
  }
  return BROKEN
}

function array(reader: Reader, count: number, depth: number): undefined | typeof BROKEN {
  for (let index = 0; index !== count; index++) {
    const value = item(reader, depth + 1)
    if (value === BREAK && count === INDEFINITE) return undefined
    if (value === BROKEN || value === BREAK) return BROKEN
  }
  return undefined
}

function map(reader: Reader, count: number, depth: number): CborMap | typeof BROKEN {
  const entries: { [key: string]: unknown } = Object.create(null)
  for (let index = 0; index !== count; index++) {
    const key = item(reader, depth + 1)
    if (key === BREAK && count === INDEFINITE) return entries
    if (key === BROKEN || key === BREAK) return BROKEN
    const value = item(reader, depth + 1)
    if (value === BROKEN || value === BREAK) return BROKEN
    if (typeof key === 'string') entries[key] = value
  }
  return entries
}

function simple(reader: Reader, info: number): unknown {
  if (info === 20) return false
  if (info === 21) return true
  if (info === 22) return null
  if (info === 31) return BREAK
  if (info < 24) return undefined
  const size = info > 27 ? 0 : 1 << (info - 24)
  if (size === 0 || reader.at + size > reader.bytes.length) return BROKEN
  const at = reader.at
  reader.at += size
  if (size === 1) return undefined
  if (size === 2) return half(reader.view.getUint16(at))
  return size === 4 ? reader.view.getFloat32(at) : reader.view.getFloat64(at)
}

/** RFC 8949, appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (mantissa + 1024) * 2 ** (exponent - 25)
}
