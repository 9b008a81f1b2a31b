// What a bridge is told, what it needs of the gateway, and what it says of itself; types only.
import type { BridgeSource } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import type { LinkEnd, LinkOptions } from './bridge-client.ts'
import type { BridgeEar, BridgeEarWorld } from './bridge-ear.ts'
import type { GatewayId, Hears } from './bridge-filters.ts'
import type { Log } from './log.ts'
import type { Adopt } from './mqtt-signal.ts'

export type BridgeOptions = Hears &
  Pick<LinkOptions, 'url' | 'username' | 'password'> & {
    readonly name: string
    readonly clientId?: string
    readonly shared: 'auto' | boolean
    readonly version: 'auto' | 4 | 5
    /** Paths. */
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
  }

export type BridgeStatus = {
  readonly name: string
  /** Without who connects. */
  readonly url: string
  readonly state: 'connecting' | 'hearing' | 'deaf' | 'refused'
  readonly since: Instant
  readonly version: '5' | '3.1.1'
  /** False: each gateway at the broker hears all. */
  readonly shared: boolean
  /** Heard and not on disk. */
  readonly waiting: number
  readonly why: string | undefined
}

export type BridgeWorld = Omit<BridgeEarWorld, 'log' | 'rules'> & {
  readonly rules: Omit<BridgeEarWorld['rules'], 'via' | 'root' | 'adopt' | 'isStored'>
  /** What topics outside of the root mean. */
  adopter(source: BridgeSource): Adopt
  readonly gateway: GatewayId
  readonly log: Log
  random(): number
  /** What is known of this ear. */
  readonly hearing: {
    /** It was proven to hear then. */
    prove(source: BridgeSource, at: Instant): void
    isAsked(source: BridgeSource): boolean
    deafen(source: BridgeSource, since: Instant): void
    hearAgain(source: BridgeSource): void
    forget(source: BridgeSource): void
  }
}

export type SessionWorld = {
  readonly link: LinkOptions
  readonly hears: Hears
  readonly gateway: GatewayId
  readonly ear: BridgeEar
  /** Whether a subscription that is dead, or that a neighbour shares, gives way to a plain one. */
  readonly mayGoPlain: boolean
  now(): Instant
  /** What tells one probe from another. */
  nonce(): string
  /** A message came at `at`: whatever the broker had before it came, too. */
  heard(at: Instant): void
  /** A probe that was sent at `sentAt` is back. */
  proven(sentAt: Instant): void
  /** Connected, and not heard. */
  troubled(why: string): void
  wentPlain(why: string): void
  /** Once. */
  ended(end: LinkEnd): void
}
