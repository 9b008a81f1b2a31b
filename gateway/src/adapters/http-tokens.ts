// Who may use the API, and what Grafana calls. Tokens are compared by digest; the admin's comes from the environment, or is
// made at the first start and kept beside the ledger.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

export type Tokens = {
  /** Whether the value of an `Authorization` header carries a token that is good for these routes. */
  admits(authorization: string | undefined, whom?: 'admin' | 'grafana'): boolean
}

/** `grafanaToken`: good for what Grafana calls, and nothing else; asked anew each time. */
export function createTokens(adminToken: string, grafanaToken: () => string | undefined = () => undefined): Tokens {
  const expected = digest(adminToken)
  return {
    admits(authorization = '', whom = 'admin') {
      const token = BEARER.exec(authorization)?.[1] ?? (whom === 'grafana' ? passwordIn(authorization) : undefined)
      if (token === undefined) return false
      const found = digest(token)
      if (timingSafeEqual(found, expected)) return true
      const own = whom === 'grafana' ? grafanaToken() : undefined
      return own !== undefined && timingSafeEqual(found, digest(own))
    },
  }
}

export function makeToken(): string {
  return `ovd_${randomBytes(24).toString('base64url')}`
}

const BEARER = /^bearer +(\S+) *$/i
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i

/** Of any user (RFC 7617). */
function passwordIn(authorization: string): string | undefined {
  const pair = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString()
  return /^[^:]*:(.+)$/s.exec(pair)?.[1]
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
