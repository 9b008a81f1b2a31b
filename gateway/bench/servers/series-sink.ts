// Takes time series as InfluxDB 1 does, counts their points and forgets them. Argument: the port. GET /counts answers what
// came since the start, GET /distinct how many points of hb_signal differ in their time, which is the instant in ms and the
// last six digits of the fact's number: one that came twice counts once.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

export type SeriesCounts = {
  points: number
  /** Of them hb_signal, those that came twice included. */
  signals: number
  /** When the first batch came, and the last one that had a signal in it; ms since 1970. */
  firstAt: number
  lastSignalAt: number
}

/** `hb_si…`: no other measurement begins like this. */
const SIGNAL = Buffer.from('hb_si').readUInt32LE(1)
const NEWLINE = 0x0a
const TIME_DIGITS = 19
/** Counted from here, a time in ns is a whole number that a double holds. */
const EPOCH_MS = Date.now() - 86_400_000

let points = 0
let firstAt = 0
let lastSignalAt = 0
let times = new Float64Array(65_536)
let signals = 0

const server = createServer((request, response) => {
  if (request.url === '/counts') {
    const counts: SeriesCounts = { points, signals, firstAt, lastSignalAt }
    return void response.end(JSON.stringify(counts))
  }
  if (request.url === '/distinct') return void response.end(String(distinct()))
  const parts: Buffer[] = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const isWrite = request.url?.startsWith('/write') === true
    if (isWrite) take(Buffer.concat(parts), request.headers['content-encoding'] === 'gzip')
    response.writeHead(204, { 'X-Influxdb-Version': '1.8.10' }).end()
  })
})
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.argv[2]), '127.0.0.1')

function take(body: Buffer, isZipped: boolean): void {
  const lines = isZipped ? gunzipSync(body) : body
  const before = signals
  firstAt ||= Date.now()
  for (let at = 0; at < lines.length; points++) {
    const newline = lines.indexOf(NEWLINE, at)
    const end = newline < 0 ? lines.length : newline
    if (lines.readUInt32LE(at + 1) === SIGNAL) note(timeOf(lines, end))
    at = end + 1
  }
  if (signals > before) lastSignalAt = Date.now()
}

function note(time: number): void {
  if (signals === times.length) {
    const larger = new Float64Array(times.length * 2)
    larger.set(times)
    times = larger
  }
  times[signals++] = time
}

/** The last digits of a line, in ns since a day before the start. */
function timeOf(lines: Buffer, end: number): number {
  let ms = 0
  for (let at = end - TIME_DIGITS; at < end - 6; at++) ms = ms * 10 + (lines[at] as number) - 0x30
  let below = 0
  for (let at = end - 6; at < end; at++) below = below * 10 + (lines[at] as number) - 0x30
  return (ms - EPOCH_MS) * 1e6 + below
}

function distinct(): number {
  const sorted = times.slice(0, signals).sort()
  let found = 0
  for (let n = 0; n < signals; n++) if (n === 0 || sorted[n] !== sorted[n - 1]) found++
  return found
}
