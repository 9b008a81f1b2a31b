// What the main thread and the thread that writes time series say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { Detail } from '../app/series-point.ts'
import type { Duration, Instant } from '../domain/time.ts'
import type { Flavor, InfluxTarget } from './influx-target.ts'
import type { DeadPoint, Sample } from './series-store.ts'

export type SeriesSettings = {
  readonly target: InfluxTarget
  /** Name of this gateway. */
  readonly instance: string
  readonly detail: Detail
  /** Of groups that differ. */
  readonly details: Readonly<Record<string, Detail>>
}

export type CourierData = {
  readonly settings: SeriesSettings
  readonly folder: string
  /** To read the ledger over. */
  readonly ledger: MessagePort
  /** Number of the latest fact. */
  readonly latest: number
}

export type ToCourier =
  /** Nothing seen before `until` will have a higher number than `seq`. */
  | { readonly kind: 'heard'; readonly until: Instant; readonly seq: number }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'dead'; readonly id: number; readonly before: number; readonly limit: number }
  | { readonly kind: 'close' }

export type FromCourier =
  | { readonly kind: 'status'; readonly status: SeriesStatus }
  | { readonly kind: 'log'; readonly fact: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'answer'; readonly id: number; readonly value: readonly DeadPoint[] }
  | { readonly kind: 'closed' }

/** `waiting`: the server does not take anything now, for a reason; nothing is lost meanwhile. `broken`: begins again soon. */
export type SeriesStatus = {
  readonly state: 'connecting' | 'writing' | 'waiting' | 'broken'
  readonly flavor?: Flavor
  readonly because?: 'unreachable' | 'unauthorized' | 'missing' | 'busy'
  readonly why?: string
  /** Since when it waits. */
  readonly since?: Instant
  /** How far behind the ledger it is. */
  readonly lagMs: Duration
  readonly lagFacts: number
  /** Written since the start, and refused for good ever. */
  readonly points: number
  readonly dead: number
}
