// What an operator's command changes. Undefined: it can't be done in this state.
import { expectAfter } from './deadline.ts'
import type { Draft } from './draft.ts'
import type { Deed } from './fact.ts'
import type { Incident } from './incident.ts'
import { resolve, tell } from './spell.ts'

export function acknowledge(draft: Draft, incident: string, deed: Deed): 'unknown' | 'already' | undefined {
  const open = draft.state.more.incident
  if (open?.id !== incident) return 'unknown'
  // Shortly before it times out, an acknowledgement may be renewed.
  if ((open.state === 'acknowledged' && !open.warned) || isUsed(open, deed)) return 'already'
  draft.add(draft.now, { type: 'incident.acknowledged', incident, ...deed })
  tell(draft, open, 'acknowledged')
  return undefined
}

/** The operator says that it is over: what is waited for counts from now. */
export function resolveByHand(draft: Draft, incident: string, deed: Deed): 'unknown' | 'already' | undefined {
  const open = draft.state.more.incident
  if (open?.id !== incident) return 'unknown'
  if (isUsed(open, deed)) return 'already'
  resolve(draft, draft.now, deed, expectAfter(draft.terms, draft.state, draft.now))
  draft.verdict(draft.now, draft.state.lastSignalAt === 0 ? 'unseen' : draft.standing(), 'operator')
  return undefined
}

export function pause(draft: Draft, by: string): 'already' | undefined {
  if (draft.state.verdict === 'paused') return 'already'
  draft.add(draft.now, { type: 'heartbeat.paused', by })
  resolve(draft, draft.now, { by: 'paused' })
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
  resolve(draft, draft.now, { by: 'removed' })
  draft.add(draft.now, { type: 'heartbeat.removed', by })
}

/** A link of a page acts once. */
function isUsed({ usedLinks }: Incident, { link }: Deed): boolean {
  return link !== undefined && usedLinks.includes(link)
}
