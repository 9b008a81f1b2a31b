// What a route of the API is, whatever framework serves it.
import type { TokenScope } from '../domain/token.ts'
import type { Flaw, ProblemCode } from './http-problem.ts'

/** Who calls, by a token or by a session that a token opened. */
export type Caller = {
  /** Of the token; `admin`, `grafana`: the one that the configuration gives. */
  readonly id: string
  readonly name: string
  readonly scope: TokenScope
  /** With a session: what its unsafe requests bring as `X-CSRF-Token`. */
  readonly csrf?: string
  /** Asked again where an answer lasts: a token may be revoked meanwhile. */
  isGood(): boolean
}

export type Asked<Query = unknown, Body = unknown> = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  /** Undefined: a route for nobody in particular, and nobody in particular. */
  readonly caller: Caller | undefined
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** IP address of the other end; a proxy's, where there is one. */
  readonly address: string
}

/** What a browser posts without a script. */
export type Form = Readonly<Record<string, string>>

export type Headers = Readonly<Record<string, string>>

/** The other end of an answer that goes on. */
export type Stream = {
  /** Bytes that wait to be taken. */
  readonly waiting: number
  write(text: string): void
  /** After what was written. */
  end(): void
  /** At once. */
  cut(): void
  /** Once, whoever ended it. */
  whenClosed(then: () => void): void
}

export type Answer =
  | { readonly status: 200 | 201 | 202 | 503; readonly json: object; readonly headers?: Headers }
  | {
      readonly status: TextStatus
      readonly text: string
      readonly type: string
      readonly headers?: Headers
    }
  | { readonly status: 200; readonly bytes: Uint8Array }
  /** Server-sent events, as long as either end wants. */
  | { readonly status: 200; readonly stream: (stream: Stream) => void }
  | { readonly status: 204; readonly headers?: Headers }
  /** Go there with a GET. */
  | { readonly status: 303; readonly location: string; readonly headers?: Headers }
  | { readonly problem: ProblemCode; readonly flaws?: readonly Flaw[] }

export type TextStatus = 200 | 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 503

/** What a route says of itself, and the schemas that nothing is held against here. */
export type Docs = {
  readonly summary: string
  readonly body?: object
  /** A body that does something. */
  readonly example?: object
  /** Of the answer's JSON. */
  readonly json?: object
  /** What else it answers with. */
  readonly type?: string
}

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `:name` is one percent-encoded segment. */
  readonly path: string
  /**
   * `nobody`: no token is asked for, and who calls is told where they are known. A scope: what the token has to have.
   * `grafana`: its own token is good, too, and any as a password.
   */
  readonly for: 'nobody' | TokenScope | 'grafana'
  /** Of the console: whoever is not signed in is sent to where they can be. */
  readonly isPage?: true
  /** JSON schemas that requests are held against. */
  readonly query?: object
  readonly body?: object
  /** The body is a `Form` or none, and small; nothing else is taken then, unless only its name is another. */
  readonly takesForm?: true | 'by any name'
  /** Bytes of the longest form, where that is more than the usual. */
  readonly longestForm?: number
  readonly docs: Docs
  // biome-ignore lint/suspicious/noExplicitAny: the schemas above hold what the types of each route say
  answer(asked: Asked<any, any>): Answer | Promise<Answer>
}

/** What a token needs for it; of Grafana's, queries come as forms, too. */
export function scopeFor({ for: whom, method, takesForm }: Pick<Route, 'for' | 'method' | 'takesForm'>): TokenScope {
  if (whom === 'nobody') return 'read'
  if (whom !== 'grafana') return whom
  return method === 'GET' || takesForm === true ? 'read' : 'write'
}
