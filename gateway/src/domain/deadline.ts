// From schedule and last success to due, grace and deadline: three short functions.
import { medianOf } from './baseline.ts'
import type { State, Terms } from './heartbeat.ts'
import { gapAround, nextDue, opening, previousDue } from './schedule.ts'
import { DAY, type Duration, type Instant, NEVER, SECOND } from './time.ts'

export type GraceSource = 'explicit' | 'signal' | 'gap' | 'lag'

/** 30 s for a minute's beat, 12 min for an hourly job, 59 min for a daily one. */
export function defaultGrace(gap: Duration): Duration {
  const seconds = gap / SECOND
  return Math.round(Math.max(5 * SECOND, Math.min(gap / 2, 12 * Math.sqrt(seconds) * SECOND)))
}

/** The allowance after `due`, and where it comes from. */
export function graceOf(terms: Terms, state: State | undefined, due: Instant): { grace: Duration; from: GraceSource } {
  if (terms.grace !== undefined) return { grace: terms.grace, from: 'explicit' }
  const gap = terms.schedule.kind === 'every' ? terms.schedule.every : gapAround(terms.schedule, due)
  const byGap = defaultGrace(Number.isFinite(gap) ? gap : DAY)
  const lag = state?.more.lagged === true ? medianOf(state.more.samples) : undefined
  return lag !== undefined && 4 * lag > byGap ? { grace: 4 * lag, from: 'lag' } : { grace: byGap, from: 'gap' }
}

/** How long before `due` a success already counts for it; a window counts from its opening. */
export function earlyTolerance(terms: Terms, due: Instant): Duration {
  const { kind } = terms.schedule
  if (kind === 'window') return due - opening(terms.schedule, due)
  if (!terms.early || kind === 'every' || kind === 'none') return 0
  return Math.min(graceOf(terms, undefined, due).grace, gapAround(terms.schedule, due) / 10)
}

/** What is waited for after a success that was true `at`: the first due instant that it does not count for. */
export function dueAfter(terms: Terms, at: Instant): Instant {
  const due = nextDue(terms.schedule, at)
  return due !== NEVER && due - earlyTolerance(terms, due) <= at ? nextDue(terms.schedule, due) : due
}

/** The due instant that a success at `at` counts for, where the schedule has one behind it. */
export function countsFor(terms: Terms, at: Instant): Instant | undefined {
  const ahead = nextDue(terms.schedule, at)
  if (ahead !== NEVER && ahead - earlyTolerance(terms, ahead) <= at) return ahead
  return previousDue(terms.schedule, at)
}

/** Due and deadline after a success at `at`, or after `at` where nothing was heard yet. */
export function expectAfter(
  terms: Terms,
  state: State | undefined,
  at: Instant,
  own: { readonly next?: Duration | undefined; readonly grace?: Duration | undefined } = {},
): { dueAt: Instant; deadlineAt: Instant } {
  const dueAt = own.next === undefined ? dueAfter(terms, at) : at + own.next
  if (dueAt === NEVER) return { dueAt: NEVER, deadlineAt: NEVER }
  return { dueAt, deadlineAt: dueAt + (own.grace ?? graceOf(terms, state, dueAt).grace) }
}
