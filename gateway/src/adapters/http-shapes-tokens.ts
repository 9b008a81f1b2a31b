// What the API takes and gives of tokens and sessions, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import { TOKEN_SCOPES, type TokenScope } from '../domain/token.ts'
import { closed, instant, LINE, listOf, oneOf, orNull, shapeOf, text } from './http-shapes.ts'

export type TokenItem = {
  readonly id: string
  readonly name: string
  readonly scope: TokenScope
  readonly last4: string
  readonly madeAt: string
  readonly madeBy: string
  /** Null: it does not expire. */
  readonly expiresAt: string | null
  readonly expired: boolean
  /** Since the gateway started; null: not. */
  readonly lastUsedAt: string | null
  /** Until then what it was before is good, too. */
  readonly previousUntil: string | null
}
/** The only time that it is shown. */
export type NewTokenItem = TokenItem & { readonly token: string }
/** Durations and instants are read by the route. */
export type TokenBody = { name: string; scope: TokenScope; for?: string; until?: string }
export type RotateBody = { overlap?: string }
export type SignInBody = { token: string }
export type SessionItem = {
  /** Id of the token. */
  readonly token: string
  readonly name: string
  readonly scope: TokenScope
  /** Null: not a session. */
  readonly csrf: string | null
  readonly expiresAt: string | null
}

const scope = oneOf(...TOKEN_SCOPES)
const time = Type.Optional(Type.String({ maxLength: 40 }))

const token = {
  ...{ id: text, name: text, scope, last4: text, madeAt: instant, madeBy: text },
  ...{ expiresAt: orNull(instant), expired: Type.Boolean() },
  ...{ lastUsedAt: orNull(instant), previousUntil: orNull(instant) },
}

export const TOKENS: object = shapeOf<List<TokenItem>>()(listOf(Type.Object(token, closed)))
export const NEW_TOKEN: object = shapeOf<NewTokenItem>()(Type.Object({ ...token, token: text }, closed))
export const TOKEN_BODY: object = shapeOf<TokenBody>()(
  Type.Object(
    { name: Type.String({ minLength: 1, maxLength: 100, pattern: LINE }), scope, for: time, until: time },
    closed,
  ),
)
export const ROTATE_BODY: object = shapeOf<RotateBody>()(Type.Object({ overlap: time }, closed))
export const SIGN_IN_BODY: object = shapeOf<SignInBody>()(
  Type.Object({ token: Type.String({ minLength: 1, maxLength: 1000 }) }, closed),
)
export const SESSION: object = shapeOf<SessionItem>()(
  Type.Object({ token: text, name: text, scope, csrf: orNull(text), expiresAt: orNull(instant) }, closed),
)
