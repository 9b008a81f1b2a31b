// The last arrivals of a heartbeat, each with how it went: folded from its facts, oldest first. What is expected and does not
// come is an arrival, too.
import type { HeartbeatFact } from '../domain/fact.ts'
import { type Instant, isPast, NEVER } from '../domain/time.ts'

export const MARKS = ['ok', 'late', 'slow', 'running', 'missed', 'failed', 'overrun', 'unverified'] as const
export type Mark = (typeof MARKS)[number]

export type Strip = {
  /** Oldest first, at most `STRIP_LENGTH`. */
  readonly marks: readonly Mark[]
  /** When the next is due, as the last fact says. */
  readonly dueAt: Instant
  /** When the last mark was seen. */
  readonly markedAt: Instant
  /** A run is called slow that has not ended. */
  readonly isSlow: boolean
}

export const STRIP_LENGTH = 50
export const NO_STRIP: Strip = { marks: [], dueAt: NEVER, markedAt: 0, isSlow: false }

export function foldStrip(strip: Strip, fact: HeartbeatFact): Strip {
  switch (fact.type) {
    case 'signal.received':
      return foldSignal(strip, fact)
    case 'deadline.missed':
      return { ...add(strip, 'missed', fact.seenAt), dueAt: fact.dueAt }
    case 'deadline.unverified':
      return { ...add(strip, 'unverified', fact.seenAt), dueAt: fact.dueAt }
    case 'run.overran':
      return add(strip, 'overrun', fact.seenAt)
    case 'verdict.changed':
      return fact.to === 'slow' ? slowDown(strip, fact.seenAt) : strip
    case 'heartbeat.declared':
    case 'heartbeat.resumed':
      return { ...strip, dueAt: fact.dueAt }
    default:
      return strip
  }
}

function foldSignal(
  strip: Strip,
  { signal, effect, at, seenAt }: Extract<HeartbeatFact, { type: 'signal.received' }>,
): Strip {
  const next = effect?.dueAt === undefined ? strip : { ...strip, dueAt: effect.dueAt }
  switch (signal.kind) {
    case 'start':
      return add(withoutOpenRun(next), 'running', seenAt)
    case 'fail':
      return { ...add(withoutOpenRun(next), 'failed', seenAt), isSlow: false }
    case 'ok': {
      // An ok that moves nothing is history: it came twice, or too late to count.
      if (effect === undefined) return strip
      const mark = strip.isSlow ? 'slow' : isPast(strip.dueAt, at) ? 'late' : 'ok'
      return { ...add(withoutOpenRun(next), mark, seenAt), isSlow: false }
    }
    default:
      return next
  }
}

/** A run that took too long is slow when it ends, or has just ended. */
function slowDown(strip: Strip, seenAt: Instant): Strip {
  const last = strip.marks.at(-1)
  if ((last === 'ok' || last === 'late') && strip.markedAt === seenAt)
    return { ...strip, marks: [...strip.marks.slice(0, -1), 'slow'] }
  return { ...strip, isSlow: true }
}

/** What begins and ends is one mark. */
function withoutOpenRun(strip: Strip): Strip {
  return strip.marks.at(-1) === 'running' ? { ...strip, marks: strip.marks.slice(0, -1) } : strip
}

function add(strip: Strip, mark: Mark, markedAt: Instant): Strip {
  return { ...strip, marks: [...strip.marks.slice(1 - STRIP_LENGTH), mark], markedAt }
}
