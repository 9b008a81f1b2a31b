// Payloads that devices of several families share: a word, a JSON object, a number in it, an uptime. Hostile input is only text.
import { cleanText } from '@overdue/device-sdk/wire'

export type Json = Readonly<Record<string, unknown>>

/** Trimmed; empty when it is too long for a word. */
export function textOf(payload: Uint8Array): string {
  return payload.length > LONGEST_WORD ? '' : decoder.decode(payload).trim()
}

/** Of anything larger, or of what is no object, undefined. */
export function objectOf(payload: Uint8Array): Json | undefined {
  const value = jsonOf(payload)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

export function jsonOf(payload: Uint8Array): unknown {
  if (payload.length === 0 || payload.length > LONGEST_JSON) return undefined
  try {
    return JSON.parse(decoder.decode(payload)) as unknown
  } catch {
    return undefined
  }
}

/** `online`, and what `{"state":"online"}` or `{"status":"online"}` says; in lower case. */
export function wordOf(payload: Uint8Array): string {
  const text = textOf(payload)
  if (!text.startsWith('{')) return text.toLowerCase()
  const { state, status } = objectOf(payload) ?? {}
  const said = state ?? status
  return typeof said === 'string' ? said.trim().toLowerCase() : ''
}

/** A key of the object's own, else undefined: `__proto__` is none. */
export function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Json)[key] : undefined
}

export function numberIn(value: unknown, key: string): number | undefined {
  const found = own(value, key)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** Those that are there, as metrics; undefined when none is. */
export function metricsIn(value: unknown, keys: readonly string[]): { metrics?: Readonly<Record<string, number>> } {
  const found = keys.flatMap((key) => {
    const number = numberIn(value, key)
    return number === undefined ? [] : [[key, number] as const]
  })
  return found.length === 0 ? {} : { metrics: Object.fromEntries(found) }
}

/** Seconds, when they are an uptime. */
export function upIn(value: unknown, key: string): { upS?: number } {
  const seconds = numberIn(value, key)
  return seconds === undefined || seconds < 0 ? {} : { upS: seconds }
}

export function messageOf(text: unknown): { message?: string } {
  const message = typeof text === 'string' ? cleanText(text) : ''
  return message === '' ? {} : { message }
}

/** Milliseconds since the epoch, seconds, or ISO 8601 with its offset; undefined: none of these. */
export function instantIn(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0)
    return value < SECONDS_END ? value * 1000 : value
  if (typeof value !== 'string' || !ISO.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : at
}

const decoder = new TextDecoder()
const LONGEST_WORD = 256
const LONGEST_JSON = 262_144
/** As seconds the year 5138, as milliseconds 1973: no device's clock says either. */
const SECONDS_END = 1e11
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/
