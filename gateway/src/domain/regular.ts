// Regular expressions as Alertmanager's matchers use them, read by a port of the library that it uses: anchored at both ends,
// in time linear in the text whatever the pattern. The only user of re2js.
import { RE2JS } from 're2js'
import type { Checked } from './problem.ts'

/** Whether it fits the whole of a text. */
export type Regular = (text: string) => boolean

const LONGEST = 1_000

export function readRegular(pattern: string): Checked<Regular> {
  const wrong = (found: string) => ({ problems: [{ path: '', expected: A_REGULAR_EXPRESSION, found }] })
  if (pattern.length > LONGEST) return wrong(`${pattern.length} characters`)
  try {
    const compiled = RE2JS.compile(pattern)
    return { value: (text) => compiled.matches(text) }
  } catch (error) {
    return wrong(`${JSON.stringify(pattern)} (${(error as Error).message})`)
  }
}

const A_REGULAR_EXPRESSION = `a regular expression in RE2's syntax of at most ${LONGEST} characters`
