// The probe that goes through a broker and comes back by the subscription: only then a bridge hears. Says when the next one is
// due and when one is lost; sends nothing itself. Instants in, no clock.
//
//   resting -> under way -> back (rests a while) or lost (rests a moment)
import { type Duration, type Instant, MINUTE, SECOND } from '../domain/time.ts'

/** `group`: the one whose gateways share out what comes; undefined: each hears all. */
export type Probe = { readonly group: string | undefined; readonly nonce: string }

/** A bridge that hears is probed so often: well within the minute that its heartbeat has. */
export const PROBED_EVERY: Duration = 30 * SECOND
/** A probe is lost when nothing came for so long. */
export const PROBE_PATIENCE: Duration = 5 * SECOND
/** It is lost however busy the way is. */
const PROBE_LOST: Duration = 5 * MINUTE
const AGAIN_AFTER_LOSS: Duration = 5 * SECOND
/** However many wait for one. */
const APART: Duration = SECOND / 4

export class Canary {
  #sentAt: Instant | undefined
  #lastSentAt: Instant = Number.NEGATIVE_INFINITY
  #heardAt: Instant = 0
  #dueAt: Instant = 0
  #nonce = ''

  /** `isAsked`: somebody can't be judged before it is back. */
  turn(now: Instant, isAsked: boolean): 'send' | 'lost' | undefined {
    if (this.#sentAt === undefined)
      return now >= this.#dueAt || (isAsked && now - this.#lastSentAt >= APART) ? 'send' : undefined
    const quietSince = Math.max(this.#sentAt, this.#heardAt)
    if (now - quietSince < PROBE_PATIENCE && now - this.#sentAt < PROBE_LOST) return undefined
    this.#sentAt = undefined
    this.#dueAt = now + AGAIN_AFTER_LOSS
    return 'lost'
  }

  sent(nonce: string, now: Instant): void {
    this.#nonce = nonce
    this.#sentAt = this.#lastSentAt = now
  }

  /** Something else came by the same way. */
  heard(now: Instant): void {
    this.#heardAt = now
  }

  /** When the probe that is back was sent; undefined: it is not the one that is waited for. */
  back(nonce: string, now: Instant): Instant | undefined {
    if (nonce !== this.#nonce || this.#sentAt === undefined) return undefined
    const sentAt = this.#sentAt
    this.#sentAt = undefined
    this.#dueAt = now + PROBED_EVERY
    return sentAt
  }

  /** The next one is due at once. */
  hurry(): void {
    this.#sentAt = undefined
    this.#dueAt = 0
  }
}

export function writeProbe({ group, nonce }: Probe): string {
  return group === undefined ? `plain - ${nonce}` : `shared ${group} ${nonce}`
}

/** Undefined: somebody else's, or broken. */
export function readProbe(payload: Uint8Array): Probe | undefined {
  if (payload.length > LONGEST) return undefined
  const [kind, group, nonce, ...more] = new TextDecoder().decode(payload).split(' ')
  if (group === undefined || nonce === undefined || more.length > 0) return undefined
  return kind === 'plain' || kind === 'shared' ? { group: kind === 'shared' ? group : undefined, nonce } : undefined
}

const LONGEST = 200
