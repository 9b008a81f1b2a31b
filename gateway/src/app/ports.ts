// What the app asks of the world: a clock, a ledger, channels. Shaped like a stream processor, so that a replicated
// engine can stand where SQLite stands; embedded there is one partition, always ours, and heardUntil is now.
import type { Credential, Enrolment } from '../domain/device.ts'
import type { Deed, Fact } from '../domain/fact.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Mute } from '../domain/mute.ts'
import type { Name } from '../domain/names.ts'
import type { StandIn } from '../domain/oncall.ts'
import type { Signal } from '../domain/signal.ts'
import type { Duration, Instant } from '../domain/time.ts'
import type { Token, TokenMark } from '../domain/token.ts'

/** Three readings of time, so that a step, a stall and a suspend can be told apart. */
export interface Clock {
  /** Wall clock. */
  now(): Instant
  /** Milliseconds that stop while the machine is suspended. */
  monotonic(): Duration
  /** Milliseconds since boot, suspended time included. */
  sinceBoot(): Duration
}

export type Arrival = {
  readonly name: Name
  readonly signal: Signal
  /** The first part of the body, as it came. */
  readonly body?: Uint8Array
  /** Declares the heartbeat with these terms if nobody has. */
  readonly create?: Terms
}

/** `durable`: on disk. `full`: heard, but not on disk; nobody may be acknowledged. `closed`: going down. */
export type Outcome = 'durable' | 'full' | 'closed'
export type Settled = (outcome: Outcome) => void

/** What an operator asks; judged on the same ordered path as the signals. */
export type Command =
  /** `incident` may be a storm. */
  | ({ readonly kind: 'acknowledge' | 'resolve'; readonly incident: string } & Deed)
  | { readonly kind: 'pause' | 'resume' | 'remove'; readonly name: Name; readonly by: string }
  | { readonly kind: 'declare'; readonly name: Name; readonly terms: Terms }
  /** Makes a silence or a maintenance window; `already` where one with its id was made before. */
  | { readonly kind: 'mute'; readonly mute: Mute }
  | { readonly kind: 'unmute'; readonly mute: string; readonly by: string }
  /** A marked test down the whole path of a heartbeat, or to one channel. */
  | {
      readonly kind: 'drill'
      readonly drill: string
      readonly of: { readonly name: Name } | { readonly channel: string }
      readonly by: string
    }
  /** Somebody stands in on call; `unknown` where there is no such schedule or responder. */
  | { readonly kind: 'override'; readonly override: StandIn }
  | { readonly kind: 'endOverride'; readonly override: string; readonly by: string }
  | { readonly kind: 'makeToken'; readonly token: Token }
  /** The one before stays good for `overlap`. */
  | ({
      readonly kind: 'rotateToken'
      readonly token: string
      readonly overlap: Duration
      readonly by: string
    } & TokenMark)
  | { readonly kind: 'revokeToken'; readonly token: string; readonly by: string }
  /** Of a heartbeat; the one before stays good for `overlap`. */
  | { readonly kind: 'rotateKey'; readonly name: Name; readonly overlap: Duration; readonly by: string }
  /** An enrolment token lets a device in; `already` where it does not. */
  | { readonly kind: 'enrol'; readonly device: string; readonly enrolment: string }
  /** `already` where the device has one that is good; with an enrolment it is let in by that first. */
  | { readonly kind: 'makeCredential'; readonly device: string; readonly made: Credential; readonly enrolment?: string }
  | ({
      readonly kind: 'rotateCredential'
      readonly device: string
      /** Its id from then on. */
      readonly credential: string
      readonly overlap: Duration
      readonly by: string
    } & TokenMark)
  /** All tokens that the file gives: those that it gave before and gives no more are revoked. */
  | {
      readonly kind: 'declareCredentials'
      readonly declared: readonly { readonly device: string; readonly made: Credential }[]
    }
  | { readonly kind: 'revokeCredential'; readonly device: string; readonly by: string }
  | { readonly kind: 'makeEnrolment'; readonly enrolment: Enrolment }
  | { readonly kind: 'revokeEnrolment'; readonly enrolment: string; readonly by: string }

/** Refused commands change nothing. */
export type Reply = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly why: 'unknown' | 'already' }

export type Numbered = { readonly seq: number; readonly fact: Fact }

/** The owner of the partition: turns what was heard into facts. Every fact it returns is folded already. */
export interface Judge {
  arrive(arrival: Arrival): readonly Fact[]
  request(command: Command, heardUntil: Instant): { readonly reply: Reply; readonly facts: readonly Fact[] }
  /** Nothing received earlier than `heardUntil` can still appear: what silence made true up to then. */
  tick(heardUntil: Instant): readonly Fact[]
  /** Folds facts that were decided elsewhere: a delivery that ended, a window in which we could not hear. */
  note(facts: readonly Fact[]): void
}

export interface Ledger {
  /** In order, judged at once, settled when all that it caused is on disk. */
  receive(arrival: Arrival, settled: Settled): void
  request(command: Command): Promise<{ readonly reply: Reply; readonly outcome: Outcome }>
  /** heardUntil moved. */
  tick(heardUntil: Instant): void
  /** Facts that no arrival caused: a delivery that ended, a window in which we could not hear. */
  append(facts: readonly Fact[]): void
  /** Facts about one heartbeat, newest first, from the fact numbered `before` (exclusive) back. */
  history(name: Name, before: number, limit: number): Promise<readonly Numbered[]>
  body(seq: number): Promise<Uint8Array | undefined>
  /** True while an effect may leave the house: asked right before each page. */
  maySpeak(): boolean
}
