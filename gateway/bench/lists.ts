// The row of lists: how long the API takes for a page of a million heartbeats, for a search to its end, and for strips,
// and how long a ping takes meanwhile.
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type GatewayProcess, signalEach, startGateway, writeConfig } from './gateway-process.ts'
import { percentile } from './measure.ts'
import { table } from './table.ts'

export type Listed = {
  readonly what: string
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Requests until `next` was null, and the time of all of them; undefined where one page is all that is asked. */
  readonly whole: { readonly requests: number; readonly ms: number } | undefined
}
export type Lists = {
  readonly heartbeats: number
  readonly rows: readonly Listed[]
  readonly pingP99: number
  readonly pingMax: number
}

const TOKEN = 'ovd_the-token-of-the-bench'
const REQUESTS = 200
const QUERIES: readonly (readonly [what: string, path: string, toTheEnd: boolean])[] = [
  ['first page', '/heartbeats', false],
  ['q, many fit', '/heartbeats?q=hb-9', false],
  ['q, eleven fit', '/heartbeats?q=HB-99999', true],
  ['q, nobody fits', '/heartbeats?q=nosuchthing', true],
  ['group, nobody fits', '/heartbeats?group=nosuchthing', true],
  ['owner, all fit', '/heartbeats?owner=', false],
  ['verdict, nobody has', '/heartbeats?verdict=missed', true],
  ['verdict, all have', '/heartbeats?verdict=ok', false],
  ['order=wrong', '/heartbeats?order=wrong', false],
  ['order=wrong and q', '/heartbeats?order=wrong&q=HB-99999', true],
  ['board', '/board', false],
]

export async function measureLists(bench: Bench): Promise<Lists> {
  const data = mkdtempSync(join(bench.folder, 'lists-'))
  const config = writeConfig(bench, 'lists.yaml', 'signals: { open: true }\n')
  const gateway = await startGateway(bench, data, config, { OVERDUE_ADMIN_TOKEN: TOKEN })
  const agent = new Agent({ keepAlive: true })
  const pings: number[] = []
  const stop = new AbortController()
  try {
    await signalEach(bench, gateway, '?create=1&every=1d')
    await sleep(5_000)
    console.error(`lists: ${bench.heartbeats} heartbeats seeded`)
    const pinging = ping(gateway, pings, stop.signal)
    const rows: Listed[] = []
    for (const [what, path, toTheEnd] of QUERIES) rows.push(await measure(gateway, agent, what, path, toTheEnd))
    stop.abort()
    await pinging
    const names = Array.from({ length: 100 }, (_, n) => `hb-${1 + n}`)
    for (let n = 0; n < 60; n++) for (const name of names) await fetchText(agent, gateway.port, `/ping/${name}`)
    for (const what of ['read from the ledger', 'kept'])
      rows.push(await once(gateway, agent, `100 strips of 50, ${what}`, `/strips?names=${names}`))
    pings.sort((a, b) => a - b)
    return { heartbeats: bench.heartbeats, rows, pingP99: percentile(pings, 0.99), pingMax: pings.at(-1) ?? 0 }
  } finally {
    stop.abort()
    agent.destroy()
    await gateway.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

export function listsTable({ heartbeats, rows, pingP99, pingMax }: Lists): string {
  const lines = rows.map(({ what, p50, p99, max, whole }) => [
    ...[what, p50.toFixed(1), p99.toFixed(1), max.toFixed(1)],
    whole === undefined ? '' : `${whole.requests} requests, ${whole.ms.toFixed(0)} ms`,
  ])
  const meanwhile = `Pings meanwhile: p99 ${pingP99.toFixed(1)} ms, max ${pingMax.toFixed(1)} ms.`
  return `${table([`${heartbeats} heartbeats`, 'p50, ms', 'p99, ms', 'max, ms', 'to the end'], lines)}\n${meanwhile}\n`
}

async function measure(
  gateway: GatewayProcess,
  agent: Agent,
  what: string,
  path: string,
  toTheEnd: boolean,
): Promise<Listed> {
  const whole = await walk(gateway, agent, path)
  const times: number[] = []
  for (let n = 0; n < REQUESTS; n++) times.push((await ask(gateway, agent, path)).ms)
  times.sort((a, b) => a - b)
  const [p50, p99, max] = [percentile(times, 0.5), percentile(times, 0.99), times.at(-1) ?? 0]
  return { what, p50, p99, max, whole: toTheEnd ? whole : undefined }
}

async function once(gateway: GatewayProcess, agent: Agent, what: string, path: string): Promise<Listed> {
  const { ms } = await ask(gateway, agent, path)
  return { what, p50: ms, p99: ms, max: ms, whole: undefined }
}

/** The first of it also warms up what a search keeps. */
async function walk(gateway: GatewayProcess, agent: Agent, path: string): Promise<NonNullable<Listed['whole']>> {
  const begin = performance.now()
  let requests = 0
  for (let after = ''; requests < 200; ) {
    const { next } = (await ask(gateway, agent, `${path}${after}`)).body as { next?: string | null }
    requests++
    if (next === null || next === undefined) break
    after = `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(next)}`
  }
  return { requests, ms: performance.now() - begin }
}

async function ping(gateway: GatewayProcess, times: number[], stop: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  while (!stop.aborted) {
    times.push((await fetchText(agent, gateway.port, `/ping/hb-${1 + (times.length % 1000)}`)).ms)
    await sleep(5)
  }
  agent.destroy()
}

async function ask(gateway: GatewayProcess, agent: Agent, path: string): Promise<{ ms: number; body: unknown }> {
  const { ms, text } = await fetchText(agent, gateway.port, `/api/v1${path}`)
  return { ms, body: JSON.parse(text) }
}

function fetchText(agent: Agent, port: number, path: string): Promise<{ ms: number; text: string }> {
  const begin = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    get({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
      let text = ''
      response.on('data', (piece) => (text += String(piece)))
      response.on('end', () => resolve({ ms: performance.now() - begin, text }))
    }).on('error', reject)
  })
}
