// A gateway that writes time series to a server which comes and goes: what was acknowledged and paged meanwhile, and
// whether the server got it all.
import { randomUUID } from 'node:crypto'
import { Agent, createServer, request, type Server } from 'node:http'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createInfluxStub, type InfluxStub } from '../src/adapters/influx-sender.stage.ts'
import { readGroup } from '../src/adapters/ledger-codec.ts'
import { openFacts } from '../src/adapters/ledger-schema.ts'
import { LedgerTables } from '../src/adapters/ledger-tables.ts'
import type { Fact } from '../src/domain/fact.ts'
import { GatewayProcess, TOKEN } from './process.ts'

/** No test waits for time to pass; these only end one that hangs. */
export const SOON = { timeout: 60_000, interval: 25 }
const IN_FLIGHT = 16

export type Health = { readonly state: string; readonly because: string | null; readonly why: string | null }

export class SeriesRoom implements AsyncDisposable {
  readonly stub: InfluxStub
  readonly gateway: GatewayProcess
  /** Run ids of acknowledged pings, and the heartbeat of each. */
  readonly acknowledged = new Map<string, string>()
  /** What webhooks told: a heartbeat and what became of it. */
  readonly paged = new Set<string>()
  readonly #agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })
  readonly #receiver: Server
  readonly #env: Readonly<Record<string, string>>

  /** `env`: what the gateway's environment says beside what it always does, for another server than the stub. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<SeriesRoom> {
    const paged = new Set<string>()
    const receiver = createServer(async (req, res) => {
      const body = JSON.parse(Buffer.concat(await req.toArray()).toString()) as {
        type: string
        heartbeat?: { name: string }
      }
      paged.add(`${body.heartbeat?.name} ${body.type}`)
      res.end()
    })
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
    const room = new SeriesRoom(await createInfluxStub(), receiver, paged, env)
    return await room.start()
  }

  private constructor(stub: InfluxStub, receiver: Server, paged: Set<string>, env: Readonly<Record<string, string>>) {
    this.stub = stub
    this.#receiver = receiver
    this.paged = paged
    this.#env = env
    this.gateway = new GatewayProcess(configFor((receiver.address() as { port: number }).port, stub.url))
  }

  async start(): Promise<this> {
    await this.gateway.start(this.#env)
    return this
  }

  /** Each is acknowledged, or the promise rejects. */
  async ping(count: number, path = 'pump'): Promise<void> {
    let left = count
    const sender = async (): Promise<void> => {
      while (left-- > 0) expect(await this.#ping(path)).toBe(200)
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender))
  }

  /** Until the returned function is called, or the gateway is gone. */
  pingOn(path = 'pump'): () => Promise<void> {
    let isOver = false
    const sender = async (): Promise<void> => {
      while (!isOver && (await this.#ping(path)) === 200);
    }
    const senders = Array.from({ length: IN_FLIGHT }, sender)
    return async () => {
      isOver = true
      await Promise.all(senders)
    }
  }

  /** A heartbeat falls silent, somebody is paged, and it is paused, so that it is no part of a storm later. */
  async fallSilent(name: string): Promise<void> {
    await this.ping(1, name)
    await expect.poll(() => this.paged, SOON).toContain(`${name} incident.triggered`)
    const { status } = await fetch(`${this.gateway.url}/api/v1/heartbeats/${name}/pause`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ by: 'ana' }),
    })
    expect(status).toBe(204)
  }

  /** How the writing of time series stands; the gateway itself is well whatever it is. */
  async series(): Promise<Health> {
    const answer = await fetch(`${this.gateway.url}/healthz`)
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { series: Health }).series
  }

  async waitsBecause(because: string): Promise<void> {
    await expect.poll(() => this.series(), SOON).toMatchObject({ state: 'waiting', because })
  }

  async writes(): Promise<void> {
    await expect.poll(() => this.series(), SOON).toMatchObject({ state: 'writing', because: null })
  }

  /** The server has what was told after everything that was told until now. */
  async brought(): Promise<void> {
    const before = new Set(this.acknowledged.keys())
    await this.ping(1, 'last')
    const [run] = [...this.acknowledged.keys()].filter((rid) => !before.has(rid))
    await expect.poll(() => this.stub.kept.some((line) => line.includes(`run="${run}"`)), SOON).toBe(true)
  }

  /**
   * What the server should have and does not, or has and should not, after a last restart; the identities of points.
   * Facts of that restart itself may come later.
   */
  async difference(): Promise<{ readonly missing: readonly string[]; readonly strange: readonly string[] }> {
    await this.brought()
    expect(await this.gateway.end('SIGTERM')).toBe(0)
    await this.start()
    await this.brought()
    expect(await this.gateway.end('SIGTERM')).toBe(0)
    return compare(factsOf(this.gateway.folder), this.stub.kept, this.acknowledged)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]()
    await this.stub[Symbol.asyncDispose]()
    this.#agent.destroy()
    this.#receiver.closeAllConnections()
    this.#receiver.close()
  }

  async #ping(name: string): Promise<number | undefined> {
    const rid = randomUUID()
    const path = `/ping/${name}?rid=${rid}`
    const status = await new Promise<number | undefined>((resolve) => {
      const req = request(`${this.gateway.url}${path}`, { agent: this.#agent }, (res) => {
        res.resume().on('end', () => resolve(res.statusCode))
        res.on('error', () => resolve(undefined))
      })
      req.on('error', () => resolve(undefined))
      req.end()
    })
    if (status === 200) this.acknowledged.set(rid, name)
    return status
  }
}

/** Heartbeats that fall silent within seconds; each only when it was heard once. */
export const SILENT = ['silent-1', 'silent-2', 'silent-3', 'silent-4', 'silent-5', 'silent-6', 'silent-7']

function configFor(receiverPort: number, influx: string): string {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const silent = SILENT.map((name) => `  - { name: ${name}, every: 1s, grace: 1s, unseen: wait }\n`)
  return `signals: { open: true }
influx: { url: "${influx}" }
channels:
  - { name: ops, webhook: { url: "http://127.0.0.1:${receiverPort}/", secret: "${secret}" } }
webhooks: { allow: [127.0.0.0/8] }
heartbeats:
  - { name: pump, every: 1h }
  - { name: bad-pump, every: 1h }
  - { name: last, every: 1h }
${silent.join('')}`
}

type Numbered = { readonly seq: number; readonly fact: Fact }

/** Of a gateway that has ended. */
function factsOf(folder: string): readonly Numbered[] {
  const database = openFacts(join(folder, 'data/ledger.db'))
  const names = new Map<number, string>()
  const facts: Numbered[] = []
  const tables = new LedgerTables(database)
  for (let from = 1; ; ) {
    const groups = tables.groups(from)
    const last = groups.at(-1)
    if (last === undefined) break
    for (const { first, bytes } of groups)
      for (const { seq, number, fact } of readGroup(bytes, first, (known) => names.get(known))) {
        if (fact.type === 'heartbeat.declared') names.set(number, fact.heartbeat)
        facts.push({ seq, fact })
      }
    from = last.first + last.count
  }
  database.close()
  return facts
}

/** The facts that are a point of their own, each. */
const POINTS: Readonly<Record<string, string>> = {
  'signal.received': 'hb_signal',
  'verdict.changed': 'hb_state',
  'page.settled': 'hb_page',
}

function compare(
  facts: readonly Numbered[],
  kept: readonly string[],
  acknowledged: ReadonlyMap<string, string>,
): { missing: readonly string[]; strange: readonly string[] } {
  const isLast = ({ fact }: Numbered) => fact.type === 'signal.received' && fact.heartbeat === 'last'
  const upTo = facts.findLast(isLast)?.seq ?? 0
  const expected = facts.flatMap(({ seq, fact }) => {
    const measurement = POINTS[fact.type]
    return measurement === undefined || !('heartbeat' in fact) ? [] : [{ seq, point: pointOf(measurement, seq, fact) }]
  })
  const distinct = new Set(kept)
  const points = new Set([...distinct].map(pointIn))
  const missing = expected.filter(({ seq, point }) => seq <= upTo && !points.has(point)).map(({ point }) => point)
  const unheard = [...acknowledged].filter(([rid, name]) => {
    const lines = [...distinct].filter((line) => line.includes(rid))
    return lines.length !== 1 || !lines[0]?.startsWith(`hb_signal,heartbeat=${name},`)
  })
  const told = new Set(expected.map(({ point }) => point))
  const unknown = [...points].filter((point) => point.startsWith('hb_signal') && !told.has(point))
  const twice = [...Map.groupBy(distinct, seriesOf).values()].filter(({ length }) => length > 1)
  return {
    missing: [...missing, ...unheard.map(String)],
    strange: [...unknown, ...twice.map((lines) => lines.join('\n'))],
  }
}

function pointOf(measurement: string, seq: number, fact: Extract<Fact, { heartbeat: string }>): string {
  return `${measurement} ${fact.heartbeat} ${fact.at}${String(seq % 1_000_000).padStart(6, '0')}`
}

function pointIn(line: string): string {
  const [, heartbeat = ''] = /,heartbeat=([^, ]+)/.exec(line) ?? []
  return `${line.slice(0, line.indexOf(','))} ${heartbeat} ${timeOf(line)}`
}

/** Two different lines of one series and one time would overwrite each other. */
function seriesOf(line: string): string {
  return `${line.slice(0, line.indexOf(' '))} ${timeOf(line)}`
}

function timeOf(line: string): string {
  return line.slice(line.lastIndexOf(' ') + 1)
}
