import { describe, expect, it } from 'vitest'
import { createTokens, makeToken } from './http-tokens.ts'

describe('a token', () => {
  it('is admitted in a bearer header, and only whole', () => {
    const token = makeToken()
    const tokens = createTokens(token)
    expect(token).toMatch(/^ovd_[\w-]{32}$/)
    for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token} `])
      expect(tokens.admits(header)).toBe(true)
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      token,
      `Basic ${token}`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}x`,
      `Bearer ${token} ${token}`,
      `Bearer ${token.toUpperCase()}`,
    ])
      expect([header, tokens.admits(header)]).toEqual([header, false])
  })

  it('of Grafana is good for what Grafana calls, also as the password of any user, as is the one of the admin', () => {
    let own: string | undefined = 'a token: with a colon'
    const tokens = createTokens('ovd_admin', () => own)
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
    for (const header of [basic(`grafana:${own}`), basic(`:${own}`), basic('x:ovd_admin'), 'Bearer ovd_admin'])
      expect([header, tokens.admits(header, 'grafana')]).toEqual([header, true])
    for (const header of [undefined, basic(own), basic('x:'), basic('x:ovd'), 'Basic', 'Basic ovd_admin'])
      expect([header, tokens.admits(header, 'grafana')]).toEqual([header, false])
    for (const header of [basic(`grafana:${own}`), basic('x:ovd_admin')]) expect(tokens.admits(header)).toBe(false)
    expect(tokens.admits('Bearer ovd_admin')).toBe(true)
    const other = createTokens('ovd_admin', () => 'a-token')
    expect([other.admits('Bearer a-token', 'grafana'), other.admits('Bearer a-token')]).toEqual([true, false])
    own = undefined
    expect(tokens.admits(basic('grafana:a token: with a colon'), 'grafana')).toBe(false)
    expect(tokens.admits(basic('grafana:undefined'), 'grafana')).toBe(false)
  })

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 100 }, makeToken)).size).toBe(100)
  })
})
