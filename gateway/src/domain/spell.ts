// A bad spell from its side of the pager: one incident opens, grows and closes, and each turn queues its pages.
import type { Draft } from './draft.ts'
import { turnsOf } from './escalation.ts'
import type { PageKind } from './fact.ts'
import type { Severity } from './heartbeat.ts'
import { type Incident, pagedChannels } from './incident.ts'
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
  }
}

/** The next turn of the policy: one page for each of its channels. */
export function takeTurn(draft: Draft, incident: Incident): void {
  const turn = turnsOf(incident.policy, incident.severity, incident.beganAt)[incident.turns]
  if (turn === undefined) throw new Error('invariant: a turn is taken only while there is one')
  draft.add(turn.at, { type: 'incident.stepTaken', incident: incident.id, step: turn.step, repeat: turn.repeat })
  const paged = pagedChannels(incident)
  for (const channel of incident.policy.steps[turn.step]?.page ?? []) {
    const kind = paged.includes(channel) ? 'incident.escalated' : 'incident.triggered'
    queue(draft, incident, kind, `${incident.beganAt}:${turn.step}:${turn.repeat}`, turn.step, channel)
  }
}

/** Everyone who was paged hears it, after what they were paged with. */
export function tell(draft: Draft, incident: Incident, kind: PageKind): void {
  for (const channel of pagedChannels(incident))
    queue(draft, incident, kind, `${kind}:${draft.now}`, incident.turns - 1, channel)
}

export function resolve(
  draft: Draft,
  at: Instant,
  by: string,
  note?: string,
  expect?: { dueAt: Instant; deadlineAt: Instant },
): void {
  const { incident } = draft.state.more
  if (incident === undefined) return
  draft.add(at, {
    type: 'incident.resolved',
    incident: incident.id,
    by,
    ...(note === undefined ? {} : { note }),
    ...expect,
  })
  tell(draft, incident, 'incident.resolved')
}

function queue(draft: Draft, incident: Incident, kind: PageKind, what: string, step: number, channel: string): void {
  draft.add(draft.now, {
    type: 'page.queued',
    page: pageId(incident.id, what, channel),
    kind,
    channel,
    incident: incident.id,
    step,
  })
}
