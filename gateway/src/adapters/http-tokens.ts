// Tokens as a request shows them: read from its headers, made anew, and told apart by their digests alone.
import { hash, randomBytes } from 'node:crypto'
import type { TokenMark } from '../domain/token.ts'

/** 256 random bits. */
export function makeToken(): string {
  return `ovd_${randomBytes(32).toString('base64url')}`
}

export function markOf(token: string): TokenMark {
  return { digest: digestOf(token), last4: token.slice(-4) }
}

/** SHA-256 is enough for what is random: nobody guesses 256 bits. */
export function digestOf(token: string): string {
  return hash('sha256', token, 'base64url')
}

/** Of the value of an `Authorization` header: `Bearer`, or the password of any user where that is taken (RFC 7617). */
export function tokenIn(authorization: string, takesPassword: boolean): string | undefined {
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined || !takesPassword) return token
  const pair = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString()
  return /^[^:]*:(.+)$/s.exec(pair)?.[1]
}

const BEARER = /^bearer +(\S+) *$/i
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i
