// Whether a device is there, from three signals that may contradict each other: its connection, what it sent last, and the
// verdict. A connection is a hint and never a verdict: brokers tell of them late and out of order.
import type { Heartbeat } from './heartbeat.ts'
import { type Instant, isPast } from './time.ts'

/** What is known of a device's connections since the gateway started. */
export type Presence = {
  readonly clientId: string
  /** Undefined: it is not connected. */
  readonly connectedAt: Instant | undefined
  readonly leftAt: Instant | undefined
  /** How its last connection ended. */
  readonly ending: 'goodbye' | 'broken' | undefined
  /** Connections so far. */
  readonly connects: number
  readonly publishes: number
  /** Of these, with the retain flag. */
  readonly retained: number
}

export type Liveness =
  | { readonly kind: 'connected' | 'silent' | 'retained'; readonly since: Instant }
  | { readonly kind: 'asleep'; readonly until: Instant }
  | { readonly kind: 'offline' | 'left' | 'broken'; readonly since: Instant }

/** Undefined: nothing is known but what it sent. */
export function livenessOf(
  { state }: Pick<Heartbeat, 'state'>,
  presence: Presence | undefined,
  now: Instant,
): Liveness | undefined {
  const { farewell } = state.more
  if (presence?.connectedAt !== undefined) {
    const since = presence.connectedAt
    if (presence.publishes > 0 && presence.retained === presence.publishes) return { kind: 'retained', since }
    const isSilent = state.verdict === 'late' || state.verdict === 'missed' || state.verdict === 'overrun'
    return { kind: isSilent ? 'silent' : 'connected', since }
  }
  if (farewell?.kind === 'bye' && !isPast(state.deadlineAt, now)) return { kind: 'asleep', until: state.dueAt }
  if (farewell?.kind === 'will') return { kind: 'offline', since: farewell.at }
  if (presence?.leftAt === undefined) return undefined
  return { kind: presence.ending === 'goodbye' ? 'left' : 'broken', since: presence.leftAt }
}

/** One sentence; `at` writes an instant. */
export function livenessText(
  liveness: Liveness,
  presence: Presence | undefined,
  at: (instant: Instant) => string,
): string {
  const connects = presence?.connects ?? 0
  const again = connects < 2 ? '' : ` (its connection number ${connects} since the gateway started)`
  switch (liveness.kind) {
    case 'connected':
      return `Its device is connected since ${at(liveness.since)}${again}.`
    case 'silent':
      return `Its device is connected since ${at(liveness.since)}${again}, but silent: the link is there and the work is not.`
    case 'retained':
      return `Its device is connected since ${at(liveness.since)}, and publishes only retained messages: to whoever subscribes later an old one looks like a sign of life; send them without the retain flag.`
    case 'asleep':
      return `Its device is asleep until ${at(liveness.until)}, as it said.`
    case 'offline':
      return `Its device is offline by its will since ${at(liveness.since)}.`
    case 'left':
      return `Its device took its leave at ${at(liveness.since)}.`
    case 'broken':
      return `The connection of its device ended without a goodbye at ${at(liveness.since)}.`
  }
}
