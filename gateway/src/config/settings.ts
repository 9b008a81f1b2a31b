// What a parsed configuration is: every default filled in, every name resolved, nothing left to check.
import type { PlannedDrill } from '../domain/drill.ts'
import type { Policy } from '../domain/escalation.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { Duration } from '../domain/time.ts'

export type Address = { readonly host: string; readonly port: number }

export type WebhookSettings = { readonly name: string; readonly url: string; readonly secrets: readonly string[] }

/** A heartbeat that the file declares. */
export type Declaration = { readonly name: Name; readonly terms: Terms; readonly key?: string }

export type Settings = {
  /** Path of the file they came from; empty: none. */
  readonly file: string
  readonly http: Address
  readonly mqtt: Address | 'off'
  readonly data: string
  readonly retention: { readonly facts: Duration; readonly bodies: Duration }
  /** Bytes of each body that are kept. */
  readonly bodiesKeep: number
  readonly zone: string
  /** How links in pages begin, without a slash at the end. */
  readonly url: string
  readonly signals: {
    readonly open: boolean | 'auto'
    readonly pingKey?: string
    /** Who may make heartbeats; terms: unknown devices get these. */
    readonly create: 'auto' | boolean | Terms
  }
  readonly channels: readonly WebhookSettings[]
  /** CIDRs that webhooks may reach beyond public addresses. */
  readonly allow: readonly string[]
  readonly policies: readonly Policy[]
  readonly defaults: Terms
  readonly heartbeats: readonly Declaration[]
  readonly drills: readonly PlannedDrill[]
  readonly log: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly adminToken?: string
}
