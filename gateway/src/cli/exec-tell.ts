// What the gateway hears of a job while it runs: that a run has begun, or now and again that a loop is alive.
// Holds up neither the job's start nor its end.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Duration, SECOND } from '../domain/time.ts'
import type { ToldJob } from './exec-args.ts'
import { postOf, reasonOf } from './exec-words.ts'
import { postSignal, type Sent } from './signal-post.ts'

export type Telling = {
  /** One id for all that is told of a run. */
  readonly run: string
  /** Tells nothing any more, what is being told for `within` at most; answers with the bytes that are kept of a body. */
  stop(within: Duration): Promise<number>
}

/** `complain` is told why not, and undefined where all is well again. */
export function tellWhile(job: ToldJob, complain: (why: string | undefined) => void): Telling {
  const run = randomUUID()
  const over = new AbortController()
  const hurry = new AbortController()
  let limit = Number.POSITIVE_INFINITY
  const told = job.beat === undefined ? begin() : beat(job.beat)

  async function begin(): Promise<void> {
    const begunAt = performance.now()
    for (let tries = 1; !over.signal.aborted; tries++) {
      const age = `${Math.round(performance.now() - begunAt)}ms`
      const sent = await tell('start', tries === 1 ? { rid: run } : { rid: run, age })
      if (sent.kind === 'refused') complain(reasonOf(sent))
      if (sent.kind !== 'later') return
      await pause(pauseAfter(tries))
    }
  }

  async function beat(every: Duration): Promise<void> {
    // A loop that dies at once and is started anew, again and again, is not alive.
    await pause(Math.min(every, FIRST_BEAT))
    for (let tries = 0; !over.signal.aborted; ) {
      const begunAt = performance.now()
      const sent = await tell('ok', {})
      if (over.signal.aborted) return
      complain(sent.kind === 'taken' ? undefined : reasonOf(sent))
      tries = sent.kind === 'later' ? tries + 1 : 0
      await pause(begunAt + (tries === 0 ? every : Math.min(every, pauseAfter(tries))) - performance.now())
    }
  }

  async function tell(event: string, query: Readonly<Record<string, string>>): Promise<Sent> {
    const sent = await postSignal(postOf(job, { event, query }), LONGEST_TRY, hurry.signal)
    if (sent.kind === 'taken') limit = sent.bodyLimit ?? limit
    return sent
  }

  function pause(duration: Duration): Promise<unknown> {
    return sleep(Math.max(0, duration), undefined, { signal: over.signal }).catch(() => undefined)
  }

  return {
    run,
    async stop(within) {
      over.abort()
      const timer = setTimeout(() => hurry.abort(), within)
      await told
      clearTimeout(timer)
      return limit
    },
  }
}

const LONGEST_TRY = 10 * SECOND
const FIRST_BEAT = 10 * SECOND
const LONGEST_PAUSE = 30 * SECOND

function pauseAfter(tries: number): Duration {
  return Math.min(LONGEST_PAUSE, 2 ** (tries - 1) * SECOND)
}
