// What a message and a metric's name may be, at both ends of the wire.

/** The longest message, in UTF-16 code units. */
export const MESSAGE_LENGTH = 2000
export const MOST_METRICS = 32

/** One line without control characters, at most `length` code units, no half surrogate. */
export function cleanText(text: string, length: number = MESSAGE_LENGTH): string {
  const head = text.length > 2 * length ? text.slice(0, 2 * length) : text
  const line = head.replace(UNWANTED, ' ').trim()
  return (line.length > length ? line.slice(0, length) : line).replace(LONE_SURROGATE, '')
}

/** A metric's name, in a payload and in a query. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name) && !FORBIDDEN_KEYS.has(name)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is kept out
const UNWANTED = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g
const LONE_SURROGATE = /\p{Surrogate}/gu
const METRIC_NAME = /^[A-Za-z0-9_-]{1,63}$/
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
