// The gateway's own figures, as one point every few seconds: counts since the point before, and how things stand.
import type { Duration, Instant } from '../domain/time.ts'
import type { Counters } from './counters.ts'
import type { Histogram } from './histogram.ts'
import type { Registry } from './registry.ts'
import type { Point } from './series-point.ts'

export type Standing = {
  readonly instance: string
  readonly registry: Registry
  readonly tickLag: Duration
  readonly mqttClients: number
  readonly channels: number
  /** Bytes and seconds of the process and its disk. */
  readonly rss: number
  readonly uptime: number
  readonly ledgerBytes: number
  readonly freeBytes: number
}

export class GatewaySampler {
  readonly #counters: Counters
  readonly #commits: { readonly seconds: Histogram; readonly facts: Histogram }
  #before: ReturnType<GatewaySampler['totals']>

  constructor(counters: Counters, commits: { readonly seconds: Histogram; readonly facts: Histogram }) {
    this.#counters = counters
    this.#commits = commits
    this.#before = this.totals()
  }

  sample(at: Instant, standing: Standing): Point<'hb_gateway'> {
    const [before, now] = [this.#before, this.totals()]
    this.#before = now
    const commits = now.commits.map((count, place) => count - (before.commits[place] as number))
    const { registry } = standing
    return {
      measurement: 'hb_gateway',
      tags: { instance: standing.instance },
      fields: {
        signals: now.signals - before.signals,
        refused: now.refused - before.refused,
        duplicates: now.duplicates - before.duplicates,
        facts: now.facts - before.facts,
        commit_p50_ms: quantile(this.#commits.seconds.bounds, commits, 0.5),
        commit_p99_ms: quantile(this.#commits.seconds.bounds, commits, 0.99),
        tick_lag_ms: standing.tickLag,
        heartbeats: registry.roster.size,
        incidents: registry.openIncidents.size,
        storms: [...registry.casebook.storms.open()].length,
        mqtt_clients: standing.mqttClients,
        mqtt_connects: now.connects - before.connects,
        pages_waiting: registry.unsettled.size,
        channels: standing.channels,
        channels_failed: registry.failedChannels.size,
        rss_bytes: standing.rss,
        ledger_bytes: standing.ledgerBytes,
        free_bytes: standing.freeBytes,
        uptime_s: standing.uptime,
      },
      at,
      seq: 0,
    }
  }

  private totals() {
    const totals = { signals: 0, refused: 0, duplicates: 0, connects: 0, facts: this.#commits.facts.sum }
    for (const [name, , count] of this.#counters.entries()) {
      if (name === 'signals_accepted') totals.signals += count
      if (name === 'signals_refused') totals.refused += count
      if (name === 'mqtt_connects') totals.connects += count
      if (name === 'signals_duplicate') totals.duplicates += count
    }
    return { ...totals, commits: [...this.#commits.seconds.counts] }
  }
}

/** In ms, within the bounds (in seconds) between which it lies, evenly; undefined of nothing. */
function quantile(bounds: readonly number[], counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let left = share * total
  for (const [place, count] of counts.entries()) {
    const [low, high] = [bounds[place - 1] ?? 0, bounds[place] ?? (bounds.at(-1) as number)]
    if (count > 0 && left <= count) return 1_000 * (low + (high - low) * (left / count))
    left -= count
  }
  return 1_000 * (bounds.at(-1) as number)
}
