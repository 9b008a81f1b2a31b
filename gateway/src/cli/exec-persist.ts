// Tells the end of a job again and again, with how long ago it was, until the gateway knows or a minute is over.
import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE, SECOND } from '../domain/time.ts'
import { type Post, postSignal, type Sent } from './signal-post.ts'

/** With how long ago it was: `at` is on the clock of `performance.now()`. */
export function aged(post: Post, at: number): Post {
  const whole = new URL(post.url)
  whole.searchParams.set('age', `${Math.round(performance.now() - at)}ms`)
  return { ...post, url: whole.href }
}

/** What was taken although its answer was lost is known by its run. */
export async function persist(post: Post, at: number, stop?: AbortSignal): Promise<Sent> {
  const until = performance.now() + MINUTE
  for (;;) {
    const left = until - performance.now()
    const sent = await postSignal(aged(post, at), Math.min(LONGEST_TRY, left), stop)
    if (sent.kind !== 'later' || stop?.aborted || performance.now() + BETWEEN >= until) return sent
    await sleep(BETWEEN, undefined, stop && { signal: stop }).catch(() => undefined)
  }
}

const BETWEEN = SECOND
const LONGEST_TRY = 10 * SECOND
