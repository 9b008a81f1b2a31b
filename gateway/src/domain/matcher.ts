// Label matchers as Alertmanager has them: each holds one label against a text or a regular expression, and a label that is
// missing is an empty text.
import { isWrong, type Problem } from './problem.ts'
import { type Regular, readRegular } from './regular.ts'

export type Matcher = {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  /** False: it fits what it would not fit otherwise. */
  readonly isEqual: boolean
}

/** `text`: of its label; empty where there is none. */
export function isFitting({ value, isRegex, isEqual }: Matcher, text: string): boolean {
  if (!isRegex) return (value === text) === isEqual
  const regular = regularOf(value)
  // What can't be read fits nothing, so that it keeps nobody from being paged.
  return regular !== undefined && regular(text) === isEqual
}

export function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)
}

/** Of a whole list: Alertmanager, too, wants one that does not fit an empty text, or everything would be muted by mistake. */
export function checkMatchers(matchers: readonly Matcher[], path: string): readonly Problem[] {
  const problems = matchers.flatMap(({ name, value, isRegex }, index): readonly Problem[] => {
    if (!isLabelName(name))
      return [{ path: `${path}[${index}].name`, expected: LABEL_NAME, found: JSON.stringify(name) }]
    const read = isRegex ? readRegular(value) : undefined
    if (read === undefined || !isWrong(read)) return []
    return read.problems.map((problem) => ({ ...problem, path: `${path}[${index}].value` }))
  })
  if (problems.length > 0 || matchers.some((matcher) => !isFitting(matcher, ''))) return problems
  return [{ path, expected: 'a matcher that does not fit an empty text', found: 'none' }]
}

/** `heartbeat=~"pump-.*"`. */
export function formatMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='
  return `${name}${operator}${JSON.stringify(value)}`
}

const LABEL_NAME = 'a name of letters, digits and "_" that does not begin with a digit'
const MOST_KNOWN = 1_000
const known = new Map<string, Regular | undefined>()

function regularOf(pattern: string): Regular | undefined {
  if (known.has(pattern)) return known.get(pattern)
  if (known.size >= MOST_KNOWN) known.clear()
  const read = readRegular(pattern)
  const regular = isWrong(read) ? undefined : read.value
  known.set(pattern, regular)
  return regular
}
