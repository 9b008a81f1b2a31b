// Who may use the API. Tokens are compared by digest; the admin's comes from the environment, or is made at the first
// start and kept beside the ledger.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

export type Tokens = {
  /** Whether the value of an `Authorization` header carries a token that is good here. */
  admits(authorization: string | undefined): boolean
}

export function createTokens(adminToken: string): Tokens {
  const expected = digest(adminToken)
  return {
    admits(authorization = '') {
      const token = BEARER.exec(authorization)?.[1]
      return token !== undefined && timingSafeEqual(digest(token), expected)
    },
  }
}

export function makeToken(): string {
  return `ovd_${randomBytes(24).toString('base64url')}`
}

const BEARER = /^bearer +(\S+) *$/i

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
