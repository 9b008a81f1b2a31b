// What a parsed configuration is: every default filled in, every name resolved, nothing left to check.
import type { PlannedDrill } from '../domain/drill.ts'
import type { Policy } from '../domain/escalation.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Mute } from '../domain/mute.ts'
import type { Name } from '../domain/names.ts'
import type { OnCall } from '../domain/oncall.ts'
import type { Duration } from '../domain/time.ts'
import type { Detail } from './fields.ts'
import type { Family } from './fields-adopt.ts'

export type Address = { readonly host: string; readonly port: number }

/** PEM; the key is a secret. With `ca`, clients may or must show a certificate of it. */
export type TlsSettings = {
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly clients: 'optional' | 'required'
}

/** Of MQTT: connections, and signals of one heartbeat that are stored one by one. */
export type Limits = {
  readonly connections: number
  readonly perAddress: number
  readonly perSecond: number
  readonly signals: { readonly perSecond: number; readonly burst: number }
}

/** One way to reach a human; URLs, keys, tokens, topics, headers and passwords are secrets. */
export type ChannelSettings = { readonly name: string } & ChannelKind

export type ChannelKind =
  | { readonly kind: 'webhook'; readonly url: string; readonly secrets: readonly string[] }
  | { readonly kind: 'slack' | 'discord' | 'teams' | 'irm'; readonly url: string }
  | { readonly kind: 'ntfy'; readonly url: string; readonly topic: string; readonly token?: string }
  /** Without a URL it is PagerDuty's own. */
  | { readonly kind: 'pagerduty'; readonly routingKey: string; readonly url?: string }
  | { readonly kind: 'alertmanager'; readonly url: string; readonly api: 'webhook' | 'v2' }
  | { readonly kind: 'email'; readonly server: SmtpServer; readonly from: string; readonly to: readonly string[] }
  | {
      readonly kind: 'template'
      readonly url: string
      readonly body: string
      readonly headers: Readonly<Record<string, string>>
      readonly contentType: string
    }

export type SmtpServer = {
  /** As a URL has it: IPv4 in its dotted form, IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** TLS from the first byte. */
  readonly isSecure: boolean
  readonly login?: { readonly user: string; readonly password: string }
}

/** An Alertmanager that is told what is wrong; `authorization` is a header, and a secret. */
export type AlertmanagerSettings = { readonly url: string; readonly every: Duration; readonly authorization?: string }

/** A device, and its token, which is a secret. */
export type DeviceSettings = { readonly name: string; readonly token: string }

/** A person, and the channels that reach them, by name. */
export type ResponderSettings = { readonly name: string; readonly page: readonly string[] }

/** Token and password are secrets. */
export type InfluxSettings = {
  readonly target: {
    readonly url: string
    readonly flavor: 'auto' | 'v1' | 'v2' | 'v3' | 'victoriametrics'
    readonly database: string
    readonly org?: string
    readonly token?: string
    readonly username?: string
    readonly password?: string
    readonly retentionPolicy?: string
  }
  /** Name of this gateway; absent: the host's. */
  readonly instance?: string
  /** How many series each group is worth, where `details` has nothing else for it. */
  readonly detail: Detail
  readonly details: Readonly<Record<string, Detail>>
}

/** A broker that somebody else runs, and what is heard there. The password is a secret. */
export type BridgeSettings = {
  readonly name: string
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Paths of PEM files, read at each connection. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Absent: made from the name and what tells this gateway from others. */
  readonly clientId?: string
  readonly root: string
  /** Of the shared subscription. */
  readonly group: string
  /** False: each gateway hears all. `auto`: shared for as long as it works and nobody else has a part of it. */
  readonly shared: 'auto' | boolean
  readonly version: 'auto' | 4 | 5
  /** Filters besides what is below the root. */
  readonly topics: readonly string[]
  /** Absent: made from the root and what tells this gateway from others. */
  readonly canary?: string
}

/** A heartbeat that the file declares. */
export type Declaration = { readonly name: Name; readonly terms: Terms; readonly key?: string }

/** Topics that devices publish anyway, as heartbeats. */
export type AdoptSettings = {
  readonly as: Family
  readonly topics: readonly string[]
  /** The topics are the family's own. */
  readonly isUsual: boolean
  readonly root: string
  /** With `$1` for what the first `+` stands for. */
  readonly name: string
  readonly from: readonly string[]
  readonly create: boolean
  readonly terms: Terms
  /** In lower case. */
  readonly words: Readonly<Record<'online' | 'offline' | 'failed', readonly string[]>>
  readonly sleep?: Duration
  readonly pointers: {
    readonly [Key in 'ok' | 'state' | 'at' | 'seq' | 'boot' | 'message']?: string
  } & { readonly metrics?: string | Readonly<Record<string, string>> }
}

export type Settings = {
  /** Path of the file they came from; empty: none. */
  readonly file: string
  readonly http: Address
  readonly mqtt: Address | 'off'
  /** With TLS; absent: off. */
  readonly mqtts?: { readonly address: Address; readonly tls: TlsSettings }
  /** CIDRs whose connections to the MQTT ports begin with a header of the PROXY protocol. */
  readonly proxies: readonly string[]
  readonly limits: Limits
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
    /** Whether a device that publishes where it may not keeps its connection. */
    readonly denied: 'drop' | 'close'
  }
  readonly bridges: readonly BridgeSettings[]
  readonly channels: readonly ChannelSettings[]
  /** CIDRs that webhooks may reach beyond public addresses. */
  readonly allow: readonly string[]
  /** What anybody may see without a token: status pages of groups, badges of everything, descriptions on those pages. */
  readonly published: { readonly groups: readonly string[]; readonly badges: boolean; readonly descriptions: boolean }
  /** Who is pinged for as long as the gateway is well. */
  readonly watchdog?: { readonly url: string; readonly every: Duration }
  /** `token`: good for what Grafana calls here. `annotations`: where Grafana is told, with a token of its own making. */
  readonly grafana: {
    readonly token?: string
    readonly annotations?: { readonly url: string; readonly token: string }
  }
  readonly alertmanager?: AlertmanagerSettings
  readonly responders: readonly ResponderSettings[]
  readonly oncall: readonly OnCall[]
  readonly policies: readonly Policy[]
  /** Silences and maintenance windows. */
  readonly mutes: readonly Mute[]
  readonly defaults: Terms
  readonly heartbeats: readonly Declaration[]
  readonly drills: readonly PlannedDrill[]
  readonly devices: readonly DeviceSettings[]
  /** The first whose topics match is asked. */
  readonly adopt: readonly AdoptSettings[]
  /** Where the time series go; absent: nowhere. */
  readonly influx?: InfluxSettings
  readonly log: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly adminToken?: string
}
