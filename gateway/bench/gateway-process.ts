// Starts and ends the gateway under measure, on loopback ports with its own data folder and configuration, and
// writes the configurations the rows need.
import { existsSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { freePort, type ServerProcess, startLoad, startServer } from './child-processes.ts'
import type { HttpLoadOptions } from './load-http.ts'
import type { Window } from './measure.ts'

export type GatewayProcess = ServerProcess & { readonly mqttPort: number }

/** What the rows are measured with. */
export type Bench = {
  /** The gateway's main.ts; another checkout's may be named to compare two versions. */
  main: string
  /** Temporary; removed when the bench ends. */
  folder: string
  rounds: number
  seconds: number
  /** How many heartbeats the rows of the million have. */
  heartbeats: number
  /** How many signals come while the server of the time series is away. */
  signals: number
}

export function gatewayExists(bench: Bench): boolean {
  return existsSync(bench.main)
}

/** Starts the gateway on a data folder; it is ready when GET /healthz answers 200. */
export async function startGateway(
  bench: Bench,
  data: string,
  config: string,
  env: Record<string, string> = {},
): Promise<GatewayProcess> {
  const port = await freePort()
  const mqttPort = await freePort()
  const server = await startServer({
    command: process.execPath,
    args: [bench.main],
    port,
    log: join(bench.folder, 'gateway.log'),
    env: {
      OVERDUE_HTTP: `127.0.0.1:${port}`,
      OVERDUE_MQTT: `127.0.0.1:${mqttPort}`,
      OVERDUE_DATA: data,
      OVERDUE_CONFIG: config,
      OVERDUE_LOG: 'warn',
      ...env,
    },
    ready: () => isHealthy(port),
    startWithinSeconds: 120,
  })
  return { ...server, mqttPort }
}

/** Heartbeats hb-1 to hb-<count> by name, each expected every hour; signals need no key. */
export function writeNamedConfig(bench: Bench, count: number): string {
  const named = Array.from({ length: count }, (_, n) => `  - { name: hb-${n + 1}, every: 1h }\n`)
  return writeConfig(bench, 'named.yaml', `signals: { open: true }\nheartbeats:\n${named.join('')}`)
}

/** No heartbeat by name: signals create them. */
export function writeOpenConfig(bench: Bench): string {
  return writeConfig(bench, 'open.yaml', 'signals: { open: true }\n')
}

/** A channel whose webhooks go to a path of the sink, as a line of a configuration's list. */
export function sinkChannel(name: string, sinkPort: number, path = '/hook'): string {
  const secret = `whsec_${Buffer.alloc(32, 'bench').toString('base64')}`
  return `  - { name: ${name}, webhook: { url: "http://127.0.0.1:${sinkPort}${path}", secret: "${secret}" } }\n`
}

/** Signals every heartbeat once, pipelined; a query such as '?create=1&every=1m' creates them. Gives the seconds. */
export async function signalEach(bench: Bench, gateway: GatewayProcess, query: string): Promise<number> {
  const seconds = 600
  const options: HttpLoadOptions = {
    port: gateway.port,
    serverPid: gateway.pid,
    connections: 64,
    names: bench.heartbeats,
    query,
    warmup: 0,
    seconds,
    pipeline: 16,
    mode: 'each',
  }
  return (await startLoad<Window>('load-http.ts', options, seconds + 30).result).seconds
}

export function writeConfig(bench: Bench, name: string, text: string): string {
  const path = join(bench.folder, name)
  writeFileSync(path, text)
  return path
}

function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/healthz', agent: false, timeout: 5000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
