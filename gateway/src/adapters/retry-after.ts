// The Retry-After header of an answer (RFC 9110, 10.2.3).
import type { IncomingHttpHeaders } from 'node:http'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'

/** Seconds, or an HTTP date, which is compared with the server's own clock where it tells it. Not bounded. */
export function readRetryAfter(headers: IncomingHttpHeaders, now: Instant): Duration | undefined {
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * SECOND
  const until = text.endsWith('GMT') ? Date.parse(text) : Number.NaN
  if (Number.isNaN(until)) return undefined
  const from = Date.parse(headers.date ?? '')
  return Math.max(until - (Number.isNaN(from) ? now : from), 0)
}
