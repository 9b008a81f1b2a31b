// What an escalation does at an instant, be it an incident's or a storm's: the moves, and how they fold into it. Who
// owns the escalation turns moves into facts.
import { type Escalation, isOpen, type Muting, nextTurn, type Policy, type QueuedPage } from './escalation.ts'
import type { Presence } from './liveness.ts'
import type { Name } from './names.ts'
import type { Instant } from './time.ts'

/** Whom the names in a policy stand for. */
export interface Directory {
  /** A channel stands for itself, a responder for their channels, a schedule for whoever is on call. */
  waysTo(target: string, at: Instant): readonly Way[]
  /** Names of all channels. */
  readonly channels: readonly string[]
  /** Of the device of a heartbeat. */
  presenceOf?(name: Name): Presence | undefined
}

/** `path` is the way from the policy to the channel: `primary › ana › ops`. */
export type Way = { readonly channel: string; readonly path: string }

/** What a page asks of its reader; `again`: they were paged before. */
export type Demand = 'triggered' | 'again' | 'acknowledged' | 'expiring' | 'resolved'

export type Move =
  | { readonly move: 'stepTaken'; readonly at: Instant; readonly step: number; readonly repeat: number }
  /** `what` tells one demand of an escalation from another, for the page's id. */
  | ({ readonly move: 'paged'; readonly demand: Demand; readonly what: string; readonly step: number } & Way)
  | { readonly move: 'dropped'; readonly demand?: Demand; readonly step: number; readonly why: string }
  | { readonly move: 'muted'; readonly step: number; readonly muting: Muting }
  | { readonly move: 'unmuted' }
  | { readonly move: 'warned' }
  | { readonly move: 'acknowledgementExpired'; readonly at: Instant }

/** The next turn of the policy: a page for everyone that its targets stand for at `now`. */
export function turnMoves(escalation: Escalation, directory: Directory, now: Instant): readonly Move[] {
  const turn = nextTurn(escalation)
  const step = turn && escalation.policy.steps[turn.step]
  if (turn === undefined || step === undefined) throw new Error('invariant: a turn is taken only while there is one')
  const taken: Move = { move: 'stepTaken', at: turn.at, step: turn.step, repeat: turn.repeat }
  if (!isOpen(step.during, turn.at)) {
    const { window, on, zone } = step.during as NonNullable<typeof step.during>
    return [taken, { move: 'dropped', step: turn.step, why: `outside of ${`${window} ${on}`.trim()} in ${zone}` }]
  }
  const { ways, nobody } = reach(escalation.policy, step.page, directory, now)
  const dropped = nobody.map((target): Move => {
    return { move: 'dropped', step: turn.step, why: `${target} stands for nobody now` }
  })
  const moves: Move[] = [taken, ...dropped]
  const paged = new Set(escalation.pages.map(({ channel }) => channel))
  const what = `${escalation.beganAt}:${turn.step}:${turn.repeat}`
  for (const way of ways) {
    const demand = paged.has(way.channel) ? 'again' : 'triggered'
    moves.push({ move: 'paged', demand, what, step: turn.step, ...way })
  }
  return moves
}

/** Whom targets stand for now, each channel once; the fallback for those that stand for nobody. */
export function reach(
  policy: Policy,
  targets: readonly string[],
  directory: Directory,
  now: Instant,
): { readonly ways: readonly Way[]; readonly nobody: readonly string[] } {
  const ways = new Map<string, Way>()
  const nobody: string[] = []
  for (const target of targets) {
    const found = directory.waysTo(target, now)
    if (found.length === 0) nobody.push(target)
    for (const way of found.length > 0 ? found : fallbackWays(policy, directory, now))
      if (!ways.has(way.channel)) ways.set(way.channel, way)
  }
  return { ways: [...ways.values()], nobody }
}

/** Everyone who was paged hears it, after what they were paged with. */
export function tellMoves(escalation: Escalation, demand: Demand, now: Instant): readonly Move[] {
  const told = new Map<string, QueuedPage>()
  for (const page of escalation.pages) if (!told.has(page.channel)) told.set(page.channel, page)
  const step = Math.max(0, escalation.turns - 1)
  return [...told.values()].map(({ channel, path }) => ({
    ...{ move: 'paged', demand, what: `${demand}:${now}`, step, channel, path },
  }))
}

/** The acknowledgement times out soon: whoever was paged hears it, unless nobody is to be paged now. */
export function warnMoves(escalation: Escalation, muting: Muting | undefined, now: Instant): readonly Move[] {
  const told = tellMoves(escalation, 'expiring', now)
  const step = Math.max(0, escalation.turns - 1)
  if (muting === undefined || told.length === 0) return [{ move: 'warned' }, ...told]
  return [{ move: 'warned' }, { move: 'dropped', demand: 'expiring', step, why: muting.why }]
}

/** Nobody is to be paged, or no longer: what differs from how it stands. */
export function muteMoves(escalation: Escalation, muting: Muting | undefined): readonly Move[] {
  const { mute } = escalation
  if (muting === undefined) return mute === undefined ? [] : [{ move: 'unmuted' }]
  if (mute?.by === muting.by && mute.what === muting.what && mute.until === muting.until) return []
  return [{ move: 'muted', step: nextTurn(escalation)?.step ?? 0, muting }]
}

/** A fact about an escalation, without whose it is. */
export type EscalationChange =
  | { readonly type: 'stepTaken' | 'unmuted' | 'warned' | 'acknowledgementExpired'; readonly seenAt: Instant }
  | { readonly type: 'acknowledged'; readonly seenAt: Instant; readonly by: string }
  | ({ readonly type: 'muted'; readonly seenAt: Instant } & Muting)
  | ({ readonly type: 'paged'; readonly seenAt: Instant; readonly page: string; readonly kind: string } & Way)
  | {
      readonly type: 'settled'
      readonly seenAt: Instant
      readonly page: string
      readonly outcome: NonNullable<QueuedPage['outcome']>
    }

export function evolveEscalation<E extends Escalation>(escalation: E, change: EscalationChange): E {
  const { mute: _, ...loud } = escalation
  switch (change.type) {
    case 'stepTaken':
      return { ...escalation, turns: escalation.turns + 1 }
    case 'acknowledged':
      return {
        ...(loud as E),
        state: 'acknowledged',
        acknowledgedAt: change.seenAt,
        acknowledgedBy: change.by,
        warned: false,
      }
    case 'warned':
      return { ...escalation, warned: true }
    case 'acknowledgementExpired':
      return { ...escalation, ...beginAt(change.seenAt) }
    case 'muted':
      return { ...escalation, mute: mutingOf(change), gathered: escalation.gathered || change.by === 'gathering' }
    case 'unmuted':
      return escalation.mute?.by === 'gathering'
        ? (loud as E)
        : { ...(loud as E), ...beginAt(change.seenAt), gathered: false }
    case 'paged': {
      const { page: id, kind, channel, path, seenAt: queuedAt } = change
      return { ...escalation, pages: [...escalation.pages, { id, kind, channel, path, queuedAt }] }
    }
    case 'settled':
      return {
        ...escalation,
        pages: escalation.pages.map((page) =>
          page.id === change.page ? { ...page, settledAt: change.seenAt, outcome: change.outcome } : page,
        ),
      }
  }
}

/** An escalation from its first turn on. */
export function beginAt(beganAt: Instant): Pick<Escalation, 'state' | 'beganAt' | 'turns' | 'warned'> {
  return { state: 'triggered', beganAt, turns: 0, warned: false }
}

function fallbackWays({ fallback = [] }: Policy, directory: Directory, now: Instant): readonly Way[] {
  const ways = fallback.flatMap((target) => directory.waysTo(target, now))
  const found = ways.length > 0 ? ways : directory.channels.map((channel) => ({ channel, path: channel }))
  return found.map(({ channel, path }) => ({ channel, path: `fallback › ${path}` }))
}

function mutingOf({ by, what, why, until }: Muting): Muting {
  return { by, what, why, ...(until !== undefined && { until }) }
}
