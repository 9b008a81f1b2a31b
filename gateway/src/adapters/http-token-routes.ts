// The part of the API that hands out tokens: made, listed, rotated and revoked. A token is shown once, where it is made.
import { randomBytes } from 'node:crypto'
import type { Ledger } from '../app/ports.ts'
import { whenever } from '../app/read.ts'
import type { Registry } from '../app/registry.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import { DAY, type Duration, formatInstant, HOUR, type Instant } from '../domain/time.ts'
import { isGoodToken, type Token } from '../domain/token.ts'
import type { Access } from './http-access.ts'
import { carryOut } from './http-command.ts'
import { INSTANT, readInstant } from './http-instant.ts'
import { readFor } from './http-mute-body.ts'
import type { Answer, Asked, Caller, Route } from './http-route.ts'
import {
  NEW_TOKEN,
  ROTATE_BODY,
  type RotateBody,
  TOKEN_BODY,
  TOKENS,
  type TokenBody,
  type TokenItem,
} from './http-shapes-tokens.ts'
import { makeToken, markOf } from './http-tokens.ts'

export type TokenWorld = {
  readonly registry: Pick<Registry, 'casebook'>
  readonly ledger: Pick<Ledger, 'request'>
  readonly access: Pick<Access, 'lastUsedAt'>
  now(): Instant
}

export function tokenRoutes({ registry, ledger, access, now }: TokenWorld): readonly Route[] {
  const { grants } = registry.casebook
  const common = { for: 'admin' } as const
  const itemOf = (token: Token): TokenItem => tokenItem(token, access.lastUsedAt(token.id), now())
  const whole = (id: string, token: string, status: 200 | 201): Answer => {
    const made = grants.token(id)
    return made === undefined ? { problem: 'not-found' } : { status, json: { ...itemOf(made), token } }
  }

  async function make({ body, caller }: Asked<unknown, TokenBody>): Promise<Answer> {
    const expires = readExpiry(body, now())
    if (isWrong(expires)) return { problem: 'bad-request', flaws: expires.problems }
    const token = makeToken()
    const made: Token = {
      ...{ id: `token-${randomBytes(9).toString('base64url')}`, name: body.name, scope: body.scope, ...markOf(token) },
      ...{ madeAt: now(), by: (caller as Caller).name },
      ...(expires.value !== undefined && { expiresAt: expires.value }),
    }
    return (await carryOut(ledger, { kind: 'makeToken', token: made })) ?? whole(made.id, token, 201)
  }

  async function rotate({ params, body, caller }: Asked<unknown, RotateBody>): Promise<Answer> {
    const overlap = readOverlap(body.overlap)
    if (isWrong(overlap)) return { problem: 'bad-request', flaws: overlap.problems }
    const id = params['id'] as string
    const token = makeToken()
    const order = { token: id, ...markOf(token), overlap: overlap.value, by: (caller as Caller).name }
    return (await carryOut(ledger, { kind: 'rotateToken', ...order })) ?? whole(id, token, 200)
  }

  return [
    {
      ...{ method: 'GET', path: '/api/v1/tokens', ...common, docs: { summary: 'Tokens, oldest first', json: TOKENS } },
      answer: () => ({ status: 200, json: { items: grants.tokens().map(itemOf), next: null } }),
    },
    {
      ...{ method: 'POST', path: '/api/v1/tokens', ...common, body: TOKEN_BODY, answer: make },
      docs: {
        summary: 'Makes a token, and shows it this once',
        json: NEW_TOKEN,
        example: { name: 'CI of the warehouse', scope: 'write', for: '90d' },
      },
    },
    {
      ...{ method: 'POST', path: '/api/v1/tokens/:id/rotate', ...common, body: ROTATE_BODY, answer: rotate },
      docs: { summary: 'Gives it another secret; the one before is good for a day, or for `overlap`', json: NEW_TOKEN },
    },
    {
      ...{ method: 'DELETE', path: '/api/v1/tokens/:id', ...common },
      docs: { summary: 'It and the sessions that it opened are good no more' },
      answer: async ({ params, caller }) =>
        (await carryOut(ledger, {
          kind: 'revokeToken',
          token: params['id'] as string,
          by: (caller as Caller).name,
        })) ?? { status: 204 },
    },
  ]
}

/** How long the secret before a rotation stays good, where nothing is said. */
const OVERLAP: Duration = DAY
const LONGEST_OVERLAP: Duration = 31 * DAY
const LEAST: Duration = HOUR
const MOST: Duration = 3_660 * DAY

function tokenItem(token: Token, lastUsedAt: Instant | undefined, now: Instant): TokenItem {
  const { id, name, scope, last4, madeAt, by, expiresAt, previous } = token
  const previousUntil = previous !== undefined && now < previous.until ? previous.until : undefined
  return {
    ...{ id, name, scope, last4, madeAt: formatInstant(madeAt), madeBy: by },
    ...{ expiresAt: whenever(expiresAt), expired: !isGoodToken(token, now) },
    ...{ lastUsedAt: whenever(lastUsedAt), previousUntil: whenever(previousUntil) },
  }
}

/** How long the token before a rotation stays good. */
export function readOverlap(text: string | undefined): Checked<Duration> {
  const overlap = text === undefined ? { value: OVERLAP } : readFor(text, 0, LONGEST_OVERLAP)
  return isWrong(overlap) ? { problems: overlap.problems.map((flaw) => ({ ...flaw, path: 'body.overlap' })) } : overlap
}

/** Undefined: it does not expire. */
export function readExpiry(body: Pick<TokenBody, 'for' | 'until'>, now: Instant): Checked<Instant | undefined> {
  if (body.for !== undefined && body.until !== undefined)
    return { problems: [{ path: 'body.until', expected: 'for or until', found: 'both' }] }
  if (body.for !== undefined) {
    const lasts = readFor(body.for, LEAST, MOST)
    if (!isWrong(lasts)) return { value: now + lasts.value }
    return { problems: lasts.problems.map((flaw) => ({ ...flaw, path: 'body.for' })) }
  }
  if (body.until === undefined) return { value: undefined }
  const at = readInstant(body.until)
  if (at !== undefined && at > now) return { value: at }
  return { problems: [{ path: 'body.until', expected: `${INSTANT}, ahead`, found: JSON.stringify(body.until) }] }
}
