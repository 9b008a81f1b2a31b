// Everything that became true, as it is kept in the ledger. `at` is when it was true, `seenAt` when we knew.
import type { Muting, Policy } from './escalation.ts'
import type { GatewayFact } from './fact-gateway.ts'
import type { Severity, Terms } from './heartbeat.ts'
import type { Name } from './names.ts'
import type { Signal } from './signal.ts'
import type { Duration, Instant } from './time.ts'
import type { Rule, Verdict } from './verdict.ts'

export type Times = { readonly at: Instant; readonly seenAt: Instant }

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
  | ({ readonly type: 'incident.acknowledged'; readonly incident: string } & Deed)
  | { readonly type: 'incident.warned'; readonly incident: string }
  | { readonly type: 'incident.acknowledgementExpired'; readonly incident: string }
  | ({ readonly type: 'incident.muted'; readonly incident: string } & Muting)
  | { readonly type: 'incident.unmuted'; readonly incident: string }
  | ({
      readonly type: 'incident.resolved'
      readonly incident: string
      readonly dueAt?: Instant
      readonly deadlineAt?: Instant
    } & Deed)
  | {
      readonly type: 'page.queued'
      readonly page: string
      readonly kind: PageKind
      readonly channel: string
      /** The way from the policy to the channel: `primary › ana › ops`. */
      readonly path: string
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

/** Whose word it is; `link`: the page whose link they used. */
export type Deed = { readonly by: string; readonly note?: string; readonly link?: string }

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

export type HeartbeatFact = Times & { readonly heartbeat: Name } & HeartbeatFactBody
export type { BlindCause, GatewayFact, Scope } from './fact-gateway.ts'
export type Fact = HeartbeatFact | GatewayFact
export type FactType = Fact['type']

export function isHeartbeatFact(fact: Fact): fact is HeartbeatFact {
  return 'heartbeat' in fact
}
