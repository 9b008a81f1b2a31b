// Instants that a request states: ISO 8601 with an offset or `Z`.
import { type Instant, parseInstant } from '../domain/time.ts'

/** What is expected where one stands. */
export const INSTANT = 'an instant from 1970 to 9998 such as 2026-12-24T09:00:00Z'

/** Undefined for anything else. A `+` that nobody encoded comes as a space. */
export function readInstant(text: string): Instant | undefined {
  const whole = text.replace(/ (?=\d\d:?\d\d$)/, '+')
  return /^(?:19[7-9]|[2-9]\d\d)\d-/.test(whole) && !whole.startsWith('9999') ? parseInstant(whole) : undefined
}
