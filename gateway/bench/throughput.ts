// The rows of signals per second: the gateway and its yardsticks under the same load, in interleaved rounds, each
// round in fresh processes with only one server running at a time.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, startLoad } from './child-processes.ts'
import { type Bench, gatewayExists, startGateway, writeNamedConfig } from './gateway-process.ts'
import type { HttpLoadOptions } from './load-http.ts'
import type { MqttLoadOptions } from './load-mqtt.ts'
import { median, type Window } from './measure.ts'
import { findMosquitto, startBareAedes, startBareFastify, startMosquitto } from './servers/start.ts'

export type ThroughputRow = 'http' | 'qos1-50' | 'qos1-200'

export type Throughput = {
  row: ThroughputRow
  title: string
  goal: number
  /** The server the gateway is held against. */
  yardstick: string
  servers: Array<{ name: string; rounds: Window[] }>
  /** The gateway's rate by the yardstick's, of each round, then the median; undefined without a gateway. */
  ratio: number | undefined
}

const NAMES = 100_000
const WARMUP_SECONDS = 2
const SHAPES = {
  http: { title: 'HTTP pings/s, 64 connections', goal: 0.85, connections: 64, inFlight: 1 },
  'qos1-50': { title: 'QoS 1 publishes/s, 50 connections × 20 in flight', goal: 1, connections: 50, inFlight: 20 },
  'qos1-200': { title: 'QoS 1 publishes/s, 200 connections × 1 in flight', goal: 1, connections: 200, inFlight: 1 },
}

type Contestant = { name: string; start: () => Promise<ServerProcess> }

export async function measureThroughput(bench: Bench, row: ThroughputRow): Promise<Throughput> {
  const { title, goal } = SHAPES[row]
  const contestants = contestantsOf(bench, row)
  const servers = contestants.map(({ name }) => ({ name, rounds: [] as Window[] }))
  for (let round = 1; round <= bench.rounds; round++) {
    for (const [i, { name, start }] of contestants.entries()) {
      const server = await start()
      try {
        const window = await loadOf(bench, row, server)
        servers[i]!.rounds.push(window)
        console.error(`${row} round ${round}/${bench.rounds}: ${name} ${Math.round(window.perSecond)}/s`)
      } finally {
        await server.stop()
      }
    }
  }
  const yardstick = row === 'http' ? 'bare Fastify' : 'bare aedes'
  const base = servers.find(({ name }) => name === yardstick)!.rounds
  const gateway = servers.find(({ name }) => name === 'gateway')?.rounds
  const ratio = gateway && median(gateway.map(({ perSecond }, i) => perSecond / base[i]!.perSecond))
  return { row, title, goal, yardstick, servers, ratio }
}

function contestantsOf(bench: Bench, row: ThroughputRow): Contestant[] {
  const contestants: Contestant[] = []
  const http = row === 'http'
  if (http) contestants.push({ name: 'bare Fastify', start: () => startBareFastify(bench.folder) })
  else contestants.push({ name: 'bare aedes', start: () => startBareAedes(bench.folder) })
  if (gatewayExists(bench)) contestants.push({ name: 'gateway', start: () => startNamedGateway(bench, http) })
  const mosquitto = http ? undefined : findMosquitto()
  if (mosquitto) contestants.push({ name: 'mosquitto', start: () => startMosquitto(mosquitto, bench.folder) })
  return contestants
}

/** A gateway that knows all the names, on an empty data folder of its own. */
async function startNamedGateway(bench: Bench, http: boolean): Promise<ServerProcess> {
  const data = mkdtempSync(join(bench.folder, 'data-'))
  const gateway = await startGateway(bench, data, writeNamedConfig(bench, NAMES))
  const stop = async (): Promise<void> => {
    await gateway.stop()
    rmSync(data, { recursive: true, force: true })
  }
  return { ...gateway, port: http ? gateway.port : gateway.mqttPort, stop }
}

function loadOf(bench: Bench, row: ThroughputRow, server: ServerProcess): Promise<Window> {
  const { connections, inFlight } = SHAPES[row]
  const shared = { port: server.port, serverPid: server.pid, connections, names: NAMES, warmup: WARMUP_SECONDS }
  const limit = WARMUP_SECONDS + bench.seconds + 30
  if (row === 'http') {
    const options: HttpLoadOptions = { ...shared, seconds: bench.seconds, mode: 'busy' }
    return startLoad<Window>('load-http.ts', options, limit).result
  }
  const options: MqttLoadOptions = { ...shared, seconds: bench.seconds, inFlight }
  return startLoad<Window>('load-mqtt.ts', options, limit).result
}
