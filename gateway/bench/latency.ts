// The row of a deadline's way to the webhook: among the million, under a thousand signals a second, short-lived
// probes are pinged for a while, then fall silent one after the other; the sink notes when their webhooks come.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startLoad, startServer } from './child-processes.ts'
import { type Bench, type GatewayProcess, signalEach, startGateway, writeOpenConfig } from './gateway-process.ts'
import type { HttpLoadOptions } from './load-http.ts'
import { cpuSecondsOf, median, percentile, type Window } from './measure.ts'
import type { Arrival } from './servers/sink.ts'

export type Latency = {
  heartbeats: number
  probes: number
  arrived: number
  /** Milliseconds from the incident's deadline to the arrival of its webhook's head. */
  p50: number
  p99: number
  max: number
  /** How far, at the median, the incident's deadline lies from the one the bench expected, in milliseconds. */
  deadlineOff: number
  /** Share of one core the gateway used meanwhile. */
  cores: number | undefined
  signalsPerSecond: number
}

const PROBES = 200
const PINGS = 4
const GRACE_SECONDS = 2
const LONGEST_PERIOD_SECONDS = 5
/** The probes start, and so end, spread over this time. */
const SPREAD_SECONDS = 20
const SIGNALS_PER_SECOND = 1000

export async function measureLatency(bench: Bench): Promise<Latency> {
  const data = mkdtempSync(join(bench.folder, 'latency-'))
  const sinkPort = await freePort()
  const sink = await startServer({
    command: process.execPath,
    args: [new URL('servers/sink.ts', import.meta.url).pathname, String(sinkPort)],
    port: sinkPort,
    log: join(bench.folder, 'sink.log'),
  })
  const gateway = await startGateway(bench, data, writeOpenConfig(bench, sinkPort))
  try {
    // Expected once a day, the others stay silent without an incident while the probes are measured.
    await signalEach(bench, gateway, '?create=1&every=1d')
    await sleep(5000)
    console.error(`latency: ${bench.heartbeats} heartbeats seeded`)
    return await measureProbes(bench, gateway, sinkPort)
  } finally {
    await gateway.stop()
    await sink.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

async function measureProbes(bench: Bench, gateway: GatewayProcess, sinkPort: number): Promise<Latency> {
  const tail = LONGEST_PERIOD_SECONDS + GRACE_SECONDS + 3
  const load: HttpLoadOptions = {
    port: gateway.port,
    serverPid: gateway.pid,
    connections: 16,
    names: bench.heartbeats,
    warmup: 1,
    seconds: SPREAD_SECONDS + PINGS + tail,
    mode: 'rate',
    rate: SIGNALS_PER_SECOND,
  }
  const background = startLoad<Window>('load-http.ts', load, load.seconds + 30)
  const cpu0 = cpuSecondsOf(gateway.pid)
  const t0 = performance.now()
  const expected = new Map<string, number>()
  await Promise.all(
    Array.from({ length: PROBES }, async (_, i) => {
      await sleep((i / PROBES) * SPREAD_SECONDS * 1000)
      expected.set(`probe-${i + 1}`, await pingProbe(gateway, i))
    }),
  )
  await sleep(tail * 1000)
  const cpu1 = cpuSecondsOf(gateway.pid)
  const seconds = (performance.now() - t0) / 1000
  const window = await background.result
  const arrivals = (await (await fetch(`http://127.0.0.1:${sinkPort}/`)).json()) as Arrival[]
  const delays = arrivals.map(({ arrived, deadline }) => arrived - deadline)
  // A webhook that has not come counts as one that never will.
  while (delays.length < PROBES) delays.push(Number.POSITIVE_INFINITY)
  return {
    heartbeats: bench.heartbeats,
    probes: PROBES,
    arrived: arrivals.length,
    p50: median(delays),
    p99: percentile(delays, 0.99),
    max: Math.max(...delays),
    deadlineOff: median(arrivals.map(({ name, deadline }) => Math.abs(deadline - (expected.get(name) ?? Number.NaN)))),
    cores: cpu0 === undefined || cpu1 === undefined ? undefined : (cpu1 - cpu0) / seconds,
    signalsPerSecond: window.perSecond,
  }
}

/** Pings one probe each second for a while, creating it; gives the deadline its last ping has set. */
async function pingProbe(gateway: GatewayProcess, index: number): Promise<number> {
  const every = 2 + (index % (LONGEST_PERIOD_SECONDS - 1))
  const query = `create=1&every=${every}s&grace=${GRACE_SECONDS}s`
  let at = 0
  for (let ping = 0; ping < PINGS; ping++) {
    if (ping > 0) await sleep(1000)
    at = Date.now()
    const response = await fetch(`http://127.0.0.1:${gateway.port}/ping/probe-${index + 1}?${query}`)
    if (!response.ok) throw new Error(`a probe's ping got ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
  return at + (every + GRACE_SECONDS) * 1000
}
