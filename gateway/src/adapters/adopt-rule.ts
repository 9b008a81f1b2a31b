// What a rule of `adopt:` is, and what a reader makes of a publish that falls under it. Owns no reading: each family of
// devices has a file of its own, adopt-*.ts.
import type { Terms } from '../domain/heartbeat.ts'
import type { Duration, Instant } from '../domain/time.ts'

export type Family = 'tasmota' | 'zigbee2mqtt' | 'esphome' | 'homeassistant' | 'homie' | 'shelly' | 'sparkplug' | 'json'

export type AdoptRule = {
  readonly as: Family
  /** MQTT filters; the first that matches says what `$1` and so on stand for. */
  readonly topics: readonly string[]
  /** They are the family's own, not somebody's. */
  readonly isUsual: boolean
  /** What stands before the devices' part of a topic; empty where the filters say it all. */
  readonly root: string
  /** Makes the name from what each `+` stood for: `$1`. */
  readonly name: string
  /** Users who may speak for any device of the rule; others speak for themselves. */
  readonly from: readonly string[]
  /** A device that nobody declared is declared by its first sign of life; otherwise it is listed. */
  readonly create: boolean
  readonly terms: Terms
  /** Words that a device says of itself, in lower case. */
  readonly words: {
    readonly online: readonly string[]
    readonly offline: readonly string[]
    readonly failed: readonly string[]
  }
  /** How long a device that says it sleeps may be silent. */
  readonly sleep?: Duration
  /** Where JSON has what; RFC 6901. */
  readonly pointers: Pointers
}

export type Pointers = {
  readonly ok?: string
  readonly state?: string
  readonly at?: string
  readonly seq?: string
  readonly boot?: string
  readonly message?: string
  /** An object of numbers, or a number for each name. */
  readonly metrics?: string | Readonly<Record<string, string>>
}

/** A publish that one of a rule's filters matches. */
export type Matched = {
  readonly rule: AdoptRule
  readonly levels: readonly string[]
  /** What each `+` of the filter stood for. */
  readonly parts: readonly string[]
  /** What its `#` stood for. */
  readonly rest: readonly string[]
  readonly payload: Uint8Array
  readonly receivedAt: Instant
}

/** What a publish says of one device. */
export type Saying = {
  /** The device, as the rule's template names it: not yet a valid name. */
  readonly of: string
  /** What tells two devices apart whose names would be one; without it `of` does. */
  readonly source?: string
  /** Absent: nothing that anybody waits for. */
  readonly kind?: 'ok' | 'fail' | 'bye' | 'will'
  /** Not the device's word about its state: a sign of life that takes no complaint back. */
  readonly implied?: true
  /** What speaks for the device: its bridge, its edge node. */
  readonly parent?: string
  /** When it was true; absent: now. */
  readonly at?: Instant
  readonly next?: Duration
  readonly seq?: number
  readonly boot?: number
  /** Seconds since the device started. */
  readonly upS?: number
  /** A birth and the death that belongs to it carry the same number. */
  readonly session?: number
  readonly message?: string
  readonly metrics?: Readonly<Record<string, number>>
}

/** Undefined: no topic of the family. An empty list: an order to a device, which says nothing of it. */
export type Reader = (matched: Matched) => readonly Saying[] | undefined

/** An order to a device: good for who may speak for all of them. */
export const ORDER: readonly Saying[] = Object.freeze([])
