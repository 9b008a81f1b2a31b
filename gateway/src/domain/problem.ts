// What is wrong with something a person gave us: where it stands, what was expected, what was found.

export type Problem = {
  /** `heartbeats[3].cron`; empty for the whole. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** A value, or every reason why there is none. */
export type Checked<T> = { readonly value: T } | { readonly problems: readonly Problem[] }

export function isWrong<T>(checked: Checked<T>): checked is { readonly problems: readonly Problem[] } {
  return 'problems' in checked
}

/** `heartbeats[3].cron: expected 5 fields, got 4 ("0 2 * *")`. */
export function formatProblem(problem: Problem): string {
  const where = problem.path === '' ? '' : `${problem.path}: `
  return `${where}expected ${problem.expected}, got ${problem.found}`
}
