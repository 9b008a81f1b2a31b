// How what speaks Alertmanager or Prometheus asks: repeated parameters, flags, and matchers as text. And how it is told no.
import { isLabelName, type Matcher } from '../domain/matcher.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import { readRegular } from '../domain/regular.ts'
import type { Answer } from './http-route.ts'

/** As the framework reads it: a text, or several where it came more than once. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>

export const JSON_TYPE = 'application/json; charset=utf-8'

/** As Alertmanager says no: the sentence as JSON. amtool and Grafana show it. */
export function sayNo(status: 400 | 404 | 409 | 503, sentence: string): Answer {
  return { status, text: JSON.stringify(sentence), type: JSON_TYPE }
}

/** Of a parameter that is named with or without `[]`. */
export function textsOf(query: RawQuery, name: string): readonly string[] {
  return [query[name], query[`${name}[]`]].flatMap((found) => found ?? [])
}

/** True unless it says otherwise. */
export function flagOf(query: RawQuery, name: string): boolean {
  return textsOf(query, name)[0] !== 'false'
}

/** Texts such as `heartbeat=~"pump-.*"`, as Alertmanager reads them. */
export function readFilter(texts: readonly string[]): Checked<readonly Matcher[]> {
  const matchers: Matcher[] = []
  for (const text of texts) {
    const read = readMatcher(text)
    if (isWrong(read)) return read
    matchers.push(read.value)
  }
  return { value: matchers }
}

export function readMatcher(text: string): Checked<Matcher> {
  const [, quoted, bare, operator, written] = MATCHER.exec(text.trim()) ?? []
  const name = bare ?? unquoted(`"${quoted ?? ''}"`)
  const value = written === undefined ? undefined : unquoted(written)
  if (name === undefined || value === undefined || !isLabelName(name)) return wrong(`label="value"`, text)
  const isRegex = operator === '=~' || operator === '!~'
  const regular = isRegex ? readRegular(value) : undefined
  if (regular !== undefined && isWrong(regular)) return regular
  return { value: { name, value, isRegex, isEqual: operator === '=' || operator === '=~' } }
}

const MATCHER = /^(?:"([^"]*)"|([a-zA-Z_:][a-zA-Z0-9_:]*))\s*(=~|!=|!~|=)\s*([\s\S]*)$/

/** With or without quotes; `\n`, `\"` and `\\` are escapes in both. Undefined: a quote too few or too many. */
function unquoted(text: string): string | undefined {
  const isQuoted = text.startsWith('"')
  const inner = isQuoted ? /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(text)?.[1] : /^(?:[^"\\]|\\[\s\S])*$/.exec(text)?.[0]
  return inner?.replaceAll(/\\([n"\\])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}

function wrong<T>(expected: string, text: string): Checked<T> {
  return { problems: [{ path: '', expected, found: JSON.stringify(text) }] }
}
