// What a schema says of a request that does not fit it, in the words of our problems.
import type { Flaw } from './http-problem.ts'

/** One complaint of the validator, as JSON Schema's errors go. */
export type Misfit = {
  readonly instancePath: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
  /** What was found there. */
  readonly data?: unknown
}

/** `where` is the part of the request: `query`, `body`. */
export function flawOf({ instancePath, message = '', params, data }: Misfit, where: string): Flaw {
  const path = `${where}${instancePath.replaceAll('/', '.')}`
  const { additionalProperty: unknown, missingProperty: missing, allowedValues } = params
  if (typeof unknown === 'string') return { path: `${path}.${unknown}`, expected: 'no such key', found: 'one' }
  if (typeof missing === 'string') return { path: `${path}.${missing}`, expected: 'a value', found: 'nothing' }
  const expected = Array.isArray(allowedValues)
    ? `one of ${allowedValues.join(', ')}`
    : message.replace(/^must (?:be |have )?/, '')
  return { path, expected, found: short(JSON.stringify(data) ?? 'nothing') }
}

export function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

const LONGEST = 80
