import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome, Settled } from '../app/ports.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { checkSchedule } from '../domain/schedule.ts'
import { addFastLane, type FastLane } from './http-fast-lane.ts'
import { createHttpServer } from './http-server.ts'
import { createSignalHandler } from './http-signal.ts'
import { createKeys } from './keys.ts'

const NOW = Date.UTC(2026, 2, 2, 10)
const NAMES = ['a', 'pump-17', 'pump-17/battery']

/** The same ears twice: with the lane in front of the parser, and without it. */
type Ear = { server: Server; port: number; heard: string[]; waiting: Settled[]; lane: FastLane | undefined }

let outcome: Outcome = 'durable'
let isManual = false
let isOpen = true
const ears: Ear[] = []

beforeAll(async () => {
  for (const withLane of [true, false]) ears.push(await listen(withLane))
})
beforeEach(() => {
  for (const ear of ears) ear.heard.length = 0
  outcome = 'durable'
  isManual = false
  isOpen = true
})
afterAll(() => {
  for (const { server } of ears) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(withLane: boolean): Promise<Ear> {
  const heard: string[] = []
  const waiting: Settled[] = []
  const intake: Intake = {
    has: (name) => NAMES.includes(name),
    clash: () => undefined,
    hold: () => () => undefined,
    silence: () => undefined,
    receive({ name, signal, body }, settled) {
      heard.push(`${signal.kind} ${name}${body === undefined ? '' : ` ${body.length}`}`)
      if (isManual) waiting.push(settled)
      else setImmediate(() => settled(outcome))
    },
  }
  const common = { intake, counters: new Counters(), now: () => NOW, open: () => isOpen, bodiesKeep: 100_000 }
  const keys = createKeys({
    master: Buffer.alloc(16),
    nameOf: () => undefined,
    idOf: () => undefined,
    declared: new Map(),
  })
  const live = { keys, create: 'auto', defaults: DEFAULT_TERMS, zone: 'UTC' } as const
  const handle = createSignalHandler({ ...common, checkSchedule, live })
  const server = createHttpServer((req, res) => {
    if (!handle(req, res)) res.writeHead(404).end('elsewhere')
  })
  const lane = withLane ? addFastLane(server, common) : undefined
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, heard, waiting, lane }
}

/** Everything that is answered to the pieces until the connection ends; dates differ and are left out. */
async function say(ear: Ear, pieces: readonly string[]): Promise<string> {
  const socket = connect(ear.port, '127.0.0.1')
  socket.setNoDelay(true)
  let answered = ''
  socket.on('data', (chunk) => (answered += chunk.toString('latin1')))
  // A server that has answered the last it will answer may close before all is said.
  socket.on('error', () => undefined)
  socket.setTimeout(3000, () => {
    answered += 'HANGS'
    socket.destroy()
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece, 'latin1')
    await loop()
  }
  await closed
  return answered.replaceAll(/Date: [^\r]*\r\n/g, '')
}

const loop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const HEADERS = [
  'Host: x\r\n\r\n',
  'Host: x\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n',
  'host: x\r\nConnection: keep-alive\r\n\r\n',
]
const ODD_HEADERS = [
  'Host: x\r\nX-Odd: 1\r\n\r\n',
  'Host: x\r\nAuthorization: Bearer k\r\n\r\n',
  'Host: x\r\nAccept:\r\n\r\n',
  'Host: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'Host: x\r\nContent-Length: 3\r\n\r\nabc',
]
const LAST = 'GET /ping/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
/** The parser ends the connection with each of these; what it still says of requests before them, it says as it comes. */
const MALFORMED = [
  'GET /ping/a HTTP/1.0\r\nHost: x\r\n\r\n',
  'GET /ping/a HTTP/1.1\r\n\r\n',
  'GET /ping/a HTTP/1.1\r\nHost: x\r\n Accept: y\r\nConnection: close\r\n\r\n',
  'GET /ping/a HTTP/1.1\r\nHost: x\nConnection: close\r\n\r\n',
  'GET /ping/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  'get /ping/a HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET  /ping/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
]

const plain = fc
  .tuple(fc.constantFrom(...NAMES.map((name) => `/ping/${name}`), '/hb/a'), fc.constantFrom(...HEADERS))
  .map(([path, headers]) => `GET ${path} HTTP/1.1\r\n${headers}`)
const odd = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
    fc.constantFrom('/ping/a', '/ping/nobody', '/ping/a/start', '/ping/a?m.x=1', '/ping/%61', '/other'),
    fc.constantFrom(...HEADERS, ...ODD_HEADERS),
  )
  .map(([method, path, headers]) => `${method} ${path} HTTP/1.1\r\n${headers}`)

describe('the lane in front of the HTTP parser', () => {
  it('hears and answers what the parser would, wherever a stream of requests is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: odd }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.option(fc.constantFrom(...MALFORMED), { freq: 4 }),
        fc.array(fc.nat(600), { maxLength: 5 }),
        fc.boolean(),
        async (good, malformed, cuts, isWhole) => {
          const requests = malformed === null ? [...good, LAST] : [malformed]
          const stream = requests.join('')
          const at = [...new Set([0, ...cuts.filter((cut) => cut < stream.length)])].sort((a, b) => a - b)
          const pieces = isWhole ? requests : at.map((from, index) => stream.slice(from, at[index + 1]))
          const [laned, parsed] = await Promise.all(ears.map((ear) => say(ear, pieces)))
          expect(laned).toEqual(parsed)
          // A body that is still coming lets pings behind it be heard first.
          const [first, second] = ears.map(({ heard }) => heard.splice(0).sort())
          expect(first).toEqual(second)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('answers 503 what is not on disk, like the parser', async () => {
    outcome = 'full'
    const request = 'GET /ping/a HTTP/1.1\r\nHost: x\r\n\r\n'
    const [laned, parsed] = await Promise.all(ears.map((ear) => say(ear, [request, request, LAST])))
    expect(laned).toEqual(parsed)
    expect(laned?.match(/HTTP\/1.1 503 Service Unavailable/g)).toHaveLength(3)
    expect(laned).toContain('Retry-After: 5')
  })

  it('leaves pings to the parser where they need a key', async () => {
    isOpen = false
    expect(await say(ears[0] as Ear, [LAST])).toContain('401 Unauthorized')
  })

  it('answers one ping before it looks at the next', async () => {
    isManual = true
    const ear = ears[0] as Ear
    const socket = connect(ear.port, '127.0.0.1')
    let answers = 0
    socket.on('data', (chunk) => (answers += String(chunk).split('HTTP/1.1 200 OK').length - 1))
    for (let turn = 0; turn < 3; turn++) socket.write('GET /ping/a HTTP/1.1\r\nHost: x\r\n\r\n')
    for (let turn = 1; turn <= 3; turn++) {
      while (ear.waiting.length === 0) await loop()
      await loop()
      ear.waiting.shift()?.('durable')
      while (answers < turn) await loop()
    }
    expect(ear.heard).toEqual(['ok a', 'ok a', 'ok a'])
    socket.destroy()
  })

  it('answers who has said all and closed its side', async () => {
    const socket = connect({ port: (ears[0] as Ear).port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end('GET /ping/a HTTP/1.1\r\nHost: x\r\n\r\n')
    let answered = ''
    socket.on('data', (chunk) => (answered += String(chunk)))
    await once(socket, 'end')
    expect(answered).toContain('HTTP/1.1 200 OK')
    socket.destroy()
  })

  it('closes idle connections at once, and others behind their answer', async () => {
    const ear = await listen(true)
    isManual = true
    const idle = connect(ear.port, '127.0.0.1')
    const busy = connect(ear.port, '127.0.0.1')
    let answered = ''
    busy.on('data', (chunk) => (answered += String(chunk)))
    busy.write('GET /ping/a HTTP/1.1\r\nHost: x\r\n\r\n')
    while (ear.waiting.length === 0) await loop()
    ear.server.close()
    ear.lane?.close()
    idle.resume()
    await once(idle, 'close')
    ear.waiting.pop()?.('durable')
    await once(busy, 'close')
    expect(answered).toContain('HTTP/1.1 200 OK')
  })
})
