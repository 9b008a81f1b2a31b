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

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 100 }, makeToken)).size).toBe(100)
  })
})
