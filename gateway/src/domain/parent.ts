// A silent parent explains its children: whoever is behind a dead router is not paged for one by one.

import type { Muting } from './escalation.ts'
import { inZone, zoneOf } from './explain.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { STRAGGLES } from './storm.ts'
import { type Duration, type Instant, isDue, MINUTE, SECOND } from './time.ts'
import { isBad } from './verdict.ts'

/** A child waits this long at most to learn whether its parent is silent too. */
const LONGEST_DOUBT: Duration = 2 * MINUTE
/** Two deadlines of one instant are judged one after the other. */
const JUDGED_WITHIN: Duration = 2 * SECOND

/**
 * Why a child's incident pages nobody for its parent's sake. A child that reported a failure itself is heard, parent or
 * no parent. While the parent may be silent as well, the child waits for its deadline; once the parent is back, the
 * child has a while to be heard again.
 */
export function explainedBy(
  parent: Heartbeat,
  child: Heartbeat,
  incident: Incident,
  zone: string,
  now: Instant,
): Muting | undefined {
  if (incident.verdict === 'failed') return undefined
  const { name, state } = parent
  const common = { by: 'parent', what: name } as const
  if (state.verdict === 'missed') {
    const since = inZone(state.since, zoneOf(parent.terms, zone))
    return { ...common, why: `its parent ${name} is silent since ${since}` }
  }
  const mute = incident.mute?.by === 'parent' && incident.mute.what === name ? incident.mute : undefined
  if (mute !== undefined && mute.until === undefined)
    return { ...common, why: `its parent ${name} is back, and it has a while to follow`, until: now + STRAGGLES }
  if (mute?.until !== undefined && !isDue(mute.until, now)) return mute
  if (mute !== undefined || !isDoubtful(parent, child, incident, now)) return undefined
  const until = Math.max(state.deadlineAt + 2, now + 1)
  return { ...common, why: `its parent ${name} may be silent too: that is known by its deadline`, until }
}

/** Not heard since the child was due, and soon overdue itself, or overdue and about to be judged. */
function isDoubtful({ state }: Heartbeat, child: Heartbeat, incident: Incident, now: Instant): boolean {
  if (isBad(state.verdict) || state.verdict === 'paused' || state.lastSignalAt === 0) return false
  if (incident.verdict !== 'missed' || isDue(child.state.dueAt, state.lastSignalAt)) return false
  return isDue(state.deadlineAt - LONGEST_DOUBT, now) && !isDue(state.deadlineAt + JUDGED_WITHIN, now)
}
