// A page as a signed webhook: which headers go out, and what each answer means for the page.
import { readFileSync } from 'node:fs'
import { RETRY_AFTER_CAP } from '../app/backoff.ts'
import type { Channel, Delivery } from '../app/channel.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import type { Guard } from './channel-guard.ts'
import { type Lookup, type PostLimits, type PostOutcome, post } from './channel-post.ts'
import { sign } from './channel-sign.ts'

export type WebhookOptions = {
  readonly name: string
  readonly url: string
  /** `whsec_…`; two while rotating, none for an unsigned webhook. */
  readonly secrets: readonly string[]
  readonly guard: Guard
  readonly now: () => Instant
  readonly limits?: PostLimits
  readonly lookup?: Lookup
}

export function createWebhookChannel({ name, url, secrets, ...options }: WebhookOptions): Channel {
  return {
    name,
    async deliver(page, signal) {
      const { id } = page
      const body = JSON.stringify(page)
      const timestamp = Math.floor(options.now() / SECOND)
      const headers = {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(secrets.length > 0 && { 'webhook-signature': sign(secrets, id, timestamp, body) }),
      }
      return judge(await post({ url, headers, body }, signal, options))
    },
  }
}

const MANIFEST = new URL('../../package.json', import.meta.url)
const USER_AGENT = `overdue/${(JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version}`

/** Statuses by which a receiver says that the same request will not do better later. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 410])

export function judge(outcome: PostOutcome): Delivery {
  switch (outcome.kind) {
    case 'forbidden':
      return { kind: 'refused', why: outcome.why }
    case 'unreachable':
      return { kind: 'retry', why: outcome.why }
    case 'answered':
      return judgeStatus(outcome.status, outcome.retryAfterMs)
  }
}

function judgeStatus(status: number, retryAfterMs: number | undefined): Delivery {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status >= 300 && status < 400) return { kind: 'refused', why: `answered ${status}; redirects are not followed` }
  const why = `answered ${status}`
  if (REFUSALS.has(status)) return { kind: 'refused', why }
  if (retryAfterMs === undefined) return { kind: 'retry', why }
  return { kind: 'retry', why, afterMs: Math.min(retryAfterMs, RETRY_AFTER_CAP) }
}
