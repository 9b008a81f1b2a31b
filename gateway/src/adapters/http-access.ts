// Who calls, and whether they may: a token in a header, or the session of a browser. A session's unsafe requests have to
// come from a page of this gateway and bring what only such a page knows.
import type { Grants } from '../app/grants.ts'
import type { Instant } from '../domain/time.ts'
import { covers, digestsOf, type Token, type TokenScope } from '../domain/token.ts'
import { isOwnSite, sessionCookieOf } from './http-cookie.ts'
import { createLimit } from './http-limit.ts'
import type { Flaw, ProblemCode } from './http-problem.ts'
import { type Asked, type Caller, type Route, scopeFor } from './http-route.ts'
import type { Sessions } from './http-sessions.ts'
import { digestOf, tokenIn } from './http-tokens.ts'

export type Request = Pick<Asked, 'headers' | 'address'>
export type Refusal = { readonly problem: ProblemCode; readonly flaws?: readonly Flaw[] }

export type Access = {
  /** Who calls a route, or why they may not. */
  admit(route: Route, request: Request): { readonly caller: Caller | undefined } | Refusal
  /** The token that somebody signs in with. */
  known(token: string): Known | undefined
  /** When a token was last used since the gateway started. */
  lastUsedAt(id: string): Instant | undefined
}

/** The admin's token of the configuration is like any other here. */
export type Known = Pick<Token, 'id' | 'name' | 'scope' | 'expiresAt'> & { readonly digest: string }

export type AccessRules = {
  readonly adminToken: string
  /** Good for what Grafana calls, and nothing else; asked anew each time. */
  grafanaToken(): string | undefined
  readonly grants: Pick<Grants, 'token' | 'withDigest'>
  readonly sessions: Sessions
  now(): Instant
}

/** The id of the token that the configuration gives the admin. */
export const ADMIN = 'admin'
/** From one address in a minute; a token that is good is taken all the same, since a proxy is one address for everybody. */
const MOST_FAILURES = 60

export function createAccess({ adminToken, grafanaToken, grants, sessions, now }: AccessRules): Access {
  const admin: Known = { id: ADMIN, name: ADMIN, scope: 'admin', digest: digestOf(adminToken) }
  const failures = createLimit(MOST_FAILURES)
  const usedAt = new Map<string, Instant>()

  function known(token: string): Known | undefined {
    const digest = digestOf(token)
    // Digests of what was sent: how long it takes to compare them tells nothing of a token.
    if (digest === admin.digest) return admin
    const found = grants.withDigest(digest, now())
    return found && { ...found, digest }
  }

  function callerByToken(token: string, isForGrafana: boolean): Caller | undefined {
    const own = isForGrafana ? grafanaToken() : undefined
    if (own !== undefined && digestOf(own) === digestOf(token))
      return { id: 'grafana', name: 'Grafana', scope: 'admin', isGood: () => grafanaToken() === own }
    const found = known(token)
    return found && callerOf(found, () => known(token) !== undefined)
  }

  function callerBySession(cookie: string): Caller | undefined {
    const read = () => sessions.read(cookie, (id) => digestsOfId(id), now())
    const session = read()
    if (session === undefined) return undefined
    const token = session.token === ADMIN ? admin : grants.token(session.token)
    return token && { ...callerOf(token, () => read() !== undefined), csrf: session.csrf }
  }

  function digestsOfId(id: string): readonly string[] {
    if (id === ADMIN) return [admin.digest]
    const token = grants.token(id)
    return token === undefined ? [] : digestsOf(token, now())
  }

  function callerOf({ id, name, scope }: Pick<Known, 'id' | 'name' | 'scope'>, isGood: () => boolean): Caller {
    usedAt.set(id, now())
    return { id, name, scope, isGood }
  }

  function identify(route: Route, { headers }: Request): Caller | undefined {
    const isForGrafana = route.for === 'grafana'
    const { authorization } = headers
    if (typeof authorization === 'string') {
      const token = tokenIn(authorization, isForGrafana)
      return token === undefined ? undefined : callerByToken(token, isForGrafana)
    }
    const cookie = isForGrafana ? undefined : sessionCookieOf(headers)
    return cookie === undefined ? undefined : callerBySession(cookie)
  }

  return {
    known,
    lastUsedAt: (id) => usedAt.get(id),
    admit(route, request) {
      const caller = identify(route, request)
      if (route.for === 'nobody') return { caller }
      if (caller === undefined) return fail(request)
      const needed = scopeFor(route)
      if (!covers(caller.scope, needed)) return { problem: 'forbidden', flaws: [flawOf(needed, caller.scope)] }
      if (caller.csrf !== undefined && route.method !== 'GET' && !isTrusted(route, request, caller.csrf))
        return { problem: 'cross-site' }
      return { caller }
    },
  }

  function fail({ address }: Request): Refusal {
    if (failures.blockedUntil(address, now()) !== undefined) return { problem: 'too-many' }
    failures.count(address, now())
    return { problem: 'unauthorized' }
  }
}

function flawOf(needed: TokenScope, has: TokenScope): Flaw {
  return { path: 'token', expected: `one with the scope ${needed}`, found: `one with the scope ${has}` }
}

/** A form brings it in its body, which is not read yet. */
function isTrusted({ takesForm }: Route, { headers }: Request, csrf: string): boolean {
  return isOwnSite(headers) && (takesForm === true || headers['x-csrf-token'] === csrf)
}
