// What every channel over HTTP shares: a page becomes one POST, and its answer becomes what is known of the page.
import { readFileSync } from 'node:fs'
import { RETRY_AFTER_CAP } from '../app/backoff.ts'
import type { Channel, Delivery } from '../app/channel.ts'
import type { PageBody } from '../domain/page.ts'
import type { Instant } from '../domain/time.ts'
import { type PostOptions, type PostOutcome, type PostRequest, post } from './channel-post.ts'

/** The one thing in which kinds differ: pure, and the same for the same page and instant. */
export type Compose = (page: PageBody, now: Instant) => PostRequest

/** Where a kind's pages go, and how they get there. */
export type HttpOptions = PostOptions & { readonly name: string }

export function createHttpChannel(compose: Compose, { name, ...options }: HttpOptions): Channel {
  return {
    name,
    async deliver(page, stop) {
      const { url, headers, body } = compose(page, options.now())
      return judge(await post({ url, headers: { 'user-agent': USER_AGENT, ...headers }, body }, stop, options))
    },
  }
}

/** A request whose body is JSON. */
export function jsonPost(url: string, body: unknown, headers: PostRequest['headers'] = {}): PostRequest {
  return { url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

const MANIFEST = new URL('../../package.json', import.meta.url)
const USER_AGENT = `overdue/${(JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version}`

/** Statuses by which a receiver says that the same request will not do better later. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 410])

function judge(outcome: PostOutcome): Delivery {
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
