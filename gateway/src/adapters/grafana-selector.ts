// The part of PromQL that is answered: one selector such as `ALERTS{severity="critical"}`.
import type { Matcher } from '../domain/matcher.ts'
import { isWrong } from '../domain/problem.ts'
import { readMatcher } from './grafana-asked.ts'

/** A name is a matcher of `__name__`. Undefined: something else than a selector. */
export function readSelector(text: string): readonly Matcher[] | undefined {
  const [head = '', name] = /^\s*([a-zA-Z_:][\w:]*)?\s*/.exec(text) ?? []
  const named: Matcher[] = name === undefined ? [] : [{ name: '__name__', value: name, isRegex: false, isEqual: true }]
  const inner = text.slice(head.length).trim()
  const braced = inner === '' ? [] : readBraced(inner)
  return braced === undefined || named.length + braced.length === 0 ? undefined : [...named, ...braced]
}

/** `{a="b", c=~'d',}`. */
function readBraced(text: string): readonly Matcher[] | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  const matchers: Matcher[] = []
  PART.lastIndex = 1
  while (!/^\s*\}$/.test(text.slice(PART.lastIndex, PART.lastIndex + 100))) {
    const [, label, operator, value = '', end] = PART.exec(text) ?? []
    const read = readMatcher(`${label}${operator}${inDoubleQuotes(value)}`)
    if (end === undefined || isWrong(read)) return undefined
    matchers.push(read.value)
    if (end === '}') return PART.lastIndex === text.length ? matchers : undefined
  }
  return matchers
}

const PART = /\s*([a-zA-Z_]\w*)\s*(=~|!=|!~|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*([,}])/y

function inDoubleQuotes(quoted: string): string {
  return quoted.startsWith('"') ? quoted : `"${quoted.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`
}
