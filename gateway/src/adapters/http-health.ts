// How the gateway itself is: /healthz for those who restart it, /metrics for Prometheus.
import type { Counters } from '../app/counters.ts'
import type { Histogram } from '../app/histogram.ts'
import { whenever } from '../app/read.ts'
import type { Registry } from '../app/registry.ts'
import type { WatchdogStatus } from '../app/watchdog.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { VERDICTS } from '../domain/verdict.ts'
import type { BridgeStatus } from './bridge-world.ts'
import { bridgeItem } from './http-bridges.ts'
import type { Answer, Route } from './http-route.ts'
import { seriesItem } from './http-series.ts'
import type { SeriesStatus } from './influx-messages.ts'

export type Vitals = {
  readonly version: string
  readonly registry: Registry
  readonly counters: Counters
  /** What a commit takes, in seconds, and how many facts it brings. */
  readonly commits: { readonly seconds: Histogram; readonly facts: Histogram }
  now(): Instant
  ledger(): 'ok' | 'full' | 'closed'
  lastTickAt(): Instant
  tickLag(): Duration
  mqttClients(): number
  /** Undefined: nobody outside watches the gateway. */
  watchdog(): WatchdogStatus | undefined
  bridges(): readonly BridgeStatus[]
  /** Undefined: no time series are written. */
  series(): SeriesStatus | undefined
  /** Whether metrics need no token. */
  isPrivate(): boolean
}

/** A tick that is older than this says that silence is not judged. */
const OLDEST_TICK: Duration = 5 * SECOND

export function healthRoutes(vitals: Vitals): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      for: 'nobody',
      docs: { summary: 'Whether signals are accepted, the ledger commits and silence is judged: 200, else 503' },
      answer: () => health(vitals),
    },
    {
      method: 'GET',
      path: '/metrics',
      for: vitals.isPrivate() ? 'nobody' : 'read',
      docs: { summary: 'Figures for Prometheus' },
      answer: () => ({ status: 200, text: metrics(vitals), type: 'text/plain; version=0.0.4; charset=utf-8' }),
    },
  ]
}

function health({ version, registry, now, ledger, lastTickAt, watchdog, series, bridges }: Vitals): Answer {
  const status = watchdog()
  const isWell = ledger() === 'ok' && now() - lastTickAt() < OLDEST_TICK
  return {
    status: isWell ? 200 : 503,
    json: {
      status: isWell ? 'ok' : 'failing',
      uptime: Math.round(process.uptime()),
      ledger: ledger(),
      lastTickAt: whenever(lastTickAt()),
      heartbeats: registry.roster.size,
      tz: process.versions.tz,
      version,
      bridges: bridges().map(healthItem),
      series: series() === undefined ? null : seriesItem(series()),
      watchdog: status === undefined ? null : { ...status, lastPingAt: whenever(status.lastPingAt) },
    },
  }
}

/** Anybody may ask: not where the broker is, nor what it said. */
function healthItem(status: BridgeStatus): object {
  const { url: _, why: __, ...item } = bridgeItem(status)
  return item
}

/** Name, type and help of each, in the order of their lines. */
export const METRICS = {
  overdue_signals_accepted_total: ['counter', 'Signals acknowledged because they are on disk.'],
  overdue_signals_refused_total: ['counter', 'Signals not taken, by reason.'],
  overdue_devices_refused_total: ['counter', 'Connections that showed no good credential, by reason.'],
  overdue_signals_duplicate_total: ['counter', 'Signals that were delivered before and not counted again.'],
  overdue_signals_coalesced_total: ['counter', 'Signs of life that came too fast to be stored one by one.'],
  overdue_mqtt_connects_total: ['counter', 'MQTT connections that were let in.'],
  overdue_connections_refused_total: ['counter', 'MQTT connections that were not let in.'],
  overdue_signals_retained_ignored_total: ['counter', 'Publishes whose retain flag was ignored.'],
  overdue_alerts_taken_total: ['counter', 'Alerts that others posted and that are no signal.'],
  overdue_pages_total: ['counter', 'Pages by what became of them.'],
  overdue_commit_seconds: ['histogram', 'From handing over a group of facts to having it on disk.'],
  overdue_commit_facts: ['histogram', 'Facts in one commit.'],
  overdue_tick_lag_seconds: ['gauge', 'How much later than due the last tick came.'],
  overdue_heartbeats: ['gauge', 'Heartbeats by verdict.'],
  overdue_incidents_open: ['gauge', 'Incidents that are not resolved.'],
  overdue_incidents_muted: ['gauge', 'Open incidents that page nobody, by what mutes them.'],
  overdue_storms_open: ['gauge', 'Storms that are not over.'],
  overdue_channel_failed: ['gauge', '1 for each channel that can not be reached.'],
  overdue_series_writing: ['gauge', '1 while time series are taken by their server, 0 while they wait for it.'],
  overdue_series_lag_seconds: ['gauge', 'How far the time series are behind the ledger.'],
  overdue_series_points_total: ['counter', 'Points of time series written.'],
  overdue_series_dead: ['gauge', 'Points that the server refused for good, ever.'],
  overdue_bridge_hearing: ['gauge', '1 for each bridge that hears its broker, 0 while it is deaf.'],
  overdue_bridge_waiting: ['gauge', 'Messages of a bridge that are heard and not on disk.'],
  overdue_mqtt_clients: ['gauge', 'Devices connected over MQTT.'],
  overdue_uptime_seconds: ['gauge', 'Since the process began.'],
  overdue_resident_bytes: ['gauge', 'Memory of the process.'],
  overdue_build_info: ['gauge', 'Version of the gateway and of its time-zone data.'],
} as const

type MetricName = keyof typeof METRICS

/** The label of each counter, and its metric. */
const COUNTERS: Readonly<Record<string, readonly [MetricName, string]>> = {
  signals_accepted: ['overdue_signals_accepted_total', 'via'],
  signals_refused: ['overdue_signals_refused_total', 'reason'],
  devices_refused: ['overdue_devices_refused_total', 'reason'],
  signals_duplicate: ['overdue_signals_duplicate_total', ''],
  signals_coalesced: ['overdue_signals_coalesced_total', ''],
  mqtt_connects: ['overdue_mqtt_connects_total', ''],
  connections_refused: ['overdue_connections_refused_total', 'why'],
  signals_retained_ignored: ['overdue_signals_retained_ignored_total', ''],
  alerts_taken: ['overdue_alerts_taken_total', ''],
  pages: ['overdue_pages_total', 'outcome'],
}

function metrics(vitals: Vitals): string {
  const { registry, counters, commits } = vitals
  const samples = new Map<MetricName, string[]>()
  const add = (metric: MetricName, labels: Readonly<Record<string, string>>, value: number, suffix = '') => {
    const text = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`)
    const lines = samples.get(metric) ?? []
    lines.push(`${metric}${suffix}${text.length === 0 ? '' : `{${text.join(',')}}`} ${value}`)
    samples.set(metric, lines)
  }
  const addHistogram = (metric: MetricName, { bounds, counts, sum, count }: Histogram) => {
    let cumulated = 0
    bounds.forEach((bound, place) => {
      cumulated += counts[place] as number
      add(metric, { le: String(bound) }, cumulated, '_bucket')
    })
    add(metric, { le: '+Inf' }, count, '_bucket')
    add(metric, {}, sum, '_sum')
    add(metric, {}, count, '_count')
  }
  for (const [name, of, count] of counters.entries()) {
    const [metric, label] = COUNTERS[name] as readonly [MetricName, string]
    add(metric, label === '' ? {} : { [label]: of }, count)
  }
  addHistogram('overdue_commit_seconds', commits.seconds)
  addHistogram('overdue_commit_facts', commits.facts)
  add('overdue_tick_lag_seconds', {}, vitals.tickLag() / SECOND)
  for (const verdict of VERDICTS) add('overdue_heartbeats', { verdict }, registry.verdicts.get(verdict) ?? 0)
  add('overdue_incidents_open', {}, registry.openIncidents.size)
  for (const [by, count] of mutedBy(registry)) add('overdue_incidents_muted', { by }, count)
  add('overdue_storms_open', {}, [...registry.casebook.storms.open()].length)
  for (const channel of registry.failedChannels.keys()) add('overdue_channel_failed', { channel }, 1)
  const series = vitals.series()
  if (series !== undefined) {
    add('overdue_series_writing', {}, series.state === 'writing' ? 1 : 0)
    add('overdue_series_lag_seconds', {}, series.lagMs / SECOND)
    add('overdue_series_points_total', {}, series.points)
    add('overdue_series_dead', {}, series.dead)
  }
  for (const { name: bridge, state, waiting } of vitals.bridges()) {
    add('overdue_bridge_hearing', { bridge }, state === 'hearing' ? 1 : 0)
    add('overdue_bridge_waiting', { bridge }, waiting)
  }
  add('overdue_mqtt_clients', {}, vitals.mqttClients())
  add('overdue_uptime_seconds', {}, process.uptime())
  add('overdue_resident_bytes', {}, process.memoryUsage.rss())
  add('overdue_build_info', { version: vitals.version, tz: process.versions.tz ?? '' }, 1)
  const parts = (Object.keys(METRICS) as MetricName[]).map((metric) => {
    const [type, help] = METRICS[metric]
    return [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`, ...(samples.get(metric) ?? [])].join('\n')
  })
  return `${parts.join('\n')}\n`
}

function mutedBy(registry: Registry): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { mute } of registry.open()) if (mute !== undefined) counts.set(mute.by, (counts.get(mute.by) ?? 0) + 1)
  return counts
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
