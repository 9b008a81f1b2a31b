// When a page that was not delivered is tried again. Pure: randomness comes in as `jitter`, 0 to 1, where 0.5 adds nothing.
import { type Duration, MINUTE, SECOND } from '../domain/time.ts'

/** The longest wait that a Retry-After can ask for. */
export const RETRY_AFTER_CAP: Duration = 15 * MINUTE

/**
 * The wait after try number `attempt` (1 = the first) of a page first tried `sinceFirstMs` ago: 5, 10, 20, 40, 60 s, then a
 * minute until 15 min have passed, from then on 5 min; each ±20 %. A Retry-After only ever makes it longer.
 */
export function retryDelay(
  attempt: number,
  sinceFirstMs: Duration,
  jitter: number,
  retryAfterMs: Duration = 0,
): Duration {
  const wait = FIRST_WAITS[Math.max(attempt, 1) - 1] ?? (sinceFirstMs < EAGER_FOR ? MINUTE : PATIENT_WAIT)
  return Math.max(spread(wait, jitter), Math.min(retryAfterMs, RETRY_AFTER_CAP))
}

/** The wait after refusal number `attempt`: three tries over 10 min, ±20 %, then for good. */
export function refusalDelay(attempt: number, jitter: number): Duration | 'giveUp' {
  return attempt < REFUSED_TRIES ? spread(REFUSED_WAIT, jitter) : 'giveUp'
}

const FIRST_WAITS: readonly Duration[] = [5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND, 60 * SECOND]
const EAGER_FOR: Duration = 15 * MINUTE
const PATIENT_WAIT: Duration = 5 * MINUTE
const REFUSED_TRIES = 3
const REFUSED_WAIT: Duration = 5 * MINUTE

function spread(wait: Duration, jitter: number): Duration {
  return Math.round(wait * (0.8 + 0.4 * jitter))
}
