// Facts about no one heartbeat: the gateway's own life, storms, mutes, drills, and the notices they lead to.
import type { Credential, Enrolment } from './device.ts'
import type { Muting, Policy } from './escalation.ts'
import type { Deed, PageKind, Times } from './fact.ts'
import type { Severity } from './heartbeat.ts'
import type { Mute } from './mute.ts'
import type { Name } from './names.ts'
import type { StandIn } from './oncall.ts'
import type { Source } from './signal.ts'
import type { Instant } from './time.ts'
import type { Token, TokenMark } from './token.ts'

export type GatewayFact = Times & GatewayFactBody

type GatewayFactBody =
  | { readonly type: 'gateway.started'; readonly version: string; readonly tz: string }
  | { readonly type: 'gateway.stopped' }
  /** Deaf on one ear since `at`, until the window that passes says otherwise. */
  | { readonly type: 'blind.begun'; readonly source: Source; readonly cause: BlindCause }
  | {
      readonly type: 'blind.passed'
      readonly source: Source
      readonly from: Instant
      readonly to: Instant
      readonly cause: BlindCause
      /** Calendar-like heartbeats that were expected inside it. */
      readonly unverified: number
    }
  | { readonly type: 'clock.stepped'; readonly from: Instant; readonly to: Instant }
  | {
      readonly type: 'storm.opened'
      readonly storm: string
      readonly scope: Scope
      /** Heartbeats in the scope, as far as they are judged. */
      readonly size: number
      /** Incidents that were seen from then on may be part of it. */
      readonly since: Instant
      readonly severity: Severity
      readonly policy: Policy
      readonly explanation: string
    }
  | { readonly type: 'storm.stepTaken'; readonly storm: string; readonly step: number; readonly repeat: number }
  | ({ readonly type: 'storm.acknowledged'; readonly storm: string } & Deed)
  | { readonly type: 'storm.warned'; readonly storm: string }
  | { readonly type: 'storm.acknowledgementExpired'; readonly storm: string }
  | ({ readonly type: 'storm.muted'; readonly storm: string } & Muting)
  | { readonly type: 'storm.unmuted'; readonly storm: string }
  /** All but `open` of its heartbeats are well again, or too few to say so once more. */
  | { readonly type: 'storm.receded' | 'storm.returned'; readonly storm: string; readonly open: number }
  | ({ readonly type: 'storm.resolved'; readonly storm: string; readonly open: number } & Deed)
  | { readonly type: 'mute.declared'; readonly mute: Mute }
  | { readonly type: 'mute.ended'; readonly mute: string; readonly by: string }
  | { readonly type: 'override.made'; readonly override: StandIn }
  | { readonly type: 'override.ended'; readonly override: string; readonly by: string }
  /** Without the token: only its digest. */
  | { readonly type: 'token.made'; readonly token: string; readonly made: Token }
  | ({ readonly type: 'token.rotated'; readonly token: string; readonly previousUntil: Instant } & TokenMark & {
        readonly by: string
      })
  | { readonly type: 'token.revoked'; readonly token: string; readonly by: string }
  /** The key of a heartbeat; `generation` counts its keys from 0. */
  | {
      readonly type: 'key.rotated'
      readonly of: Name
      readonly generation: number
      readonly previousUntil: Instant
      readonly by: string
    }
  /** An enrolment token let a device in that it had not let in before. */
  | { readonly type: 'device.enrolled'; readonly device: string; readonly enrolment: string }
  /** The token of a device: only its digest. */
  | { readonly type: 'credential.made'; readonly device: string; readonly made: Credential }
  | ({
      readonly type: 'credential.rotated'
      readonly device: string
      /** Id from now on. */
      readonly credential: string
      readonly previousUntil: Instant
      readonly by: string
    } & TokenMark)
  | { readonly type: 'credential.revoked'; readonly device: string; readonly by: string }
  | { readonly type: 'enrolment.made'; readonly enrolment: string; readonly made: Enrolment }
  | { readonly type: 'enrolment.revoked'; readonly enrolment: string; readonly by: string }
  | {
      readonly type: 'drill.begun'
      readonly drill: string
      /** The heartbeat; empty: only a channel is tried. */
      readonly of: Name | ''
      readonly by: string
      readonly policy: string
      readonly explanation: string
      /** Why a real incident would page nobody now. */
      readonly muted?: string
      readonly pages: readonly { readonly page: string; readonly step: number; readonly path: string }[]
    }
  | {
      readonly type: 'notice.queued'
      readonly page: string
      readonly kind: PageKind
      readonly channel: string
      /** The first line; empty for a storm's page, which is composed when it is sent. */
      readonly text: string
      readonly path?: string
      /** What it belongs to: its own id where nothing is said. */
      readonly about?: string
      readonly storm?: string
      readonly drill?: string
      readonly step?: number
    }
  | { readonly type: 'notice.dropped'; readonly storm: string; readonly step: number; readonly why: string }
  | {
      readonly type: 'notice.settled'
      readonly page: string
      readonly about?: string
      readonly storm?: string
      readonly channel: string
      readonly outcome: 'delivered' | 'refused' | 'expired'
      readonly attempts: number
      readonly why: string
    }
  | { readonly type: 'channel.failed'; readonly channel: string; readonly why: string }
  | { readonly type: 'channel.recovered'; readonly channel: string }

/** What the heartbeats of a storm have in common. */
export type Scope =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'link'; readonly link: Source }
  | { readonly kind: 'all' }

export type BlindCause = 'restart' | 'stall' | 'suspend' | 'listener' | 'ledger' | 'link'
