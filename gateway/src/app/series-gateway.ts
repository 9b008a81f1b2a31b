// The points of what is about no one heartbeat: storms and their pages, notices, and time in which nobody could hear.
import type { GatewayFact } from '../domain/fact-gateway.ts'
import type { Unsettled } from './casebook.ts'
import { droppedPoint, settledPoint, stormPoint } from './series-escalation.ts'
import type { AnyPoint } from './series-point.ts'
import type { Storms } from './storms.ts'

/** `queued`: the notice whose end the fact is; `storms` after the fact. Undefined: it is no point. */
export function gatewayPoint(
  fact: GatewayFact,
  queued: Unsettled | undefined,
  storms: Storms,
  instance: string,
  seq: number,
): AnyPoint | undefined {
  if (fact.type === 'blind.passed') {
    const { source, cause, from, to, unverified } = fact
    const fields = { blind_ms: to - from, unverified }
    return { measurement: 'hb_gateway', tags: { instance, source, cause }, fields, at: to, seq }
  }
  const storm = 'storm' in fact && fact.storm !== undefined ? storms.get(fact.storm) : undefined
  const policy = storm?.policy.name ?? ''
  const group = storm?.scope.kind === 'group' ? storm.scope.group : ''
  switch (fact.type) {
    case 'notice.settled':
      return settledPoint(fact, queued, policy, group, seq)
    case 'notice.dropped':
      return droppedPoint(fact, policy, group, seq)
    default: {
      const open = 'storm' in fact ? [...storms.open()].length : 0
      return 'storm' in fact && fact.type !== 'notice.queued' ? stormPoint(fact, storm, open, seq) : undefined
    }
  }
}
