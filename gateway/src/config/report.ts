// Collecting what is wrong: every problem with its path, names that are near, and values shown without secrets.
import type { Problem } from '../domain/problem.ts'

export type Report = {
  readonly problems: Problem[]
  add(path: string, expected: string, found: string): void
}

export function createReport(): Report {
  const problems: Problem[] = []
  return { problems, add: (path, expected, found) => void problems.push({ path, expected, found }) }
}

/** `heartbeats[3]` and `cron` give `heartbeats[3].cron`; keys that are no plain words are quoted. */
export function under(path: string, key: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** A value as a problem shows it, shortened. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1' : `a list of ${value.length}`
  if (typeof value === 'object') return 'a map of keys'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

/** Says of a secret only how long it is. */
export function showSecret(text: string): string {
  return `something else of ${text.length} characters`
}

/** `, nearest: "cron"`, for the end of what was expected; empty when nothing is near. */
export function nearest(word: string, known: Iterable<string>): string {
  let best = ''
  let least = Math.max(2, Math.ceil(word.length / 3)) + 1
  const lower = word.toLowerCase()
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = candidate.toLowerCase() === lower ? 0 : distanceOf(lower, candidate.toLowerCase())
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best === '' ? '' : `, nearest: "${best}"`
}

const LONGEST = 80

/** Levenshtein, one row at a time. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
