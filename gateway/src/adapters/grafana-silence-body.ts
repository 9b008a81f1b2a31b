// What Grafana or amtool says of a silence that it makes, read: by whom, why, from when until when, and which labels.
import type { Matcher } from '../domain/matcher.ts'
import { checkMatchers } from '../domain/matcher.ts'
import type { Mute } from '../domain/mute.ts'
import type { Checked } from '../domain/problem.ts'
import { type Instant, parseInstant } from '../domain/time.ts'
import { problemOfBounds } from './http-mute-body.ts'

export type SilencePosted = {
  readonly id?: string
  readonly matchers: readonly (Omit<Matcher, 'isEqual'> & { readonly isEqual?: boolean })[]
  readonly startsAt: string
  readonly endsAt: string
  readonly createdBy: string
  readonly comment: string
}

const text = { type: 'string', maxLength: 2_000 }
const flag = { type: 'boolean' }
const matcher = {
  type: 'object',
  required: ['name', 'value', 'isRegex'],
  properties: { name: { ...text, maxLength: 200 }, value: text, isRegex: flag, isEqual: flag },
}
export const SILENCE: object = {
  type: 'object',
  required: ['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'],
  properties: {
    ...{ id: text, startsAt: text, endsAt: text, createdBy: text, comment: text },
    matchers: { type: 'array', minItems: 1, maxItems: 100, items: matcher },
  },
}

/** It is bounded as one over our own API is. */
export function readSilence(
  { matchers, startsAt, endsAt, createdBy, comment }: SilencePosted,
  kind: Mute['kind'],
  now: Instant,
): Checked<Pick<Mute, 'match' | 'when' | 'by' | 'reason'>> {
  const labels = matchers.map(({ name, value, isRegex, isEqual = true }) => ({ name, value, isRegex, isEqual }))
  const problems = [...checkMatchers(labels, 'matchers')]
  const from = readTime(startsAt, 'startsAt', problems)
  const until = readTime(endsAt, 'endsAt', problems)
  const expected = problemOfBounds({ from, until }, kind, now)
  if (problems.length === 0 && expected !== undefined) problems.push({ path: 'endsAt', expected, found: endsAt })
  if (problems.length > 0) return { problems }
  return {
    value: {
      match: { labels },
      when: { from, until },
      by: oneLine(createdBy).slice(0, 200) || 'Grafana',
      reason: oneLine(comment),
    },
  }
}

function readTime(
  written: string,
  path: string,
  problems: { path: string; expected: string; found: string }[],
): Instant {
  const at = parseInstant(written)
  if (at === undefined)
    problems.push({ path, expected: 'an instant such as 2026-12-24T09:00:00Z', found: JSON.stringify(written) })
  return at ?? 0
}

/** A reason is told in the lines of a page. */
function oneLine(words: string): string {
  return words.replaceAll(/\p{Cc}+/gu, ' ').trim()
}
