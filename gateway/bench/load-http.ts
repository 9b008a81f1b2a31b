// The HTTP load, its own process: GET /ping/hb-<n> over raw sockets, each connection over its own slice of the
// names. Keeps every connection busy for a timed window, or sends each name so many times, or keeps to a rate.
import { type HttpConnection, openHttp } from './http-connection.ts'
import { measureWindow, type Window } from './measure.ts'

export type HttpLoadOptions = {
  port: number
  serverPid: number
  connections: number
  names: number
  /** The names are this and a number from 1 on; hb- unless said otherwise. */
  prefix?: string
  /** Appended to each path, such as '?create=1&every=1m'. */
  query?: string
  warmup: number
  /** The window's length; of a load that sends each name once, its longest. */
  seconds: number
  /** Requests on each connection before the responses are awaited; only with each. */
  pipeline?: number
  /** How often each name is sent, 1 unless said otherwise; only with each. */
  times?: number
  mode: 'busy' | 'each' | 'rate'
  /** Requests a second, with mode rate. */
  rate?: number
}

/** What a load prints; with mode rate, also when each request was sent (ms since 1970) and how long its answer took. */
export type HttpLoad = Window & { trips?: Array<[sentAt: number, ms: number]> }

const MOST_REQUESTS = 50_000_000
const options = JSON.parse(process.argv[2] ?? '{}') as HttpLoadOptions
let responses = 0
let finish = (): void => {}
const ended = new Promise<void>((resolve) => {
  finish = resolve
})

const times = options.times ?? 1
const slice = Math.ceil(options.names / options.connections)
const connections: HttpConnection[] = []
const trips: Array<[number, number]> = []
/** Of each connection: when the requests that wait for an answer were sent. */
const waiting: number[][] = []
const loads = { busy: openBusy, each: openEach, rate: openIdle }
for (let i = 0; i < options.connections; i++) connections.push(await loads[options.mode](i))
const pacing = options.mode === 'rate' ? pace(options.rate ?? 1000) : undefined

const window: Window = await measureWindow({ ...options, count: () => responses, ended })
clearInterval(pacing)
for (const connection of connections) connection.close()
if (options.mode === 'each' && responses < options.names * times) fail(new Error('not all names got a response'))
const load: HttpLoad = options.mode === 'rate' ? { ...window, trips } : window
process.stdout.write(`${JSON.stringify(load)}\n`, () => process.exit(0))

/** One request in flight, the next when its response is whole; the requests are built beforehand. */
async function openBusy(index: number): Promise<HttpConnection> {
  const length = sliceLength(index)
  const requests = Array.from({ length }, (_, n) => Buffer.from(requestOf(index * slice + n + 1)))
  let at = 0
  const next = (): void => {
    if (at === length) at = 0
    connection.write(requests[at++]!)
  }
  const connection = await openHttp(
    options.port,
    (count) => {
      responses += count
      if (responses >= MOST_REQUESTS) finish()
      next()
    },
    fail,
  )
  next()
  return connection
}

/** Every name of the slice as often as it is to be sent, a batch in flight at a time; the whole load ends with the last response. */
async function openEach(index: number): Promise<HttpConnection> {
  const length = sliceLength(index)
  let at = 0
  let awaited = 0
  const next = (): void => {
    let batch = ''
    for (awaited = 0; awaited < (options.pipeline ?? 1) && at < length * times; awaited++, at++) {
      batch += requestOf(index * slice + (at % length) + 1)
    }
    if (awaited > 0) connection.write(batch)
  }
  const connection = await openHttp(
    options.port,
    (count) => {
      responses += count
      awaited -= count
      if (responses === options.names * times) finish()
      else if (awaited > 0) return
      else if (at < length * times) next()
      // The server would close it, idle while others go on.
      else connection.close()
    },
    fail,
  )
  next()
  return connection
}

/** A connection that is written to by the pace only. */
function openIdle(index: number): Promise<HttpConnection> {
  const sent: number[] = []
  waiting[index] = sent
  return openHttp(
    options.port,
    (count) => {
      responses += count
      const now = performance.now()
      for (const at of sent.splice(0, count)) trips.push([Math.round(performance.timeOrigin + at), now - at])
    },
    fail,
  )
}

/** Sends what the elapsed time asks for, each connection in turn, in steps of a few milliseconds. */
function pace(rate: number): NodeJS.Timeout {
  const t0 = performance.now()
  let sent = 0
  return setInterval(() => {
    const due = Math.floor(((performance.now() - t0) / 1000) * rate)
    // The names are walked by a stride, so that the signals fall all over the heartbeats.
    for (; sent < due; sent++) {
      waiting[sent % connections.length]!.push(performance.now())
      connections[sent % connections.length]!.write(requestOf(((sent * 7919) % options.names) + 1))
    }
  }, 5)
}

/** The last slice may be shorter than the others. */
function sliceLength(index: number): number {
  return Math.max(0, Math.min(slice, options.names - index * slice))
}

function requestOf(n: number): string {
  return `GET /ping/${options.prefix ?? 'hb-'}${n}${options.query ?? ''} HTTP/1.1\r\nHost: localhost\r\n\r\n`
}

function fail(error: Error): void {
  console.error(`the HTTP load failed: ${error.message}`)
  process.exit(1)
}
