// Every way the API says no: a code that programs can rely on, its status, and a title for people.
import { formatProblem } from '../domain/problem.ts'

export type ProblemCode =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'cross-site'
  | 'not-found'
  | 'already'
  | 'declared-by-file'
  | 'name-clash'
  | 'file-broken'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'too-many'
  | 'internal'
  | 'unavailable'

export const PROBLEMS: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'bad-request': { status: 400, title: 'The request is not understood' },
  unauthorized: { status: 401, title: 'A token is needed: Authorization: Bearer ovd_…' },
  forbidden: { status: 403, title: 'The scope of the token is too small for it' },
  'cross-site': { status: 403, title: 'A session acts from a page of this gateway only, with its X-CSRF-Token' },
  'not-found': { status: 404, title: 'There is no such thing' },
  already: { status: 409, title: 'It is in that state already' },
  'declared-by-file': { status: 409, title: 'The configuration file declares it: change it there' },
  'name-clash': { status: 409, title: 'Another name differs from it by case alone' },
  'file-broken': { status: 409, title: 'The configuration file can’t be used as it is now' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is expected as application/json; after an answer link, as a form or none',
  },
  'too-many': { status: 429, title: 'Too often in too short a time: wait a minute' },
  internal: { status: 500, title: 'Something is broken inside; the log has it' },
  unavailable: { status: 503, title: 'It can’t be made durable at the moment: try again' },
}

/** One thing in the request that is not as it should be. */
export type Flaw = { readonly path: string; readonly expected: string; readonly found: string }

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** The body of the answer, as RFC 9457 has it, with our `code` and `problems`. */
export function problemBody(code: ProblemCode, flaws: readonly Flaw[] = []): object {
  return { type: 'about:blank', title: PROBLEMS[code].title, status: PROBLEMS[code].status, code, problems: flaws }
}

/** The same in the words of Alertmanager (`code`, `message`) and of Prometheus (`status`, `errorType`, `error`). */
export function messageBody(code: ProblemCode, flaws: readonly Flaw[] = []): object {
  const message = [PROBLEMS[code].title, ...flaws.map(formatProblem)].join('; ')
  return { code: PROBLEMS[code].status, message, status: 'error', errorType: code, error: message }
}
