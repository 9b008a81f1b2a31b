// What an MQTT payload says beyond its topic. First match wins: empty, a word, a number on `exit`, JSON, CBOR; anything
// else is still a beat, with its text as message. Never throws: a live device is never called dead for its syntax.
import { type CborMap, parseCborMap } from './cbor.ts'
import { cleanText, isMetricName, MOST_METRICS } from './text.ts'
import type { Event, EventKind } from './wire.ts'

declare class TextDecoder {
  decode(bytes: Uint8Array): string
}

/** Only what was given and well-typed; `…S` are seconds. */
export type PayloadFields = {
  readonly kind?: EventKind
  readonly exit?: number
  readonly run?: string
  readonly durationS?: number
  readonly seq?: number
  readonly boot?: number
  readonly upS?: number
  readonly ageS?: number
  /** The sender's clock, unix seconds. */
  readonly t?: number
  readonly nextS?: number
  readonly graceS?: number
  readonly message?: string
  readonly metrics?: Readonly<Record<string, number>>
}

/** A payload's own word counts only where the topic says nothing stronger than ok; on `will`, a bare number is the boot. */
export function parsePayload(bytes: Uint8Array, event: Event): PayloadFields {
  if (bytes.length === 0) return NOTHING
  if ((bytes[0] as number) >= 0xa0) {
    const entries = parseCborMap(bytes)
    if (entries !== undefined) return fieldsOf(entries, event)
  }
  const text = decoder.decode(bytes.length > LONGEST ? bytes.subarray(0, LONGEST) : bytes).trim()
  if (text.length <= 7) {
    const short = shortOf(text, event)
    if (short !== undefined) return short
  }
  if (text.startsWith('{')) {
    const entries = parseJson(text)
    if (entries !== undefined) return fieldsOf(entries, event)
  }
  const message = cleanText(text)
  return message === '' ? NOTHING : { message }
}

/**
 * The user properties of MQTT 5, under the same keys as in JSON, a metric as `m.<name>`; numbers are text there. Of a key
 * that comes several times the last counts.
 */
export function parseProperties(
  properties: Readonly<Record<string, string | readonly string[] | null>>,
  event: Event,
): PayloadFields {
  const fields: Fields = {}
  const metrics: Record<string, number> = {}
  for (const [key, values] of Object.entries(properties)) {
    // A property whose value is cut off has none.
    const value = (typeof values === 'string' ? values : values?.at(-1)) ?? ''
    const number = DECIMAL.test(value) ? Number(value) : undefined
    if (key.startsWith('m.')) metrics[key.slice(2)] = number ?? Number.NaN
    else if (key !== 'm') READ.get(key)?.(fields, TEXTS.has(key) ? value : number, event)
  }
  readMetrics(fields, metrics)
  return fields
}

const NOTHING: PayloadFields = Object.freeze({})
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/
/** Keys whose value is text, also where it reads as a number. */
const TEXTS: ReadonlySet<string> = new Set(['s', 'rid', 'msg'])
const LONGEST = 262_144
const decoder: TextDecoder = new TextDecoder()

const RUN = /^[\x21-\x7e]{1,64}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const INTEGER = /^\d{1,15}$/

const WORDS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ...['ok', 'up', 'online', 'alive', '1', 'true'].map((word): [string, EventKind] => [word, 'ok']),
  ...['fail', 'down', 'offline', 'lost', '0', 'false'].map((word): [string, EventKind] => [word, 'fail']),
])
const STATES: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ...WORDS,
  ['complete', 'ok'],
  ['start', 'start'],
  ['run', 'start'],
  ['log', 'log'],
  ['bye', 'bye'],
])

function shortOf(text: string, event: Event): PayloadFields | undefined {
  if (text === '') return NOTHING
  if (event.awaitsExit) return INTEGER.test(text) ? exitOf(Number(text)) : undefined
  if (event.kind === 'will') return INTEGER.test(text) ? { boot: Number(text) } : undefined
  const kind = event.kind === 'ok' ? WORDS.get(text.toLowerCase()) : undefined
  return kind && { kind }
}

/** What is above 255 is no exit code, but no success either. */
function exitOf(exit: number): PayloadFields {
  return exit > 255 ? { kind: 'fail' } : { kind: exit === 0 ? 'ok' : 'fail', exit }
}

function parseJson(text: string): CborMap | undefined {
  try {
    return JSON.parse(text) as CborMap
  } catch {
    return undefined
  }
}

type Fields = { -readonly [Key in keyof PayloadFields]: PayloadFields[Key] }

function fieldsOf(entries: CborMap, event: Event): PayloadFields {
  const fields: Fields = {}
  for (const key of Object.keys(entries)) {
    const value = entries[key]
    if (value !== null && value !== undefined) READ.get(key)?.(fields, value, event)
  }
  return fields
}

type Read = (fields: Fields, value: unknown, event: Event) => void

const READ: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['s', readState],
  ['exit', readExit],
  ['rid', readRun],
  ['dur', number('durationS')],
  ['seq', whole('seq')],
  ['boot', whole('boot')],
  ['up', number('upS')],
  ['age', number('ageS')],
  ['t', number('t')],
  ['next', number('nextS')],
  ['grace', number('graceS')],
  ['msg', readMessage],
  ['m', readMetrics],
])

function readState(fields: Fields, value: unknown, event: Event): void {
  const kind = STATES.get(String(typeof value === 'object' ? '' : value).toLowerCase())
  if (kind !== undefined && event.kind === 'ok' && fields.exit === undefined) fields.kind = kind
}

function readExit(fields: Fields, value: unknown, event: Event): void {
  if (event.kind !== 'ok' || !Number.isInteger(value) || (value as number) < 0) return
  Object.assign(fields, exitOf(value as number))
}

function readRun(fields: Fields, value: unknown): void {
  if (typeof value === 'string' && RUN.test(value)) fields.run = UUID.test(value) ? value.toLowerCase() : value
}

function readMessage(fields: Fields, value: unknown): void {
  const message = typeof value === 'string' ? cleanText(value) : ''
  if (message !== '') fields.message = message
}

function readMetrics(fields: Fields, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const metrics: Record<string, number> = {}
  let left = MOST_METRICS
  for (const [name, metric] of Object.entries(value)) {
    if (left === 0) break
    if (typeof metric !== 'number' || !Number.isFinite(metric) || !isMetricName(name)) continue
    metrics[name] = metric
    left--
  }
  if (left < MOST_METRICS) fields.metrics = metrics
}

function number(field: 'durationS' | 'upS' | 'ageS' | 't' | 'nextS' | 'graceS'): Read {
  return (fields, value) => {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) fields[field] = value
  }
}

function whole(field: 'seq' | 'boot'): Read {
  return (fields, value) => {
    if (Number.isSafeInteger(value) && (value as number) >= 0) fields[field] = value as number
  }
}
