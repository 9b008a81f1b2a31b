// The watchdog's ping: an empty POST to an address that the operator gave, on the same guarded way as a webhook.
import type { Stop } from '../app/channel.ts'
import type { Instant } from '../domain/time.ts'
import type { Lookup } from './channel-dial.ts'
import type { Guard } from './channel-guard.ts'
import { type PostLimits, type PostOutcome, post } from './channel-post.ts'
import type { Log } from './log.ts'

export type WatchdogPingOptions = {
  /** A secret: whoever has it can keep a dead gateway looking alive. */
  readonly url: string
  readonly version: string
  readonly guard: Guard
  readonly stop: Stop
  readonly now: () => Instant
  /** Told why a ping was not taken, once for each reason. */
  readonly log: Log
  readonly limits?: PostLimits
  readonly lookup?: Lookup
}

/** True for a 2xx. Never rejects, and ends within the limits of a post. */
export function createWatchdogPing({
  url,
  version,
  stop,
  log,
  ...options
}: WatchdogPingOptions): () => Promise<boolean> {
  let told = ''
  return async () => {
    const why = whyNot(await post({ url, headers: { 'user-agent': `overdue/${version}` }, body: '' }, stop, options))
    if (why !== told && why !== '') log('watchdog.refused', { why })
    told = why
    return why === ''
  }
}

function whyNot(outcome: PostOutcome): string {
  if (outcome.kind !== 'answered') return outcome.why
  const { status } = outcome
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed`
  return status >= 200 && status < 300 ? '' : `answered ${status}`
}
