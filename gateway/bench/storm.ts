// The row of a storm: ten thousand heartbeats of one group fall silent within one second while others go on reporting.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Load, startLoad } from './child-processes.ts'
import { type Bench, type GatewayProcess, sinkChannel, startGateway, writeConfig } from './gateway-process.ts'
import type { HttpLoad, HttpLoadOptions } from './load-http.ts'
import { percentile } from './measure.ts'
import { webhooksOf } from './servers/sink-client.ts'
import { startSink } from './servers/start.ts'

export type Storm = {
  silent: number
  /** Milliseconds from the first deadline, and from the last, until every incident was on disk. */
  durableMs: number
  durableAfterLastMs: number
  /** From the first deadline to the last, in milliseconds. */
  spreadMs: number
  /** In the minute after the first deadline. */
  webhooks: string[]
  /** Of the pings sent from the first deadline until the incidents were on disk, and of those of half a minute before. */
  pingP99: number
  pingMax: number
  quietP99: number
}

const SILENT = 10_000
const OTHERS = 10_000
const PERIOD_SECONDS = 20
const GRACE_SECONDS = 5
const PINGS_PER_SECOND = 1000
const WATCHED_SECONDS = 60
const TOKEN = 'ovd_token-of-the-bench'

export async function measureStorm(bench: Bench): Promise<Storm> {
  const data = mkdtempSync(join(bench.folder, 'storm-'))
  const sink = await startSink(bench.folder)
  const config = writeConfig(bench, 'storm.yaml', configFor(sink.port))
  const gateway = await startGateway(bench, data, config, { OVERDUE_ADMIN_TOKEN: TOKEN })
  try {
    return await measureSilence(gateway, sink.port)
  } finally {
    await gateway.stop()
    await sink.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

function configFor(sinkPort: number): string {
  const lines = (prefix: string, count: number, terms: string): string =>
    Array.from({ length: count }, (_, n) => `  - { name: ${prefix}${n + 1}, ${terms} }\n`).join('')
  const silent = `every: ${PERIOD_SECONDS}s, grace: ${GRACE_SECONDS}s, group: hall, unseen: wait`
  return `signals: { open: true }
channels:
${sinkChannel('sink', sinkPort)}webhooks: { allow: [127.0.0.0/8] }
heartbeats:
${lines('pump-', SILENT, silent)}${lines('hb-', OTHERS, 'every: 1h')}`
}

async function measureSilence(gateway: GatewayProcess, sinkPort: number): Promise<Storm> {
  const seconds = PERIOD_SECONDS + GRACE_SECONDS + WATCHED_SECONDS + 5
  const shared = { port: gateway.port, serverPid: gateway.pid, warmup: 0 }
  const each: HttpLoadOptions = {
    ...shared,
    prefix: 'pump-',
    connections: 16,
    names: SILENT,
    pipeline: 16,
    mode: 'each',
    seconds: 30,
  }
  await startLoad<HttpLoad>('load-http.ts', each, 40).result
  const rate: HttpLoadOptions = {
    ...shared,
    connections: 16,
    names: OTHERS,
    mode: 'rate',
    rate: PINGS_PER_SECOND,
    seconds,
  }
  const others = startLoad<HttpLoad>('load-http.ts', rate, seconds + 30)
  const durableAt = await allDurable(gateway, others)
  const deadlines = await deadlinesOf(gateway)
  const first = Math.min(...deadlines)
  const last = Math.max(...deadlines)
  const { trips = [] } = await others.result
  const tripsIn = (from: number, to: number): number[] =>
    trips.filter(([sentAt]) => sentAt >= from && sentAt <= to).map(([, ms]) => ms)
  const during = tripsIn(first, durableAt)
  const webhooks = (await webhooksOf(sinkPort)).filter(({ arrived }) => arrived <= first + WATCHED_SECONDS * 1000)
  return {
    silent: deadlines.length,
    durableMs: durableAt - first,
    durableAfterLastMs: durableAt - last,
    spreadMs: last - first,
    webhooks: webhooks.map(({ type }) => type),
    pingP99: percentile(during, 0.99),
    pingMax: Math.max(...during),
    quietP99: percentile(tripsIn(first - 20_000, first - 100), 0.99),
  }
}

/** When all incidents were on disk: a ping that is answered after all were open is on disk, and so is all before it. */
async function allDurable({ port }: GatewayProcess, others: Load<HttpLoad>): Promise<number> {
  const limit = performance.now() + (PERIOD_SECONDS + GRACE_SECONDS + WATCHED_SECONDS) * 1000
  while (performance.now() < limit) {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    if (Number(/^overdue_incidents_open (\d+)/m.exec(metrics)?.[1]) === SILENT) {
      await (await fetch(`http://127.0.0.1:${port}/ping/hb-1`)).arrayBuffer()
      return Date.now()
    }
    await sleep(50)
  }
  others.stop()
  throw new Error('not all incidents were opened within a minute')
}

async function deadlinesOf({ port }: GatewayProcess): Promise<number[]> {
  const deadlines: number[] = []
  for (let after = ''; ; ) {
    const headers = { Authorization: `Bearer ${TOKEN}` }
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/incidents?limit=1000${after}`, { headers })
    const { items, next } = (await answer.json()) as { items: Array<{ deadlineAt: string }>; next: string | null }
    deadlines.push(...items.map(({ deadlineAt }) => Date.parse(deadlineAt)))
    if (next === null) return deadlines
    after = `&after=${encodeURIComponent(next)}`
    await sleep(200)
  }
}
