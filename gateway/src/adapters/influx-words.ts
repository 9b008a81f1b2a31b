// What a server of time series says of a request that it did not take, in its own words. For people: nothing is decided by them.
import type { Answered } from './influx-client.ts'

/** One line: the status and what was said. */
export function wordsOf({ status, headers, body }: Answered): string {
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed`
  const words = complaintIn(body) || String(headers['x-influxdb-error'] ?? '') || body
  const line = words.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return `answered ${status}${line === '' ? '' : `: ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`}`
}

/**
 * The complaint in JSON: `error` of 1.x and 3 (which has one for each line, too, in `data`), `message` of 2.x. Undefined where there
 * is none; 3 and its relatives may send one with a success, of which a part was refused.
 */
export function complaintIn(body: string): string | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    const { error, message, data } = JSON.parse(body) as Readonly<Record<string, unknown>>
    const first = Array.isArray(data) ? (data[0] as { error_message?: unknown } | undefined)?.error_message : undefined
    const parts = [error ?? message, first].filter((part) => typeof part === 'string' && part !== '')
    return parts.length === 0 ? undefined : parts.join(': ')
  } catch {
    return undefined
  }
}

const LONGEST = 300
