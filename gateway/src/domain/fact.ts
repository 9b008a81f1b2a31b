// Everything that became true, as it is kept in the ledger. `at` is when it was true, `seenAt` when we knew.
import type { Policy } from './escalation.ts'
import type { Severity, Terms } from './heartbeat.ts'
import type { Name } from './names.ts'
import type { Signal, Source } from './signal.ts'
import type { Duration, Instant } from './time.ts'
import type { Rule, Verdict } from './verdict.ts'

type Times = { readonly at: Instant; readonly seenAt: Instant }

/** What a page is about, as its receiver reads it in `type`. */
export type PageKind =
  | 'incident.triggered'
  | 'incident.escalated'
  | 'incident.acknowledged'
  | 'incident.resolved'
  /** The acknowledgement times out soon. */
  | 'incident.expiring'
  | 'storm.triggered'
  | 'storm.grew'
  | 'storm.acknowledged'
  | 'storm.expiring'
  | 'storm.resolved'
  | 'gateway.blind'
  | 'channel.failed'
  | 'channel.recovered'
  | 'drill'

type HeartbeatFactBody =
  | {
      readonly type: 'heartbeat.declared'
      readonly terms: Terms
      readonly dueAt: Instant
      readonly deadlineAt: Instant
    }
  | { readonly type: 'heartbeat.removed'; readonly by: string }
  | { readonly type: 'heartbeat.paused'; readonly by: string }
  | { readonly type: 'heartbeat.resumed'; readonly by: string; readonly dueAt: Instant; readonly deadlineAt: Instant }
  | { readonly type: 'signal.received'; readonly signal: Signal; readonly effect?: Effect }
  | {
      readonly type: 'deadline.missed'
      readonly rule: Rule
      readonly due: Instant
      readonly deadline: Instant
      readonly misses: number
      /** What is waited for after it; the missed instant itself once an incident is due. */
      readonly dueAt: Instant
      readonly deadlineAt: Instant
    }
  | {
      readonly type: 'deadline.unverified'
      readonly due: Instant
      readonly deadline: Instant
      readonly dueAt: Instant
      readonly deadlineAt: Instant
    }
  | { readonly type: 'run.overran'; readonly run: string; readonly startedAt: Instant; readonly limit: Duration }
  | { readonly type: 'run.unverified'; readonly run: string; readonly startedAt: Instant }
  | { readonly type: 'verdict.changed'; readonly from: Verdict; readonly to: Verdict; readonly rule: Rule }
  | {
      readonly type: 'incident.opened'
      readonly incident: string
      readonly verdict: Verdict
      readonly severity: Severity
      readonly deadlineAt?: Instant
      readonly explanation: string
      readonly policy: Policy
    }
  | {
      readonly type: 'incident.worsened'
      readonly incident: string
      readonly verdict: Verdict
      readonly severity: Severity
      readonly deadlineAt?: Instant
      readonly explanation: string
    }
  | { readonly type: 'incident.stepTaken'; readonly incident: string; readonly step: number; readonly repeat: number }
  | { readonly type: 'incident.acknowledged'; readonly incident: string; readonly by: string; readonly note?: string }
  | { readonly type: 'incident.acknowledgementExpired'; readonly incident: string }
  | {
      readonly type: 'incident.resolved'
      readonly incident: string
      readonly by: string
      readonly note?: string
      readonly dueAt?: Instant
      readonly deadlineAt?: Instant
    }
  | {
      readonly type: 'page.queued'
      readonly page: string
      readonly kind: PageKind
      readonly channel: string
      readonly incident: string
      readonly step: number
    }
  | {
      readonly type: 'page.dropped'
      readonly kind: PageKind
      readonly incident: string
      readonly step: number
      readonly why: string
    }
  | {
      readonly type: 'page.settled'
      readonly page: string
      readonly incident: string
      readonly channel: string
      readonly outcome: 'delivered' | 'refused' | 'expired'
      readonly attempts: number
      readonly why: string
    }

/** What a signal changed beyond having been heard; absent: it is history only. */
export type Effect = {
  readonly dueAt?: Instant
  readonly deadlineAt?: Instant
  /** A broken link makes this the deadline. */
  readonly suspectAt?: Instant
  /** Duration of the good run it ended, at `sampleAt`; `lag`: measured from the due instant. */
  readonly duration?: Duration
  readonly sampleAt?: Instant
  readonly lag?: boolean
}

type GatewayFactBody =
  | { readonly type: 'gateway.started'; readonly version: string; readonly tz: string }
  | { readonly type: 'gateway.stopped' }
  | {
      readonly type: 'blind.passed'
      readonly source: Source | 'gateway'
      readonly from: Instant
      readonly to: Instant
      readonly cause: BlindCause
      /** Calendar-like heartbeats that were expected inside it. */
      readonly unverified: number
    }
  | { readonly type: 'clock.stepped'; readonly from: Instant; readonly to: Instant }
  | {
      readonly type: 'notice.queued'
      readonly page: string
      readonly kind: PageKind
      readonly channel: string
      readonly text: string
    }
  | {
      readonly type: 'notice.settled'
      readonly page: string
      readonly channel: string
      readonly outcome: 'delivered' | 'refused' | 'expired'
      readonly attempts: number
      readonly why: string
    }
  | { readonly type: 'channel.failed'; readonly channel: string; readonly why: string }
  | { readonly type: 'channel.recovered'; readonly channel: string }

export type BlindCause = 'restart' | 'stall' | 'suspend' | 'listener' | 'ledger' | 'link'

export type HeartbeatFact = Times & { readonly heartbeat: Name } & HeartbeatFactBody
export type GatewayFact = Times & GatewayFactBody
export type Fact = HeartbeatFact | GatewayFact
export type FactType = Fact['type']

/** Every type, for the codec, the documents and the test that compares them. */
export const FACT_TYPES: readonly FactType[] = [
  'heartbeat.declared',
  'heartbeat.removed',
  'heartbeat.paused',
  'heartbeat.resumed',
  'signal.received',
  'deadline.missed',
  'deadline.unverified',
  'run.overran',
  'run.unverified',
  'verdict.changed',
  'incident.opened',
  'incident.worsened',
  'incident.stepTaken',
  'incident.acknowledged',
  'incident.acknowledgementExpired',
  'incident.resolved',
  'page.queued',
  'page.dropped',
  'page.settled',
  'gateway.started',
  'gateway.stopped',
  'blind.passed',
  'clock.stepped',
  'notice.queued',
  'notice.settled',
  'channel.failed',
  'channel.recovered',
]

export function isHeartbeatFact(fact: Fact): fact is HeartbeatFact {
  return 'heartbeat' in fact
}
