// What a document says, as it is written: every key may be absent, texts are not read yet.
// shape.ts has the same as a schema, and does not compile when the two differ.

import type { AdoptFields } from './fields-adopt.ts'
import type { BridgeFields, LimitsFields, ListenFields } from './fields-listen.ts'

export type { BridgeFields, LimitsFields, ListenFields } from './fields-listen.ts'

type Level = 'warning' | 'critical'

/** The keys of a heartbeat that `defaults` and `signals.create` may have as well. */
export type TermsFields = {
  description?: string
  owner?: string
  tags?: string[]
  group?: string
  parent?: string
  every?: string
  cron?: string
  calendar?: string
  window?: string
  on?: string | number
  schedule?: 'none'
  zone?: string
  grace?: string
  startWithin?: string
  finishWithin?: string
  tolerate?: number
  recoverAfter?: number
  slow?: number | 'off' | false
  early?: 'on' | 'off' | boolean
  policy?: string
  severity?: Level
  unseen?: 'page' | 'wait'
  runbook?: string
  will?: 'ignore' | 'suspect' | 'down'
  resume?: 'signal' | 'manual'
}

export type HeartbeatFields = TermsFields & { name?: string; key?: string }

/** One of the kinds beside the name. */
export type ChannelFields = { name?: string } & ChannelKindFields

export type ChannelKindFields = {
  webhook?: { url?: string; secret?: string | string[] }
  slack?: { url?: string }
  discord?: { url?: string }
  teams?: { url?: string }
  irm?: { url?: string }
  ntfy?: { url?: string; topic?: string; token?: string }
  pagerduty?: { routingKey?: string; url?: string }
  alertmanager?: { url?: string; api?: 'webhook' | 'v2' }
  email?: { smtp?: string; password?: string; from?: string; to?: string[] }
  template?: { url?: string; body?: string; headers?: Record<string, string>; contentType?: string }
}

export type DeviceFields = { name?: string; token?: string }

export type ResponderFields = { name?: string; page?: string[] }

export type LayerFields = {
  rotate?: string[]
  every?: string
  handoff?: string
  hours?: string
  on?: string | number
  from?: string
  to?: string
}

export type OverrideFields = { who?: string; from?: string; to?: string }

export type OnCallFields = {
  name?: string
  zone?: string
  layers?: (LayerFields | undefined)[]
  overrides?: (OverrideFields | undefined)[]
}

export type StepFields = {
  page?: string[]
  after?: string
  severity?: Level
  hours?: string
  on?: string | number
  zone?: string
  outside?: 'wait' | 'skip'
  repeat?: { every?: string; times?: number }
}

export type PolicyFields = {
  name?: string
  ackTimeout?: string
  fallback?: string[]
  steps?: (StepFields | undefined)[]
}

/** How many series a group is worth. */
export type Detail = 'all' | 'transitions' | 'aggregate'
export type InfluxFields = {
  url?: string
  flavor?: 'auto' | 'v1' | 'v2' | 'v3' | 'victoriametrics'
  database?: string
  retentionPolicy?: string
  org?: string
  token?: string
  username?: string
  password?: string
  series?: Detail
  groups?: Record<string, Detail>
  instance?: string
}

export type WatchdogFields = { url?: string; every?: string }

export type GrafanaFields = { token?: string; annotations?: { url?: string; token?: string } }
export type AlertmanagerFields = { url?: string; every?: string; username?: string; password?: string; token?: string }

type Patterns = string | string[]
export type MatchFields = {
  name?: Patterns
  names?: Patterns
  tag?: Patterns
  tags?: Patterns
  group?: Patterns
  groups?: Patterns
  owner?: Patterns
  owners?: Patterns
  severity?: Level
  all?: true
}
export type MuteFields = {
  name?: string
  match?: MatchFields
  from?: string
  to?: string
  cron?: string
  zone?: string
  for?: string
  by?: string
  reason?: string
}

/** What anybody may see. */
export type PublicFields = { groups?: List<string>; badges?: boolean; descriptions?: boolean }
export type DrillFields = { heartbeat?: string; cron?: string; zone?: string }

/** An item that was no such thing at all is undefined, so that the others keep their index. */
type List<T> = (T | undefined)[]

export type DocumentFields = {
  listen?: ListenFields
  limits?: LimitsFields
  data?: string
  retention?: { facts?: string; bodies?: string }
  bodies?: { keep?: string }
  zone?: string
  url?: string
  signals?: {
    open?: 'auto' | boolean
    denied?: 'drop' | 'close'
    pingKey?: string
    create?: 'auto' | boolean | TermsFields
  }
  bridges?: List<BridgeFields>
  channels?: List<ChannelFields>
  devices?: List<DeviceFields>
  webhooks?: { allow?: List<string> }
  watchdog?: WatchdogFields
  public?: PublicFields
  grafana?: GrafanaFields
  alertmanager?: AlertmanagerFields
  responders?: List<ResponderFields>
  oncall?: List<OnCallFields>
  policies?: List<PolicyFields>
  silences?: List<MuteFields>
  maintenance?: List<MuteFields>
  defaults?: TermsFields
  heartbeats?: List<HeartbeatFields>
  drills?: List<DrillFields>
  adopt?: List<AdoptFields>
  influx?: InfluxFields
}
