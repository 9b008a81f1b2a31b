// Time series for people: the thread that writes them, and anew when the configuration changes; and once in a while the
// gateway's own figures.
import { hostname } from 'node:os'
import { systemClock as clock } from './adapters/clock.ts'
import { InfluxLink } from './adapters/influx-link.ts'
import type { SeriesStatus } from './adapters/influx-messages.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Store } from './adapters/ledger-store.ts'
import type { Log } from './adapters/log.ts'
import type { DeadPoint } from './adapters/series-store.ts'
import { startTicker } from './adapters/ticker.ts'
import { stepBefore } from './app/chronicle.ts'
import { GatewaySampler } from './app/gateway-sample.ts'
import type { Histogram } from './app/histogram.ts'
import type { Watch } from './app/watch.ts'
import type { Settings } from './config/settings.ts'
import { type Instant, SECOND } from './domain/time.ts'

export type Series = {
  configure(settings: Settings): Promise<void>
  /** Undefined: no time series are written. */
  status(): SeriesStatus | undefined
  /** Undefined: they can't be read at the moment. */
  dead(before: number, limit: number): Promise<readonly DeadPoint[] | undefined>
  close(): Promise<void>
}

export type SeriesWorld = {
  readonly watch: Watch<SqliteLedger>
  readonly store: Store
  readonly folder: string
  readonly commits: { readonly seconds: Histogram; readonly facts: Histogram }
  readonly log: Log
  mqttClients(): number
}

export function startSeries({ watch, store, folder, commits, log, mqttClients }: SeriesWorld): Series {
  const { ledger, registry, counters } = watch
  const sampler = new GatewaySampler(counters, commits)
  let link: InfluxLink | undefined
  let known = ''
  let instance = ''
  /** The process was not there for all of the seconds in which it begins. */
  let sampledAt = stepBefore(clock.now())

  async function sample(at: Instant): Promise<void> {
    const { bytes, logBytes, freeBytes } = await store.sizes()
    const point = sampler.sample(at, {
      ...{ instance, registry, tickLag: watch.tickLag, mqttClients: mqttClients(), freeBytes },
      channels: watch.scene.channels.length,
      rss: process.memoryUsage.rss(),
      uptime: Math.round(process.uptime()),
      ledgerBytes: bytes + logBytes,
    })
    link?.sample({ at, point })
  }

  const stopTicker = startTicker(SECOND, clock.now, (now) => {
    if (link === undefined) return
    link.heard(watch.lastTickAt, ledger.latest)
    const due = stepBefore(now)
    if (due === sampledAt) return
    sampledAt = due
    // Without the ledger there are no figures, and the gateway ends anyway.
    void sample(due).catch(() => {})
  })

  async function replace(influx: Settings['influx']): Promise<void> {
    const text = JSON.stringify(influx ?? '')
    if (text === known) return
    known = text
    await link?.close()
    link = undefined
    if (influx === undefined) return
    instance = influx.instance ?? hostname()
    const reader = () => ({ port: store.reader(), latest: ledger.latest })
    link = new InfluxLink({ ...influx, instance }, { folder, log, ledger: reader })
  }

  /** One after the other: two threads can't have the same place on disk. */
  let turn: Promise<void> = Promise.resolve()
  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work)
    return turn
  }

  return {
    configure: ({ influx }) => inTurn(() => replace(influx)),
    status: () => link?.status,
    dead: (before, limit) => link?.dead(before, limit) ?? Promise.resolve([]),
    close() {
      stopTicker()
      return inTurn(() => replace(undefined))
    },
  }
}
