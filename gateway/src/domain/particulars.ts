// What only some heartbeats have, changed; "none of it" is always the one shared value.
import { NO_PARTICULARS, type Particulars } from './heartbeat.ts'
import { NEVER } from './time.ts'

export function particulars(more: Particulars, change: Partial<Particulars>): Particulars {
  const next = { ...more, ...change }
  const none =
    next.runs.length === 0 &&
    next.samples.length === 0 &&
    next.recent.length === 0 &&
    next.boot === 0 &&
    next.seqs.length === 0 &&
    next.incident === undefined &&
    next.farewell === undefined &&
    next.suspectAt === NEVER &&
    next.blind === undefined
  return none ? NO_PARTICULARS : next
}
