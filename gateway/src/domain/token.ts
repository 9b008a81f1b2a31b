// Tokens of the API: how far each reaches, until when it is good, and what the facts make of it. Knows digests, never a
// token itself.
import type { GatewayFact } from './fact-gateway.ts'
import type { Instant } from './time.ts'

/** Each may do what those before it may. */
export const TOKEN_SCOPES = ['read', 'write', 'admin'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** SHA-256, and the last four characters for people to tell it by. */
export type TokenMark = { readonly digest: string; readonly last4: string }

export type Token = TokenMark & {
  readonly id: string
  readonly name: string
  readonly scope: TokenScope
  readonly madeAt: Instant
  /** Whose token made it. */
  readonly by: string
  /** Absent: it does not expire. */
  readonly expiresAt?: Instant
  /** What it was before it was rotated, good until then. */
  readonly previous?: { readonly digest: string; readonly until: Instant }
}

export function covers(scope: TokenScope, needed: TokenScope): boolean {
  return TOKEN_SCOPES.indexOf(scope) >= TOKEN_SCOPES.indexOf(needed)
}

/** `now` exclusive at its end. */
export function isGoodToken({ expiresAt }: Pick<Token, 'expiresAt'>, now: Instant): boolean {
  return expiresAt === undefined || now < expiresAt
}

/** The digests under which it is good: its own, and for a while the one before. */
export function digestsOf(token: Token, now: Instant): readonly string[] {
  if (!isGoodToken(token, now)) return []
  const { digest, previous } = token
  return previous !== undefined && now < previous.until ? [digest, previous.digest] : [digest]
}

export type TokenFact = Extract<GatewayFact, { type: 'token.made' | 'token.rotated' | 'token.revoked' }>

/** Undefined: it is no more. */
export function evolveToken(token: Token | undefined, fact: TokenFact): Token | undefined {
  switch (fact.type) {
    case 'token.made':
      return fact.made
    case 'token.rotated': {
      if (token === undefined) return undefined
      const { digest, last4, previousUntil } = fact
      return { ...token, digest, last4, previous: { digest: token.digest, until: previousUntil } }
    }
    default:
      return undefined
  }
}
