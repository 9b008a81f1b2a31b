// The row of a deadline's way to the webhook: among the million, under a thousand signals a second, probes fall silent.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from './child-processes.ts'
import {
  type Bench,
  type GatewayProcess,
  signalEach,
  sinkChannel,
  startGateway,
  writeConfig,
} from './gateway-process.ts'
import type { HttpLoadOptions } from './load-http.ts'
import { cpuSecondsOf, median, percentile, type Window } from './measure.ts'
import { delaysOf, probeConfig, probeSeconds, runProbes } from './probes.ts'
import { arrivalsOf } from './servers/sink-client.ts'
import { startSink } from './servers/start.ts'

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
/** The probes start, and so end, spread over this time. */
const SPREAD_SECONDS = 20
const SIGNALS_PER_SECOND = 1000

export async function measureLatency(bench: Bench): Promise<Latency> {
  const data = mkdtempSync(join(bench.folder, 'latency-'))
  const sink = await startSink(bench.folder)
  const channels = `channels:\n${sinkChannel('sink', sink.port)}webhooks: { allow: [127.0.0.0/8] }\n`
  const config = `signals: { open: true }\n${channels}${probeConfig(PROBES, ['sink'])}`
  const gateway = await startGateway(bench, data, writeConfig(bench, 'latency.yaml', config))
  try {
    // Expected once a day, the others stay silent without an incident while the probes are measured.
    await signalEach(bench, gateway, '?create=1&every=1d')
    await sleep(5000)
    console.error(`latency: ${bench.heartbeats} heartbeats seeded`)
    return await measureProbes(bench, gateway, sink.port)
  } finally {
    await gateway.stop()
    await sink.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

async function measureProbes(bench: Bench, gateway: GatewayProcess, sinkPort: number): Promise<Latency> {
  const load: HttpLoadOptions = {
    port: gateway.port,
    serverPid: gateway.pid,
    connections: 16,
    names: bench.heartbeats,
    warmup: 1,
    seconds: probeSeconds(SPREAD_SECONDS),
    mode: 'rate',
    rate: SIGNALS_PER_SECOND,
  }
  const background = startLoad<Window>('load-http.ts', load, load.seconds + 30)
  const cpu0 = cpuSecondsOf(gateway.pid)
  const t0 = performance.now()
  const expected = await runProbes(gateway, PROBES, SPREAD_SECONDS)
  const cpu1 = cpuSecondsOf(gateway.pid)
  const seconds = (performance.now() - t0) / 1000
  const window = await background.result
  const arrivals = await arrivalsOf(sinkPort)
  const delays = delaysOf(arrivals, PROBES)
  const off = arrivals.map(({ name, deadline }) => Math.abs(deadline - (expected[numberOf(name) - 1] ?? Number.NaN)))
  return {
    heartbeats: bench.heartbeats,
    probes: PROBES,
    arrived: arrivals.length,
    p50: median(delays),
    p99: percentile(delays, 0.99),
    max: Math.max(...delays),
    deadlineOff: median(off),
    cores: cpu0 === undefined || cpu1 === undefined ? undefined : (cpu1 - cpu0) / seconds,
    signalsPerSecond: window.perSecond,
  }
}

function numberOf(probe: string): number {
  return Number(probe.slice(probe.lastIndexOf('-') + 1))
}
