// The few fields of a Sparkplug B payload that tell of life, read from its protobuf by hand. Never throws: undefined is what
// is no payload. Fields: https://sparkplug.eclipse.org/specification/version/3.0/documents/sparkplug-specification-3.0.0.pdf

export type SparkplugPayload = {
  /** Number of the session: 0 to 255, then from 0 again. */
  readonly bdSeq?: number
  /** Milliseconds since the epoch. */
  readonly timestamp?: number
  /** How many metrics there are, and how many of them are told again. */
  readonly metrics: number
  readonly historical: number
  /** The newest time of what is told again. */
  readonly historicalAt?: number
}

export function readSparkplug(bytes: Uint8Array): SparkplugPayload | undefined {
  if (bytes.length > LONGEST) return undefined
  const payload: Draft<SparkplugPayload> = { metrics: 0, historical: 0 }
  const isWhole = eachField(bytes, (field, value) => {
    if (field === 1 && typeof value === 'number') payload.timestamp = value
    if (field === 2) return typeof value === 'object' && readMetric(value, payload)
    return true
  })
  return isWhole ? payload : undefined
}

type Draft<T> = { -readonly [Key in keyof T]: T[Key] }
type Metric = { name: string; at?: number; isHistorical: boolean; value?: number }

const LONGEST = 262_144
const BD_SEQ = 'bdSeq'

function readMetric(bytes: Uint8Array, payload: Draft<SparkplugPayload>): boolean {
  const metric: Metric = { name: '', isHistorical: false }
  const isWhole = eachField(bytes, (field, value) => {
    // A name is only looked at to be this one.
    if (field === 1 && typeof value === 'object') metric.name = value.length === BD_SEQ.length ? text(value) : ''
    if (typeof value !== 'number') return true
    if (field === 3) metric.at = value
    if (field === 5) metric.isHistorical = value !== 0
    if (field === 10 || field === 11) metric.value = value
    return true
  })
  if (!isWhole) return false
  payload.metrics++
  if (metric.name === BD_SEQ && metric.value !== undefined) payload.bdSeq = metric.value
  if (!metric.isHistorical) return true
  payload.historical++
  if (metric.at !== undefined) payload.historicalAt = Math.max(payload.historicalAt ?? 0, metric.at)
  return true
}

/** Numbers as numbers, what has a length as its bytes, fixed widths skipped; false when the bytes are no message, or `see` says so. */
function eachField(
  bytes: Uint8Array,
  see: (field: number, value: number | Uint8Array | undefined) => boolean,
): boolean {
  const at = { byte: 0 }
  while (at.byte < bytes.length) {
    const tag = varint(bytes, at)
    if (tag === undefined || tag < 8) return false
    const field = Math.floor(tag / 8)
    const value = fieldValue(bytes, at, tag % 8)
    if (value === undefined || !see(field, value === SKIPPED ? undefined : value)) return false
  }
  return true
}

const SKIPPED = Symbol('skipped')

function fieldValue(
  bytes: Uint8Array,
  at: { byte: number },
  type: number,
): number | Uint8Array | typeof SKIPPED | undefined {
  if (type === 0) return varint(bytes, at)
  const length = type === 2 ? varint(bytes, at) : type === 1 ? 8 : type === 5 ? 4 : undefined
  if (length === undefined || length > bytes.length - at.byte) return undefined
  const from = at.byte
  at.byte += length
  return type === 2 ? bytes.subarray(from, at.byte) : SKIPPED
}

/** Of at most ten bytes; what is above 2^53 is only about right. */
function varint(bytes: Uint8Array, at: { byte: number }): number | undefined {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at.byte++]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  return undefined
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
