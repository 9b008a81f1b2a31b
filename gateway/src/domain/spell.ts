// A bad spell from its side of the pager: one incident opens, grows and closes, and what its escalation does becomes facts.
import type { Draft } from './draft.ts'
import { type Demand, type Move, muteMoves, tellMoves, turnMoves, warnMoves } from './escalate.ts'
import type { Deed, PageKind } from './fact.ts'
import type { Severity } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { incidentId, pageId } from './names.ts'
import type { Instant } from './time.ts'
import { isStronger, type Verdict } from './verdict.ts'

/** Opens an incident, or lets the open one grow: its severity only ever rises, and a rise starts the policy again. */
export function trouble(draft: Draft, verdict: Verdict, at: Instant, explanation: string, deadlineAt?: Instant): void {
  const { incident } = draft.state.more
  const severity: Severity = verdict === 'slow' ? 'warning' : (draft.terms.severity ?? 'critical')
  const deadline = deadlineAt === undefined ? {} : { deadlineAt }
  if (incident === undefined) {
    const id = incidentId(draft.name, at, draft.state.signals)
    draft.add(at, {
      type: 'incident.opened',
      incident: id,
      verdict,
      severity,
      ...deadline,
      explanation,
      policy: draft.scene.policyOf(draft.terms),
    })
  } else if (isStronger(verdict, incident.verdict)) {
    const risen = incident.severity === 'critical' ? 'critical' : severity
    draft.add(at, {
      type: 'incident.worsened',
      incident: incident.id,
      verdict,
      severity: risen,
      ...deadline,
      explanation,
    })
    // What explained it as it was may not explain it as it is.
    if (incident.mute !== undefined) recheck(draft)
  }
}

/** The next turn of the policy, unless nobody is to be paged now. */
export function takeTurn(draft: Draft, incident: Incident): void {
  const muting = draft.scene.muteOf(draft.heartbeat, incident, draft.now)
  make(draft, incident, muting ? muteMoves(incident, muting) : turnMoves(incident, draft.scene, draft.now))
}

/** What mutes it ended, began or changed: from its end on the policy begins again. */
export function recheck(draft: Draft): void {
  const { incident } = draft.state.more
  if (incident?.state !== 'triggered') return
  make(draft, incident, muteMoves(incident, draft.scene.muteOf(draft.heartbeat, incident, draft.now)))
}

/** The acknowledgement times out soon. */
export function warn(draft: Draft, incident: Incident): void {
  const muting = draft.scene.muteOf(draft.heartbeat, incident, draft.now)
  make(draft, incident, warnMoves(incident, muting, draft.now))
}

export function expire(draft: Draft, incident: Incident, at: Instant): void {
  make(draft, incident, [{ move: 'acknowledgementExpired', at }])
}

/** Everyone who was paged hears it, after what they were paged with. */
export function tell(draft: Draft, incident: Incident, demand: Demand): void {
  make(draft, incident, tellMoves(incident, demand, draft.now))
}

export function resolve(draft: Draft, at: Instant, deed: Deed, expect?: { dueAt: Instant; deadlineAt: Instant }): void {
  const { incident } = draft.state.more
  if (incident === undefined) return
  draft.add(at, { type: 'incident.resolved', incident: incident.id, ...deed, ...expect })
  tell(draft, incident, 'resolved')
}

function make(draft: Draft, incident: Incident, moves: readonly Move[]): void {
  for (const move of moves) makeOne(draft, incident, move)
}

function makeOne(draft: Draft, { id: incident, pages }: Incident, move: Move): void {
  const { now } = draft
  switch (move.move) {
    case 'stepTaken':
      return draft.add(move.at, { type: 'incident.stepTaken', incident, step: move.step, repeat: move.repeat })
    case 'paged': {
      const { demand, what, step, channel, path } = move
      const page = pageId(incident, what, channel)
      return draft.add(now, { type: 'page.queued', page, kind: KINDS[demand], channel, path, incident, step })
    }
    case 'dropped':
      return draft.add(now, {
        type: 'page.dropped',
        kind: KINDS[move.demand ?? 'triggered'],
        incident,
        step: move.step,
        why: move.why,
      })
    case 'muted': {
      draft.add(now, { type: 'incident.muted', incident, ...move.muting })
      if (move.muting.by === 'gathering') return
      const kind = pages.length === 0 ? 'incident.triggered' : 'incident.escalated'
      return draft.add(now, { type: 'page.dropped', kind, incident, step: move.step, why: move.muting.why })
    }
    case 'unmuted':
      return draft.add(now, { type: 'incident.unmuted', incident })
    case 'warned':
      return draft.add(now, { type: 'incident.warned', incident })
    case 'acknowledgementExpired':
      return draft.add(move.at, { type: 'incident.acknowledgementExpired', incident })
  }
  move satisfies never
}

const KINDS: Readonly<Record<Demand, PageKind>> = {
  triggered: 'incident.triggered',
  again: 'incident.escalated',
  acknowledged: 'incident.acknowledged',
  expiring: 'incident.expiring',
  resolved: 'incident.resolved',
}
