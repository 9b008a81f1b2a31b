// Signing in and out: a token becomes a session, and a session ends. By JSON for scripts, by a form for browsers without one.
import type { Instant } from '../domain/time.ts'
import { formatInstant, SECOND } from '../domain/time.ts'
import type { Access, Known } from './http-access.ts'
import { cookieHeader, isOtherSite, sessionCookieOf } from './http-cookie.ts'
import { createLimit } from './http-limit.ts'
import { SIGN_IN } from './http-page-headers.ts'
import type { Answer, Asked, Form, Route } from './http-route.ts'
import type { Sessions } from './http-sessions.ts'
import { SESSION, SIGN_IN_BODY, type SignInBody } from './http-shapes-tokens.ts'

export type SessionWorld = {
  readonly access: Pick<Access, 'known'>
  readonly sessions: Sessions
  now(): Instant
}

/** From one address in a minute; then nobody signs in from there, with a good token or without. */
const MOST_WRONG = 10

export function sessionRoutes({ access, sessions, now }: SessionWorld): readonly Route[] {
  const wrong = createLimit(MOST_WRONG)

  /** Every sign-in is a session of its own: what a browser had before is good no more. */
  function open(token: string, asked: Asked): Opened | 'unauthorized' | 'too-many' | 'cross-site' {
    if (isOtherSite(asked.headers)) return 'cross-site'
    if (wrong.blockedUntil(asked.address, now()) !== undefined) return 'too-many'
    const known = access.known(token)
    if (known === undefined) {
      wrong.count(asked.address, now())
      return 'unauthorized'
    }
    end(asked)
    const { cookie, csrf, expiresAt } = sessions.open(known, now())
    const headers = cookieHeader(asked.headers, cookie, (expiresAt - now()) / SECOND)
    return { headers, item: { ...itemOf(known), csrf, expiresAt: formatInstant(expiresAt) } }
  }

  function end({ caller, headers }: Asked): void {
    const cookie = sessionCookieOf(headers)
    if (caller?.csrf !== undefined && cookie !== undefined) sessions.end(cookie, now())
  }

  return [
    {
      ...{ method: 'POST', path: '/session', for: 'nobody', body: SIGN_IN_BODY },
      docs: {
        summary: 'Signs in: a token opens a session, which lasts a week and no longer than the token',
        json: SESSION,
      },
      answer(asked: Asked<unknown, SignInBody>): Answer {
        const opened = open(asked.body.token, asked)
        return typeof opened === 'string'
          ? { problem: opened }
          : { status: 201, json: opened.item, headers: opened.headers }
      },
    },
    {
      ...{ method: 'GET', path: '/session', for: 'read' },
      docs: { summary: 'Who calls, by a session or by a token', json: SESSION },
      answer({ caller, headers }): Answer {
        const { id, name, scope, csrf = null } = caller as NonNullable<typeof caller>
        const ends = csrf === null ? undefined : sessions.expiresAt(sessionCookieOf(headers) ?? '')
        return {
          status: 200,
          json: { token: id, name, scope, csrf, expiresAt: ends === undefined ? null : formatInstant(ends) },
        }
      },
    },
    {
      ...{ method: 'DELETE', path: '/session', for: 'read' },
      docs: { summary: 'Signs out' },
      answer(asked): Answer {
        end(asked)
        return { status: 204, headers: cookieHeader(asked.headers, '', 0) }
      },
    },
    {
      ...{ method: 'POST', path: '/sign-out', for: 'read', isPage: true, takesForm: true },
      docs: { summary: 'Signs out from a page without a script' },
      answer(asked: Asked): Answer {
        end(asked)
        return { status: 303, location: SIGN_IN, headers: cookieHeader(asked.headers, '', 0) }
      },
    },
    {
      ...{ method: 'POST', path: SIGN_IN, for: 'nobody', takesForm: true },
      docs: { summary: 'Signs in from a page without a script' },
      answer(asked: Asked<unknown, Form | undefined>): Answer {
        const { token = '', next = '/' } = asked.body ?? {}
        const opened = open(token.trim(), asked)
        if (typeof opened !== 'string') return { status: 303, location: localPath(next), headers: opened.headers }
        return { status: 303, location: `${SIGN_IN}?${new URLSearchParams({ next: localPath(next), why: opened })}` }
      },
    },
  ]
}

type Opened = { readonly headers: Readonly<Record<string, string>>; readonly item: object }

function itemOf({ id, name, scope }: Known): { readonly token: string; readonly name: string; readonly scope: string } {
  return { token: id, name, scope }
}

/** A path of this gateway, and nothing that leads elsewhere: `//host` and `/\host` do. */
function localPath(text: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : '/'
}
