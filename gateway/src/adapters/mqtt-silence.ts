// What `hb/<name>/silence` asks for: nothing is an hour; else a duration, or JSON with `for` and `msg`.
import { cleanText } from '@overdue/device-sdk/wire'
import { readSilence, type SilenceOrder } from '../app/url-silence.ts'
import type { Instant } from '../domain/time.ts'

/** Undefined: not to be understood. */
export function silenceIn(payload: Uint8Array, from: Instant): SilenceOrder | undefined {
  if (payload.length > LONGEST) return undefined
  const text = Buffer.from(payload).toString('utf8').trim()
  const said = text.startsWith('{') ? objectIn(text) : { for: text }
  if (said === undefined) return undefined
  const { for: length, msg } = { for: said['for'] ?? '', msg: said['msg'] ?? '' }
  const lasts = typeof length === 'string' || typeof length === 'number' ? readSilence(String(length)) : undefined
  if (lasts === undefined || typeof msg !== 'string') return undefined
  return { from, lasts, by: 'mqtt', reason: cleanText(msg) }
}

/** A message of the greatest length, escaped. */
const LONGEST = 16_384

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
