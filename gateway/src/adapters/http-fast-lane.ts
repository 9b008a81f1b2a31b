// Takes the plainest pings from a connection before the HTTP parser does: one whole GET in one segment, to a known name,
// with no header that could matter. Whatever else comes goes to the parser, and the connection with it, for good.
//
//   waiting -> answering (what comes meanwhile is kept) -> waiting
//      \-> handed over
import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome } from '../app/ports.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { type Answer, answersFor } from './http-signal-answers.ts'
import { prefixLength } from './http-signal-route.ts'

export type FastLaneRules = {
  readonly intake: Intake
  readonly counters: Counters
  now(): Instant
  /** Whether bare names need no key. */
  open(): boolean
  readonly bodiesKeep: number
}

export type FastLane = {
  /** Ends the connections it has; those that wait for an answer get it first. */
  close(): void
}

/** A request that is longer is none of the plainest. */
const LONGEST = 2_048
/** The patience with a connection that never said anything, and with one between two pings. */
const FIRST_WORD: Duration = 5 * SECOND
const BETWEEN: Duration = 65 * SECOND

/** Stands in front of the server's own parser, on the server's own connections. */
export function addFastLane(server: Server, rules: FastLaneRules): FastLane {
  const parsers = server.listeners('connection') as ((socket: Socket) => void)[]
  const lanes = new Set<Lane>()
  const answers = answersFor(rules.bodiesKeep)
  const texts = new ResponseTexts(rules.now, answers.ok, answers.unavailable)
  const leave = (lane: Lane): void => {
    lanes.delete(lane)
    for (const parser of parsers) parser.call(server, lane.socket)
  }
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const lane = new Lane(socket, rules, texts, leave)
    lanes.add(lane)
    socket.once('close', () => lanes.delete(lane))
  })
  return {
    close() {
      for (const lane of lanes) lane.close()
    },
  }
}

class Lane {
  readonly socket: Socket
  readonly #rules: FastLaneRules
  readonly #texts: ResponseTexts
  readonly #leave: (lane: Lane) => void
  readonly #kept: Buffer[] = []
  /** Headers that were found plain: a client says the same each time. */
  #plainHeaders = ''
  #isAnswering = false
  #isLast = false

  constructor(socket: Socket, rules: FastLaneRules, texts: ResponseTexts, leave: (lane: Lane) => void) {
    this.socket = socket
    this.#rules = rules
    this.#texts = texts
    this.#leave = leave
    socket.setTimeout(FIRST_WORD, this.#expire)
    socket.on('data', this.#hear).on('end', this.close).on('error', this.#expire)
  }

  /** Also when the other side says that nothing more will come. */
  readonly close = (): void => {
    if (this.#isAnswering) this.#isLast = true
    else this.socket.end()
  }

  readonly #expire = (): void => void this.socket.destroy()

  readonly #hear = (chunk: Buffer): void => {
    if (this.#isAnswering) {
      this.#kept.push(chunk)
      this.socket.pause()
      return
    }
    const name = this.#nameIn(chunk)
    if (name === undefined) return this.#handOver(chunk)
    this.#isAnswering = true
    const at = this.#rules.now()
    this.#rules.intake.receive({ name, signal: { kind: 'ok', at, receivedAt: at, via: 'http' } }, this.#answer)
  }

  readonly #answer = (outcome: Outcome): void => {
    const isDurable = outcome === 'durable'
    this.#rules.counters.add(isDurable ? 'signals_accepted' : 'signals_refused', isDurable ? 'http' : outcome)
    this.#isAnswering = false
    if (this.socket.destroyed) return
    this.socket.write(this.#texts.of(isDurable), 'latin1')
    const next = this.#kept.shift()
    if (next !== undefined) {
      this.#hear(next)
      this.socket.resume()
    } else if (this.#isLast) this.socket.end()
  }

  #nameIn(chunk: Buffer): Name | undefined {
    if (chunk.length > LONGEST || !this.#rules.open()) return undefined
    const text = chunk.toString('latin1')
    const end = text.indexOf(START_END, METHOD.length)
    const prefix = prefixLength(text.slice(METHOD.length, METHOD.length + 6))
    if (end < 0 || prefix === 0 || !text.startsWith(METHOD)) return undefined
    const headers = text.slice(end + START_END.length)
    if (headers !== this.#plainHeaders) {
      if (!arePlain(headers)) return undefined
      this.#plainHeaders = headers
      this.socket.setTimeout(BETWEEN)
    }
    const name = text.slice(METHOD.length + prefix, end)
    return this.#rules.intake.has(name) ? name : undefined
  }

  #handOver(chunk: Buffer): void {
    const { socket } = this
    socket.off('data', this.#hear).off('end', this.close).off('error', this.#expire)
    socket.setTimeout(0, this.#expire)
    this.#leave(this)
    for (const later of this.#kept.splice(0).reverse()) socket.unshift(later)
    socket.unshift(chunk)
  }
}

/** What the two answers of the lane look like on the wire, with a date that changes once a second. */
class ResponseTexts {
  readonly #now: () => Instant
  readonly #heads: readonly [durable: string, not: string]
  readonly #tails: readonly [durable: string, not: string]
  #texts: readonly [durable: string, not: string] = ['', '']
  #second = 0

  constructor(now: () => Instant, durable: Answer, not: Answer) {
    this.#now = now
    this.#heads = [headOf(durable), headOf(not)]
    this.#tails = [tailOf(durable), tailOf(not)]
  }

  of(isDurable: boolean): string {
    const second = Math.floor(this.#now() / SECOND)
    if (second !== this.#second) {
      this.#second = second
      const date = `Date: ${new Date(second * SECOND).toUTCString()}`
      this.#texts = [this.#heads[0] + date + this.#tails[0], this.#heads[1] + date + this.#tails[1]]
    }
    return this.#texts[isDurable ? 0 : 1]
  }
}

function headOf({ status, headers }: Answer): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
  for (let place = 0; place < headers.length; place += 2) head += `${headers[place]}: ${headers[place + 1]}\r\n`
  return head
}

function tailOf({ text }: Answer): string {
  return `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${BETWEEN / SECOND}\r\n\r\n${text}`
}

const METHOD = 'GET '
const START_END = ' HTTP/1.1\r\n'
/** Headers that change nothing about a ping, but that there has to be one host. */
const PLAIN =
  /^(?:(host)|user-agent|accept(?:-encoding|-language)?): *[\x21-\x7e][\x20-\x7e]*$|^connection: *keep-alive$/i

/** All of a request's headers, the empty line, and nothing behind it. */
function arePlain(headers: string): boolean {
  if (!headers.endsWith('\r\n\r\n')) return false
  const lines = headers
    .slice(0, -4)
    .split('\r\n')
    .map((line) => PLAIN.exec(line))
  return lines.every((line) => line !== null) && lines.filter((line) => line?.[1] !== undefined).length === 1
}
