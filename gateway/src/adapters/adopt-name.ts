// From what a topic calls a device to the name of a heartbeat. A device that can't be named is refused, never renamed to
// something that another device has already.
import { isEventWord, isName } from '@overdue/device-sdk/wire'
import type { Name } from '../domain/names.ts'

/** `$1` is the first part; one that is missing is empty. */
export function fill(template: string, parts: readonly string[]): string {
  return template.replaceAll(/\$([1-9])/g, (_, digit: string) => parts[Number(digit) - 1] ?? '')
}

/**
 * Accents are dropped, what no name may have becomes `-`, levels after the second and a second that reads as an event are
 * joined by `-`. Undefined where nothing is left of a level, or too much.
 */
export function nameFrom(text: string): Name | undefined {
  if (isName(text)) return text
  if (text.length > LONGEST) return undefined
  const [first = '', ...more] = text.split('/').map(levelFrom)
  if (first === '' || more.includes('')) return undefined
  const second = more.join('-')
  const name = second === '' ? first : `${first}${isEventWord(second) ? '-' : '/'}${second}`
  return isName(name) ? name : undefined
}

/** Of a topic, which is no longer. */
const LONGEST = 512

function levelFrom(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_-]/gu, '-')
    .replace(/^[-_]+/, '')
}
