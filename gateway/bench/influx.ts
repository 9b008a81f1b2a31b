// The row of the time series: what writing them costs those who ping, and an outage of their server: what the gateway
// holds meanwhile, and how fast it brings everything when the server is back.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServerProcess, startLoad } from './child-processes.ts'
import { type Bench, type GatewayProcess, startGateway, writeNamedConfig } from './gateway-process.ts'
import type { HttpLoad, HttpLoadOptions } from './load-http.ts'
import { percentile, residentBytesOf, type Window } from './measure.ts'
import { findInfluxd, type SeriesServer, seriesInfluxd, seriesSink } from './servers/series.ts'

export type Influx = {
  readonly without: readonly Pace[]
  readonly beside: readonly Pace[]
  readonly outages: readonly Outage[]
}

/** Pings as fast as they are answered, and how long answers take at a thousand pings a second. */
export type Pace = { readonly perSecond: number; readonly p99: number }

export type Outage = {
  readonly server: string
  readonly signals: number
  /** Put through the gateway in so long. */
  readonly signalSeconds: number
  /** Resident bytes: before, when everything was heard, the most ever until then, and when everything was brought. */
  readonly rss: Record<'before' | 'during' | 'peak' | 'after', number>
  readonly p99: Record<'before' | 'during', number>
  readonly points: number
  readonly drainSeconds: number
  readonly lost: number
}

const NAMES = 10_000
const SIGNALS_PER_SECOND = 1000
const SETTLE_SECONDS = 5
const DRAIN_WITHIN_SECONDS = 1800

export async function measureInflux(bench: Bench): Promise<Influx> {
  const without: Pace[] = []
  const beside: Pace[] = []
  for (let round = 1; round <= bench.rounds; round++) {
    without.push(await measurePace(bench))
    beside.push(await measurePace(bench, await seriesSink(bench.folder)))
    const [off, on] = [without.at(-1), beside.at(-1)].map((pace) => Math.round(pace?.perSecond ?? 0))
    console.error(`influx round ${round}/${bench.rounds}: ${off}/s without time series, ${on}/s with them`)
  }
  const outages = [await measureOutage(bench, await seriesSink(bench.folder))]
  const influxd = findInfluxd()
  if (influxd !== undefined) outages.push(await measureOutage(bench, await seriesInfluxd(influxd, bench.folder)))
  return { without, beside, outages }
}

async function measurePace(bench: Bench, server?: SeriesServer): Promise<Pace> {
  await using stack = new AsyncDisposableStack()
  if (server !== undefined) stack.defer(stopping(await server.start()))
  const gateway = await startFor(bench, stack, server)
  const busy: HttpLoadOptions = { ...loadOf(gateway), connections: 64, warmup: 2, seconds: bench.seconds, mode: 'busy' }
  const { perSecond } = await startLoad<Window>('load-http.ts', busy, bench.seconds + 30).result
  return { perSecond, p99: await p99Of(gateway, bench.seconds) }
}

async function measureOutage(bench: Bench, server: SeriesServer): Promise<Outage> {
  await using stack = new AsyncDisposableStack()
  let running: ServerProcess | undefined = await server.start()
  stack.defer(async () => await running?.stop())
  const gateway = await startFor(bench, stack, server)
  const p99Before = await p99Of(gateway, bench.seconds)
  await allWritten(gateway)
  const before = rssOf(gateway)
  const heard = await acceptedBy(gateway)
  const written = await server.signals()
  await running.stop()
  running = undefined

  const options: HttpLoadOptions = {
    ...{ ...loadOf(gateway), connections: 64, warmup: 0, seconds: DRAIN_WITHIN_SECONDS },
    ...{ mode: 'each', pipeline: 4, times: Math.ceil(bench.signals / NAMES) },
  }
  const { seconds: signalSeconds } = await startLoad<Window>('load-http.ts', options, options.seconds + 30).result
  await sleep(SETTLE_SECONDS * 1000)
  const p99During = await p99Of(gateway, bench.seconds)
  const [during, peak] = [rssOf(gateway), residentBytesOf(gateway.pid)?.peak ?? Number.NaN]
  const signals = (await acceptedBy(gateway)) - heard
  console.error(`influx: ${signals} signals while ${server.name} was away`)

  const pointsBefore = (await seriesOf(gateway)).points
  running = await server.start()
  while ((await seriesOf(gateway)).points === pointsBefore) await sleep(50)
  const begun = performance.now()
  await allWritten(gateway)
  const drainSeconds =
    server.drainSeconds === undefined ? (performance.now() - begun) / 1000 : await server.drainSeconds()
  const points = (await seriesOf(gateway)).points - pointsBefore
  const lost = heard + signals - (server.forgets ? written : 0) - (await server.signals())
  const rss = { before, during, peak, after: rssOf(gateway) }
  return {
    server: server.name,
    signals,
    signalSeconds,
    rss,
    p99: { before: p99Before, during: p99During },
    points,
    drainSeconds,
    lost,
  }
}

async function startFor(bench: Bench, stack: AsyncDisposableStack, server?: SeriesServer): Promise<GatewayProcess> {
  const data = mkdtempSync(join(bench.folder, 'influx-'))
  const env = server === undefined ? {} : { INFLUX_URL: server.url }
  const gateway = await startGateway(bench, data, writeNamedConfig(bench, NAMES), env)
  stack.defer(async () => {
    await gateway.stop()
    rmSync(data, { recursive: true, force: true })
  })
  return gateway
}

async function p99Of(gateway: GatewayProcess, seconds: number): Promise<number> {
  const options: HttpLoadOptions = {
    ...{ ...loadOf(gateway), connections: 16, warmup: 1, seconds },
    ...{ mode: 'rate', rate: SIGNALS_PER_SECOND },
  }
  const { trips = [] } = await startLoad<HttpLoad>('load-http.ts', options, seconds + 30).result
  return percentile(
    trips.map(([, ms]) => ms),
    0.99,
  )
}

type Series = { readonly state: string; readonly lagFacts: number; readonly points: number }

/** Until the server has everything that is on disk. */
async function allWritten(gateway: GatewayProcess): Promise<void> {
  const limit = performance.now() + DRAIN_WITHIN_SECONDS * 1000
  for (let quiet = 0; quiet < 3; ) {
    if (performance.now() > limit) throw new Error(`the time series were not brought within ${DRAIN_WITHIN_SECONDS} s`)
    const { state, lagFacts } = await seriesOf(gateway)
    quiet = state === 'writing' && lagFacts === 0 ? quiet + 1 : 0
    await sleep(quiet === 0 ? 50 : 1000)
  }
}

async function seriesOf({ port }: GatewayProcess): Promise<Series> {
  const health = await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()
  return (health as { series: Series }).series
}

async function acceptedBy({ port }: GatewayProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return [...metrics.matchAll(/^overdue_signals_accepted_total\{.*\} (\d+)/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  )
}

function loadOf({ port, pid }: GatewayProcess): Pick<HttpLoadOptions, 'port' | 'serverPid' | 'names'> {
  return { port, serverPid: pid, names: NAMES }
}

function rssOf({ pid }: GatewayProcess): number {
  return residentBytesOf(pid)?.now ?? Number.NaN
}

function stopping({ stop }: ServerProcess): () => Promise<void> {
  return () => stop()
}
