// The client of the server of the time series, made into what its batches need: one call is one request, its answer is a
// value, and nothing is kept, tried again or printed.
import { Agent as HttpAgent, type IncomingHttpHeaders, validateHeaderValue } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { HttpError, InfluxDB, setLogger, type Transport } from '@influxdata/influxdb-client'
import type { Duration } from '../domain/time.ts'
import { authorizationOf, type Flavor, type InfluxTarget, writePath } from './influx-target.ts'

export type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
export type Answer =
  | ({ readonly kind: 'answered' } & Answered)
  /** No connection, or no whole answer in time. */
  | { readonly kind: 'silent'; readonly why: string }

export type Ask = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Form fields, or anything else as JSON. */
  readonly body?: URLSearchParams | object
}

export type InfluxClient = {
  write(lines: readonly string[]): Promise<Answer>
  ask(what: Ask): Promise<Answer>
  /** Ends what is under way: it is answered with `silent`. */
  close(): void
}

/** `flavor` is `auto` until a ping has told it; then a new client is to be made before anything is written. */
export function createInfluxClient(
  target: InfluxTarget,
  flavor: Flavor | 'auto',
  { timeout }: { readonly timeout: Duration },
): InfluxClient {
  setLogger({ error() {}, warn() {} })
  const { protocol, origin, pathname } = new URL(target.url)
  const agent = new (protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: IDLE_FOR })
  const authorization = authorizationOf(target, flavor)
  const underWay = new Set<AbortController>()

  /** One request within `timeout`, counted from here to the last byte of its answer; the client's own only counts pauses. */
  async function exchange(request: (influx: InfluxDB) => Promise<void>): Promise<Answer> {
    const cut = new AbortController()
    const timer = setTimeout(() => cut.abort(`no answer within ${timeout / 1_000} s`), timeout)
    underWay.add(cut)
    const influx = new InfluxDB({
      url: `${origin}${pathname}`,
      timeout: 0,
      headers: authorization === undefined ? {} : { authorization },
      transportOptions: { agent, signal: cut.signal },
    })
    const heard = listenTo(influx.transport)
    try {
      // Node would find it only where the client compresses, and nobody could catch it there.
      if (authorization !== undefined) validateHeaderValue('authorization', authorization)
      await request(influx)
      // What the client takes for written is: Enterprise says 500 when it will hand the points on (`hinted handoff`).
      return { kind: 'answered', ...heard, status: heard.status < 300 ? heard.status : 204 }
    } catch (error) {
      if (cut.signal.aborted) return { kind: 'silent', why: String(cut.signal.reason) }
      if (!(error instanceof HttpError)) return { kind: 'silent', why: whyOf(error as NodeJS.ErrnoException) }
      return { kind: 'answered', ...heard, body: error.body ?? heard.body }
    } finally {
      clearTimeout(timer)
      underWay.delete(cut)
    }
  }

  return {
    async write(lines) {
      return await exchange(async (influx) => {
        const api = influx.getWriteApi(target.org ?? '', target.database, 'ns', {
          // A batch that was full would be sent behind our back, and its failure told to nobody.
          batchSize: lines.length + 1,
          maxBatchBytes: Number.MAX_SAFE_INTEGER,
          flushInterval: 0,
          maxRetries: 0,
          gzipThreshold: GZIP_FROM,
        })
        api.path = writePath(target, flavor as Flavor)
        for (const line of lines) api.writeRecord(line)
        await api.flush()
      })
    },
    ask: (what) => exchange(({ transport }) => ask(transport, what)),
    close() {
      for (const cut of underWay) cut.abort('closed')
      agent.destroy()
    },
  }
}

/**
 * The client's own threshold and level (6). 5,000 lines of 220 B cost it 9 ms of a thread of the pool and become a seventh;
 * level 1 would cost 5 ms, of the 100 ms that 5,000 points may take.
 */
const GZIP_FROM = 1_000
/** How long an idle connection is kept: less than servers and proxies keep theirs. */
const IDLE_FOR: Duration = 30_000
/** More of an answer than anybody reads. */
const BODY_CAP = 65_536

/** Keeps the answer of what is sent next: the client gives no more than an error, and of a success nothing. */
function listenTo(transport: Transport): Answered {
  const heard = { status: 0, headers: {} as IncomingHttpHeaders, body: '' }
  const send = transport.send.bind(transport)
  transport.send = (path, body, options, callbacks) =>
    send(path, body, options, {
      ...callbacks,
      responseStarted(headers, status = 0) {
        Object.assign(heard, { status, headers })
        callbacks?.responseStarted?.(headers, status)
      },
      next(chunk) {
        if (heard.body.length < BODY_CAP) heard.body += Buffer.from(chunk).toString()
      },
    })
  return heard
}

async function ask(transport: Transport, { method, path, body }: Ask): Promise<void> {
  const isForm = body instanceof URLSearchParams
  const headers = { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' }
  const text = body === undefined ? '' : isForm ? String(body) : JSON.stringify(body)
  await new Promise<void>((complete, error) => transport.send(path, text, { method, headers }, { complete, error }))
}

/** Of a name with several addresses the code alone says why. */
function whyOf({ code, message }: NodeJS.ErrnoException): string {
  return message || code || 'the connection broke'
}
