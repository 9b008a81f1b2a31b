// What an operator's command changes. Undefined: it can't be done in this state.
import { expectAfter } from './deadline.ts'
import type { Draft } from './draft.ts'
import { resolve, tell } from './spell.ts'

export function acknowledge(
  draft: Draft,
  incident: string,
  by: string,
  note?: string,
): 'unknown' | 'already' | undefined {
  const open = draft.state.more.incident
  if (open?.id !== incident) return 'unknown'
  if (open.state === 'acknowledged') return 'already'
  draft.add(draft.now, { type: 'incident.acknowledged', incident, by, ...(note === undefined ? {} : { note }) })
  tell(draft, open, 'incident.acknowledged')
  return undefined
}

/** The operator says that it is over: what is waited for counts from now. */
export function resolveByHand(draft: Draft, incident: string, by: string, note?: string): 'unknown' | undefined {
  if (draft.state.more.incident?.id !== incident) return 'unknown'
  resolve(draft, draft.now, by, note, expectAfter(draft.terms, draft.state, draft.now))
  draft.verdict(draft.now, draft.state.lastSignalAt === 0 ? 'unseen' : draft.standing(), 'operator')
  return undefined
}

export function pause(draft: Draft, by: string): 'already' | undefined {
  if (draft.state.verdict === 'paused') return 'already'
  draft.add(draft.now, { type: 'heartbeat.paused', by })
  resolve(draft, draft.now, 'paused')
  draft.verdict(draft.now, 'paused', 'operator')
  return undefined
}

export function resume(draft: Draft, by: string): 'already' | undefined {
  if (draft.state.verdict !== 'paused') return 'already'
  draft.add(draft.now, { type: 'heartbeat.resumed', by, ...expectAfter(draft.terms, draft.state, draft.now) })
  draft.verdict(draft.now, draft.state.lastSignalAt === 0 ? 'unseen' : draft.standing(), 'operator')
  return undefined
}

/** A heartbeat that nobody watches any more takes its incident with it. */
export function remove(draft: Draft, by: string): void {
  resolve(draft, draft.now, 'removed')
  draft.add(draft.now, { type: 'heartbeat.removed', by })
}
