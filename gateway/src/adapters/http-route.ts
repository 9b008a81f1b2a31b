// What a route of the API is, whatever framework serves it.
import type { Flaw, ProblemCode } from './http-problem.ts'

export type Asked<Query = unknown, Body = unknown> = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
}

/** What a browser posts without a script. */
export type Form = Readonly<Record<string, string>>

export type Answer =
  | { readonly status: 200 | 201 | 202 | 503; readonly json: object }
  | {
      readonly status: TextStatus
      readonly text: string
      readonly type: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly status: 200; readonly bytes: Uint8Array }
  | { readonly status: 204 }
  /** After a form: the page that shows what became of it. */
  | { readonly status: 303; readonly location: string }
  | { readonly problem: ProblemCode; readonly flaws?: readonly Flaw[] }

export type TextStatus = 200 | 400 | 401 | 403 | 404 | 409 | 410 | 413 | 503

/** What a route says of itself, and the schemas that nothing is held against here. */
export type Docs = {
  readonly summary: string
  readonly body?: object
  /** Of the answer's JSON. */
  readonly json?: object
}

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `:name` is one percent-encoded segment. */
  readonly path: string
  /** `nobody`: no token is asked for. `grafana`: its own is good, too, and either as a password. */
  readonly for: 'nobody' | 'admin' | 'grafana'
  /** JSON schemas that requests are held against. */
  readonly query?: object
  readonly body?: object
  /** The body is a `Form` or none, and small; nothing else is taken then. */
  readonly takesForm?: true
  /** Bytes of the longest form, where that is more than the usual. */
  readonly longestForm?: number
  readonly docs: Docs
  // biome-ignore lint/suspicious/noExplicitAny: the schemas above hold what the types of each route say
  answer(asked: Asked<any, any>): Answer | Promise<Answer>
}
