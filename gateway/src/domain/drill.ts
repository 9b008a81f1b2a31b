// A drill: what a real miss of a heartbeat would do now, walked through on a copy of its state, and sent as marked pages
// to everyone whom any step of its policy would reach.
import { Draft, type Scene } from './draft.ts'
import { type Directory, turnMoves, type Way } from './escalate.ts'
import { turnsOf } from './escalation.ts'
import { reasonFor } from './explain.ts'
import type { GatewayFact } from './fact.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { type Name, pageId } from './names.ts'
import { particulars } from './particulars.ts'
import { trouble } from './spell.ts'
import type { Instant } from './time.ts'

/** A drill of a heartbeat at each firing of a cron line. */
export type PlannedDrill = { readonly heartbeat: Name; readonly cron: string; readonly zone: string }

type Stop = Way & { readonly step: number }
type DrillOrder = { readonly drill: string; readonly by: string }

export function drillOf(heartbeat: Heartbeat, order: DrillOrder, scene: Scene, now: Instant): readonly GatewayFact[] {
  const { name, terms, state } = heartbeat
  const draft = new Draft(name, terms, { ...state, more: particulars(state.more, { incident: undefined }) }, scene, now)
  const explanation = reasonFor(draft, 'deadline', now)
  trouble(draft, 'missed', now, explanation, now)
  const incident = draft.state.more.incident as Incident
  const muting = scene.muteOf(heartbeat, incident, now)
  const muted = muting === undefined || muting.by === 'gathering' ? {} : { muted: muting.why }
  const text = `DRILL asked for by ${order.by}: this is what you get when ${name} is missed; nothing is wrong`
  const about = { of: name, policy: incident.policy.name, explanation, ...muted }
  return begin(order, about, stopsOf(incident, scene, now), text, now)
}

/** The same for one channel alone. */
export function channelDrill(channel: string, order: DrillOrder, now: Instant): readonly GatewayFact[] {
  const text = `DRILL asked for by ${order.by}: a test of channel ${channel}; nothing is wrong`
  const about = { of: '', policy: '', explanation: `A test of channel ${channel}.` }
  return begin(order, about, [{ channel, path: channel, step: 0 }], text, now)
}

/** Whom each step reaches, in the order in which they would be paged. */
function stopsOf(incident: Incident, directory: Directory, now: Instant): readonly Stop[] {
  const { policy, severity, beganAt } = incident
  const first = turnsOf(policy, severity, beganAt).flatMap(({ repeat }, turn) => (repeat === 0 ? [turn] : []))
  return first.flatMap((turns) =>
    turnMoves({ ...incident, turns }, directory, now).flatMap((move) => (move.move === 'paged' ? [move] : [])),
  )
}

/** One page for each channel, however many ways lead to it. */
function begin(
  { drill, by }: DrillOrder,
  about: Pick<Extract<GatewayFact, { type: 'drill.begun' }>, 'of' | 'policy' | 'explanation' | 'muted'>,
  stops: readonly Stop[],
  text: string,
  now: Instant,
): readonly GatewayFact[] {
  const times = { at: now, seenAt: now }
  const pages = stops.map(({ step, path, channel }) => ({ page: pageId(drill, 'drill', channel), step, path, channel }))
  const firsts = [...new Map(pages.toReversed().map((page) => [page.channel, page])).values()].toReversed()
  return [
    { type: 'drill.begun', ...times, drill, by, ...about, pages: pages.map(({ channel: _, ...page }) => page) },
    ...firsts.map(
      ({ page, channel, path, step }): GatewayFact => ({
        ...{ type: 'notice.queued', ...times, page, kind: 'drill', channel, path, drill, step, text },
      }),
    ),
  ]
}
