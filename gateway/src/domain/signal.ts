// One message about a heartbeat, as the gateway understood it; the edges parse into this and nothing else.
import type { Duration, Instant } from './time.ts'

/** `ok` and `fail` end a run, `start` opens one, `log` changes nothing, `bye` plans a silence, `will` says the link broke. */
export type SignalKind = 'ok' | 'start' | 'fail' | 'log' | 'bye' | 'will'

/** The ear that heard it: blindness is kept per source. `gateway`: what it says of itself; blind there, it is deaf on every ear. */
export type Source = 'http' | 'mqtt' | 'gateway' | BridgeSource

/** A broker that somebody else runs. */
export type BridgeSource = `bridge:${string}`

export type Signal = {
  readonly kind: SignalKind
  /** When it was true: the arrival, or earlier for a buffered signal. */
  readonly at: Instant
  /** When the request head or the packet was complete. */
  readonly receivedAt: Instant
  readonly via: Source
  /** The run it belongs to; absent means the one anonymous run. */
  readonly run?: string
  /** As the client measured it. */
  readonly duration?: Duration
  /** 0–255, when the client gave one. */
  readonly exit?: number
  /** The name of the system signal that ended the job, as systemd writes it: `TERM`. */
  readonly killedBy?: string
  readonly message?: string
  readonly metrics?: Readonly<Record<string, number>>
  /** Bytes of body that were kept. */
  readonly bodySize?: number
  readonly boot?: number
  readonly seq?: number
  /** The sender's own terms for the silence that follows. */
  readonly next?: Duration
  readonly grace?: Duration
  /** The transport says that it delivered this very message before. */
  readonly redelivered?: boolean
}

/** A buffered signal keeps its own time no further back than this. */
export const OLDEST_SIGNAL: Duration = 7 * 86_400_000
/** A sender's clock may run ahead by this much. */
export const NEWEST_SIGNAL: Duration = 5 * 60_000

const LONGEST_CLAIM: Duration = 36_525 * 86_400_000

/** The time a signal keeps in history: `claimed`, bounded to [receivedAt − 7 d, receivedAt + 5 min]. */
export function boundedAt(claimed: Instant, receivedAt: Instant): Instant {
  return Math.round(Math.min(Math.max(claimed, receivedAt - OLDEST_SIGNAL), receivedAt + NEWEST_SIGNAL))
}

/** What a sender measured or promised, kept to a hundred years, so that every instant it leads to can be written. */
export function boundedDuration(claimed: Duration): Duration {
  return Math.round(Math.min(claimed, LONGEST_CLAIM))
}

/** An ear that many come by, and are lost with. */
export function isLink(source: Source): boolean {
  return source === 'mqtt' || isBridge(source)
}

export function isBridge(source: Source): source is BridgeSource {
  return source.startsWith('bridge:')
}

/** What makes a second delivery recognisable where no number does: run id and kind. Undefined: nothing does. */
export function identityOf(signal: Signal): string | undefined {
  if (signal.run !== undefined && signal.kind !== 'log') return `${signal.kind}:${signal.run}`
  return undefined
}
