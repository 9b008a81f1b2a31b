// Points as line protocol. Whatever a name or a text holds, a point is one line and says what it was meant to say:
// tags keep no backslash and no control character, since servers differ in how they read them.
import type { AnyPoint, Point } from '../app/series-point.ts'
import { type FieldType, SERIES } from '../app/series-schema.ts'

/** Longest tag and text, in characters; longer ones are cut. */
const LONGEST_TAG = 256
const LONGEST_TEXT = 1_000

/** Undefined: nothing is left of it for a server without text. */
export function lineOf({ measurement, tags, fields, at, seq }: AnyPoint, hasText: boolean): string | undefined {
  const types: Readonly<Record<string, FieldType>> = SERIES[measurement]
  let values = ''
  for (const name in fields) {
    const value = written(
      (fields as Point['fields'] & Record<string, number | string | undefined>)[name],
      types[name],
      hasText,
    )
    if (value !== undefined) values += `${values === '' ? '' : ','}${name}=${value}`
  }
  if (values === '') return undefined
  let line: string = measurement
  for (const name in tags) {
    const tag = tags[name]
    if (tag !== undefined) line += `,${name}=${tagOf(tag)}`
  }
  return `${line} ${values} ${at}${String(seq % 1_000_000).padStart(6, '0')}`
}

function written(
  value: number | string | undefined,
  type: FieldType | undefined,
  hasText: boolean,
): string | undefined {
  if (value === undefined || type === undefined) return undefined
  if (type === 'text') return hasText ? `"${textOf(String(value))}"` : undefined
  const number = Number(value)
  if (!Number.isFinite(number)) return undefined
  return type === 'int' ? `${Math.trunc(number)}i` : String(number)
}

const PLAIN_TAG = /^[\w./:@+-]{1,256}$/

function tagOf(tag: string): string {
  if (PLAIN_TAG.test(tag)) return tag
  const clean = whole(tag, LONGEST_TAG).replaceAll('\\', '/').trim()
  return clean === '' ? '-' : clean.replaceAll(/[ ,=]/g, '\\$&')
}

function textOf(text: string): string {
  return whole(text, LONGEST_TEXT).replaceAll(/["\\]/g, '\\$&')
}

/** No control characters, no halves of characters, and not too long. */
function whole(text: string, most: number): string {
  const cut = text.length > most ? text.slice(0, most) : text
  return cut.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
