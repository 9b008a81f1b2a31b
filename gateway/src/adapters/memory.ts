// A start reads far more than it keeps; this gives the rest back at once instead of at the first need.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Duration, SECOND } from '../domain/time.ts'

export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: object) => void
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/**
 * Does the same when a thousand have come since the last time and nobody comes any more: what a burst leaves behind is
 * as large as what it brings. Gives what ends it.
 */
export function collectAfterBursts(count: () => number): () => void {
  let [collectedAt, before] = [count(), count()]
  const look = (): void => {
    const now = count()
    const isCalm = now === before
    before = now
    if (now < collectedAt) collectedAt = now
    if (!isCalm || now - collectedAt < BURST) return
    collectedAt = now
    // Of a large heap it would take long enough to be noticed.
    if (process.memoryUsage().heapUsed < LARGE_HEAP) collectGarbage()
  }
  const timer = setInterval(look, BETWEEN_LOOKS).unref()
  return () => clearInterval(timer)
}

const BURST = 1_000
const BETWEEN_LOOKS: Duration = 2 * SECOND
const LARGE_HEAP = 200_000_000
