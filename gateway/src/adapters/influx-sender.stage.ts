// A server of time series on loopback that answers as its test says, and remembers every line that it kept.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

export type StubAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * What becomes of a write. `take`: judged line by line; `hang`: read and never answered; `drip`: an answer that begins and never
 * ends; `cut`: the connection breaks; `slow`: taken, and answered that much later; or this answer to every write.
 */
export type StubMode = 'take' | 'hang' | 'drip' | 'cut' | { readonly slow: number } | StubAnswer

export type StubRequest = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Unzipped. */
  readonly body: string
}

export class InfluxStub implements AsyncDisposable {
  mode: StubMode = 'take'
  ping: StubAnswer = { status: 204, headers: { 'X-Influxdb-Version': '1.8.10' } }
  /** Lines that have this in them are refused, with `refusal`, with or without the others of their batch. */
  marker = '#bad'
  refusal: StubAnswer = { status: 400, body: '{"error":"partial write: field type conflict dropped=1"}' }
  keepsTheOthers = true
  /** The longest body, unzipped; 413 above it. */
  mostBytes: number = Number.POSITIVE_INFINITY
  /** Undefined: every database is there. Others answer 404 until `CREATE DATABASE` or a new bucket makes them. */
  databases: Set<string> | undefined
  mayCreate = true
  /** Every line of every write that was kept, as often as it came. */
  readonly kept: string[] = []
  readonly requests: StubRequest[] = []
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get writes(): readonly StubRequest[] {
    return this.requests.filter(({ url }) => /\/write\?/.test(url))
  }

  /** Listens, after `leave` on the port of before. */
  async listen(): Promise<this> {
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  /** Connections break, and new ones are refused. */
  async leave(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server.close(), 'close')
    this.#server.closeAllConnections()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = Buffer.concat(await request.toArray().catch(() => []))
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
    const { method = '', url = '', headers } = request
    this.requests.push({ method, url, headers, body })
    const { pathname, searchParams } = new URL(url, 'http://stub')
    if (pathname.endsWith('/ping')) return reply(response, this.ping)
    if (pathname.endsWith('/query')) return reply(response, this.#create(new URLSearchParams(body).get('q') ?? ''))
    if (pathname.endsWith('/orgs')) return reply(response, json(200, { orgs: [{ id: '0f00' }] }))
    if (pathname.endsWith('/buckets')) return reply(response, this.#createBucket(JSON.parse(body)))
    await this.#write(body.split('\n'), searchParams.get('db') ?? searchParams.get('bucket') ?? '', response)
  }

  async #write(lines: readonly string[], database: string, response: ServerResponse): Promise<void> {
    const { mode } = this
    if (mode === 'cut') response.destroy()
    else if (mode === 'drip') response.writeHead(500).write('wait')
    else if (mode === 'hang') return
    else if (mode !== 'take' && 'status' in mode) reply(response, mode)
    else {
      const answer = this.#take(lines, database)
      if (mode !== 'take') await sleep(mode.slow)
      reply(response, answer)
    }
  }

  #take(lines: readonly string[], database: string): StubAnswer {
    if (this.databases?.has(database) === false) return json(404, { error: `database not found: "${database}"` })
    if (Buffer.byteLength(lines.join('\n')) > this.mostBytes) return json(413, { error: 'Request Entity Too Large' })
    const good = lines.filter((line) => !line.includes(this.marker))
    if (good.length === lines.length || this.keepsTheOthers) this.kept.push(...good)
    return good.length === lines.length ? { status: 204 } : this.refusal
  }

  #create(statement: string): StubAnswer {
    const [, name] = /^CREATE DATABASE "(.*?)"/.exec(statement) ?? []
    if (name === undefined) return json(400, { error: 'error parsing query' })
    if (!this.mayCreate) return json(403, { error: 'error authorizing query: requires admin privilege' })
    this.databases?.add(name)
    return json(200, { results: [{ statement_id: 0 }] })
  }

  #createBucket({ name }: { readonly name: string }): StubAnswer {
    if (!this.mayCreate) return json(403, { code: 'forbidden', message: 'insufficient permissions for write' })
    this.databases?.add(name)
    return json(201, { name })
  }
}

export async function createInfluxStub(): Promise<InfluxStub> {
  return await new InfluxStub().listen()
}

/** Lines of `measurement`, each with a time of its own. */
export function linesOf(count: number, measurement = 'hb_signal'): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `${measurement},heartbeat=pump-${index} n=1i ${1_795_658_120_000_000_000n + BigInt(index)}`,
  )
}

function json(status: number, body: object): StubAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

function reply(response: ServerResponse, { status, headers = {}, body = '' }: StubAnswer): void {
  response.writeHead(status, headers).end(body)
}
