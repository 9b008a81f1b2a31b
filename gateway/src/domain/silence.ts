// What becomes true by silence: late, slow, overrun, not started, missed, unverified, and the next turn of a policy.
import { baselineOf } from './baseline.ts'
import { earlyTolerance, graceOf } from './deadline.ts'
import type { Draft } from './draft.ts'
import { reasonFor } from './explain.ts'
import type { Incident } from './incident.ts'
import { type Moment, nextMoment, runLimit, wakeAt } from './moments.ts'
import { nextDue } from './schedule.ts'
import { expire, recheck, takeTurn, trouble, warn } from './spell.ts'
import { type Instant, isDue, NEVER } from './time.ts'
import type { Rule } from './verdict.ts'

/** One decision unfolds at most this many moments; the rest follow in the next. */
const MOST_MOMENTS = 100

/** Everything that became true up to and including `draft.now`, in order of time. */
export function judgeSilence(draft: Draft): void {
  if (!isDue(wakeAt(draft.terms, draft.state), draft.now)) return
  for (let unfolded = 0; unfolded < MOST_MOMENTS; unfolded++) {
    const moment = nextMoment(draft.terms, draft.state, draft.scene.deafSince(draft.state))
    if (moment === undefined || !isDue(moment.at, draft.now)) return
    unfold(draft, moment)
  }
}

function unfold(draft: Draft, moment: Moment): void {
  const { incident } = draft.state.more
  switch (moment.kind) {
    case 'late':
      return draft.verdict(moment.at - 1, 'late', 'due')
    case 'slow':
    case 'lagging':
      return slow(draft, moment.at)
    case 'overran':
      return overran(draft, moment)
    case 'notStarted':
      return miss(draft, moment.at - 1, 'startWithin')
    case 'suspected':
      return miss(draft, moment.at - 1, 'will')
    case 'missed':
      return miss(draft, moment.at - 1, 'deadline')
    case 'unheard':
      return draft.verdict(moment.at - 1, 'unverified', 'blind')
    case 'turn':
      return takeTurn(draft, incident as Incident)
    case 'unmuted':
      return recheck(draft)
    case 'warned':
      return warn(draft, incident as Incident)
    case 'acknowledgementExpired':
      return expire(draft, incident as Incident, moment.at)
  }
  moment.kind satisfies never
}

export function slow(draft: Draft, at: Instant): void {
  draft.verdict(at, 'slow', 'baseline')
  trouble(draft, 'slow', at, reasonFor(draft, 'baseline', at))
}

function overran(draft: Draft, { at, run }: Moment): void {
  if (run === undefined) throw new Error('invariant: an overrun is of a run')
  const { limit, explicit } = runLimit(draft.terms, draft.state)
  const { blind, samples } = draft.state.more
  const expectedEnd = run.judgedFrom + (baselineOf(samples) ?? 0)
  if (blind !== undefined && blind[1] >= expectedEnd && blind[0] <= at) {
    draft.add(at - 1, { type: 'run.unverified', run: run.id, startedAt: run.startedAt })
    return draft.verdict(at - 1, 'unverified', 'blind')
  }
  draft.add(at - 1, { type: 'run.overran', run: run.id, startedAt: run.startedAt, limit })
  const rule: Rule = explicit ? 'finishWithin' : 'runLimit'
  const why = reasonFor(draft, rule, at - 1)
  draft.verdict(at - 1, 'overrun', rule)
  trouble(draft, 'overrun', at - 1, why)
}

/** The deadline at `at` passed in silence. */
export function miss(draft: Draft, at: Instant, rule: Rule): void {
  const { dueAt: due, deadlineAt: deadline, misses: before } = draft.state
  if (wasDeaf(draft, at)) {
    draft.add(at, { type: 'deadline.unverified', due, deadline, ...expectAfterMiss(draft, due) })
    return draft.verdict(at, 'unverified', 'blind')
  }
  const misses = before + 1
  const tolerated = misses < draft.terms.tolerate && due !== NEVER
  const why = reasonFor(draft, rule, at)
  const expect = tolerated ? expectAfterMiss(draft, due) : { dueAt: due, deadlineAt: deadline }
  draft.add(at, { type: 'deadline.missed', rule, due, deadline: at, misses, ...expect })
  draft.verdict(at, 'missed', rule)
  if (!tolerated) trouble(draft, 'missed', at, why, at)
}

/** A calendar's instant that fell into a blind window can't be judged. */
function wasDeaf(draft: Draft, at: Instant): boolean {
  const { blind } = draft.state.more
  const { kind } = draft.terms.schedule
  if (blind === undefined || kind === 'every' || kind === 'none') return false
  return blind[1] >= earliestGood(draft) && blind[0] <= at
}

/** A success could have counted from here on. */
function earliestGood(draft: Draft): Instant {
  return draft.state.dueAt - earlyTolerance(draft.terms, draft.state.dueAt)
}

/** The schedule goes on from the instant that was missed, not from when the miss was noticed. */
function expectAfterMiss(draft: Draft, due: Instant): { dueAt: Instant; deadlineAt: Instant } {
  const dueAt = nextDue(draft.terms.schedule, due)
  if (dueAt === NEVER) return { dueAt: NEVER, deadlineAt: NEVER }
  return { dueAt, deadlineAt: dueAt + graceOf(draft.terms, draft.state, dueAt).grace }
}
