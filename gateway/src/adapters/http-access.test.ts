import { describe, expect, it } from 'vitest'
import { Grants } from '../app/grants.ts'
import type { Fact } from '../domain/fact.ts'
import type { Token, TokenScope } from '../domain/token.ts'
import { type Access, createAccess } from './http-access.ts'
import { cookieHeader } from './http-cookie.ts'
import type { Route } from './http-route.ts'
import { createSessions, SESSION_LASTS } from './http-sessions.ts'
import { makeToken, markOf } from './http-tokens.ts'

const ADMIN = makeToken()
const MASTER = Buffer.alloc(16, 7)
const HOST = 'overdue.example:8080'

describe('a token', () => {
  it('is 256 random bits, and another each time', () => {
    const made = new Set(Array.from({ length: 100 }, makeToken))
    expect(made.size).toBe(100)
    for (const token of made) expect(token).toMatch(/^ovd_[\w-]{43}$/)
  })

  it('is admitted in a bearer header, and only whole', () => {
    const { admit } = room()
    for (const header of [`Bearer ${ADMIN}`, `bearer ${ADMIN}`, `BEARER  ${ADMIN} `])
      expect(admit('admin', { authorization: header })).toBe('admin')
    for (const header of [
      ...['', 'Bearer', 'Bearer ', ADMIN, `Basic ${ADMIN}`, `Bearer ${ADMIN.slice(0, -1)}`, `Bearer ${ADMIN}x`],
      ...[`Bearer ${ADMIN} ${ADMIN}`, `Bearer ${ADMIN.toUpperCase()}`],
    ])
      expect([header, admit('admin', { authorization: header })]).toEqual([header, 'unauthorized'])
    expect(admit('admin', {})).toBe('unauthorized')
  })

  it('reaches as far as its scope, and no further', () => {
    const { admit, make } = room()
    const scopes: readonly TokenScope[] = ['read', 'write', 'admin']
    for (const [place, scope] of scopes.entries()) {
      const { secret, token } = make({ scope })
      for (const [needed, name] of scopes.entries())
        expect([scope, name, admit(name, bearer(secret))]).toEqual([
          ...[scope, name, needed <= place ? token.id : 'forbidden'],
        ])
    }
  })

  it('is good until it expires, is revoked, or was rotated long enough ago', () => {
    const { admit, make, fold, pass } = room()
    const short = make({ expiresAt: 1_000 })
    const kept = make({})
    const next = makeToken()
    fold({ type: 'token.rotated', token: kept.token.id, ...markOf(next), previousUntil: 500, by: 'ana' })
    expect(admit('read', bearer(kept.secret))).toBe(kept.token.id)
    expect(admit('read', bearer(next))).toBe(kept.token.id)
    pass(500)
    expect(admit('read', bearer(kept.secret))).toBe('unauthorized')
    expect(admit('read', bearer(short.secret))).toBe(short.token.id)
    pass(500)
    expect(admit('read', bearer(short.secret))).toBe('unauthorized')
    fold({ type: 'token.revoked', token: kept.token.id, by: 'ana' })
    expect(admit('read', bearer(next))).toBe('unauthorized')
  })

  it('of Grafana is good for what Grafana calls, also as the password of any user, as is any that reaches so far', () => {
    let own: string | undefined = 'a token: with a colon'
    const { admit, make } = room(() => own)
    const { secret } = make({ scope: 'read' })
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
    for (const pair of [`grafana:${own}`, `:${own}`, `x:${ADMIN}`, `x:${secret}`])
      expect([pair, admit('grafana', basic(pair))]).not.toEqual([pair, 'unauthorized'])
    for (const pair of [own, 'x:', 'x:ovd'])
      expect([pair, admit('grafana', basic(pair))]).toEqual([pair, 'unauthorized'])
    expect(admit('grafana', basic(`x:${secret}`), 'POST')).toBe('forbidden')
    for (const pair of [`grafana:${own}`, `x:${ADMIN}`]) expect(admit('read', basic(pair))).toBe('unauthorized')
    own = undefined
    expect(admit('grafana', basic('grafana:a token: with a colon'))).toBe('unauthorized')
    expect(admit('grafana', basic('grafana:undefined'))).toBe('unauthorized')
  })

  it('that is wrong too often from one address is answered otherwise, and a good one from there is taken', () => {
    const { admit, pass } = room()
    for (let n = 0; n < 60; n++) expect(admit('read', bearer('guess'))).toBe('unauthorized')
    expect(admit('read', bearer('guess'))).toBe('too-many')
    expect(admit('read', bearer(ADMIN))).toBe('admin')
    pass(60_000)
    expect(admit('read', bearer('guess'))).toBe('unauthorized')
  })
})

describe('a session', () => {
  it('acts for its token, when a page of the gateway asks', () => {
    const { admit, signIn, make } = room()
    const { secret, token } = make({ scope: 'write' })
    const { cookie, csrf } = signIn(secret)
    expect(admit('read', cookie)).toBe(token.id)
    expect(admit('admin', cookie)).toBe('forbidden')
    const own = { ...cookie, 'x-csrf-token': csrf }
    for (const headers of [
      { ...own, 'sec-fetch-site': 'same-origin' },
      { ...own, origin: `http://${HOST}` },
    ])
      expect(admit('write', headers, 'POST')).toBe(token.id)
    for (const headers of [
      own,
      { ...own, 'sec-fetch-site': 'same-site' },
      { ...own, 'sec-fetch-site': 'none' },
      { ...own, 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` },
      { ...own, origin: 'http://elsewhere' },
      { ...own, origin: 'http://overdue.example' },
      { ...own, origin: 'null' },
      { ...cookie, 'sec-fetch-site': 'same-origin' },
      { ...cookie, 'sec-fetch-site': 'same-origin', 'x-csrf-token': signIn(secret).csrf },
    ])
      expect([headers, admit('write', headers, 'POST')]).toEqual([headers, 'cross-site'])
  })

  it('ends with its token, with what the token was, and by itself', () => {
    const { admit, signIn, make, fold, pass, sessions } = room()
    const [revoked, rotated] = [make({}), make({})]
    const [first, second, admin, out] = [revoked, rotated]
      .map(({ secret }) => signIn(secret))
      .concat([...[signIn(ADMIN), signIn(ADMIN)]]) as [Signed, Signed, Signed, Signed]
    fold({ type: 'token.revoked', token: revoked.token.id, by: 'ana' })
    fold({ type: 'token.rotated', token: rotated.token.id, ...markOf(makeToken()), previousUntil: 500, by: 'ana' })
    sessions.end(out.value, 0)
    expect([first, second, admin, out].map(({ cookie }) => admit('read', cookie))).toEqual([
      ...['unauthorized', rotated.token.id, 'admin', 'unauthorized'],
    ])
    pass(500)
    expect(admit('read', second.cookie)).toBe('unauthorized')
    pass(SESSION_LASTS - 501)
    expect(admit('read', admin.cookie)).toBe('admin')
    pass(1)
    expect(admit('read', admin.cookie)).toBe('unauthorized')
  })

  it('survives a restart, and neither another master key nor another admin token', () => {
    const { value } = room().signIn(ADMIN)
    const cookie = { cookie: `a=b; sid=${value}; c` }
    expect(room().admit('read', cookie)).toBe('admin')
    expect(room(undefined, Buffer.alloc(16, 8)).admit('read', cookie)).toBe('unauthorized')
    expect(room(undefined, MASTER, makeToken()).admit('read', cookie)).toBe('unauthorized')
  })

  it('can not be forged: not one bit of it may be another', () => {
    const { admit, signIn } = room()
    const bytes = Buffer.from(signIn(ADMIN).value, 'base64url')
    for (let place = 0; place < bytes.length * 8; place++) {
      const other = Buffer.from(bytes)
      other.writeUInt8(other.readUInt8(place >> 3) ^ (1 << (place & 7)), place >> 3)
      expect(admit('read', { cookie: `sid=${other.toString('base64url')}` })).not.toBe('admin')
    }
  })

  it('over TLS and on this machine is in a cookie that no other host can set, and over plain HTTP in another', () => {
    const tls = { 'x-forwarded-proto': 'https' }
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080'])
      expect(cookieHeader({ host }, 'x', 60)['Set-Cookie']).toMatch(/^__Host-sid=x; Secure;/)
    expect(cookieHeader({ host: 'localhost.example' }, 'x', 60)['Set-Cookie']).toMatch(/^sid=x; Path/)
    expect(cookieHeader(tls, 'x', 60)['Set-Cookie']).toBe(
      '__Host-sid=x; Secure; Path=/; HttpOnly; SameSite=Lax; Max-Age=60',
    )
    expect(cookieHeader({}, '', 0)['Set-Cookie']).toBe('sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
    const { admit, signIn } = room()
    const { value } = signIn(ADMIN)
    expect(admit('read', { ...tls, cookie: `__Host-sid=${value}` })).toBe('admin')
    expect(admit('read', { ...tls, cookie: `sid=${value}` })).toBe('unauthorized')
  })
})

type Signed = { readonly value: string; readonly csrf: string; readonly cookie: { readonly cookie: string } }
type Told = Fact extends infer Each ? (Each extends Fact ? Omit<Each, 'at' | 'seenAt'> : never) : never

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** At instant 0; `admit` gives the id of whoever called, or why not. */
function room(grafanaToken: () => string | undefined = () => undefined, master = MASTER, adminToken = ADMIN) {
  const grants = new Grants()
  const sessions = createSessions(master)
  let now = 0
  const access: Access = createAccess({ adminToken, grafanaToken, grants, sessions, now: () => now })
  const fold = (fact: Told): void => grants.fold({ at: now, seenAt: now, ...fact } as Fact)
  return {
    fold,
    sessions,
    pass(ms: number): void {
      now += ms
    },
    make(says: Partial<Token>) {
      const secret = makeToken()
      const token: Token = {
        ...{ id: `token-${secret.slice(-9)}`, name: 'ci', scope: 'read', madeAt: now, by: 'ana', ...markOf(secret) },
        ...says,
      }
      fold({ type: 'token.made', token: token.id, made: token })
      return { secret, token }
    },
    signIn(token: string): Signed {
      const { cookie: value, csrf } = sessions.open(
        access.known(token) as NonNullable<ReturnType<Access['known']>>,
        now,
      )
      return { value, csrf, cookie: { cookie: `sid=${value}` } }
    },
    admit(whom: Route['for'], headers: object, method: Route['method'] = 'GET'): string {
      const route: Route = { method, path: '/', for: whom, docs: { summary: '' }, answer: () => ({ status: 204 }) }
      const admitted = access.admit(route, { headers: { host: HOST, ...headers }, address: '127.0.0.1' })
      return 'problem' in admitted ? admitted.problem : (admitted.caller?.id ?? '')
    },
  }
}
