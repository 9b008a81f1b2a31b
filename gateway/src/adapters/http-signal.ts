// The ear for pings: a raw handler in front of the HTTP framework, so that the commonest request costs one lookup.
// Stamps the arrival, decides who may, answers when the signal is on disk. Knows no schedule and no verdict.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Event, OK } from '@overdue/device-sdk/wire'
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Arrival, Outcome } from '../app/ports.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { Signal } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import { type Answer, answersFor, send } from './http-signal-answers.ts'
import { answerAndClose, hasBody, readBody } from './http-signal-body.ts'
import { type CreateRules, type Query, readQuery, readTerms } from './http-signal-query.ts'
import { type Access, prefixLength, routeOf } from './http-signal-route.ts'
import type { Keys } from './keys.ts'

export type SignalRules = Pick<CreateRules, 'checkSchedule'> & {
  readonly intake: Intake
  readonly counters: Counters
  now(): Instant
  /** Whether bare names need no key. */
  open(): boolean
  /** Bytes of each body. */
  readonly bodiesKeep: number
  /** Read anew for each signal: a reload changes it. */
  readonly live: LiveRules
}

export type LiveRules = Pick<CreateRules, 'zone'> & {
  readonly keys: Keys
  /** `auto`: `?create=1`, and only where signals are open or come with the ping key. Else any signal of an unknown name. */
  readonly create: 'auto' | boolean | Terms
  /** What a created heartbeat has that neither the signal nor `create` says. */
  readonly defaults: Terms
}

/** Takes a request that is a signal and returns true; false leaves it untouched. */
export type SignalHandler = (req: IncomingMessage, res: ServerResponse) => boolean

export function createSignalHandler(rules: SignalRules): SignalHandler {
  const { intake, counters, live } = rules
  const answers = answersFor(rules.bodiesKeep)

  function settle(res: ServerResponse, answer: Answer, outcome: Outcome): void {
    if (outcome === 'durable') {
      counters.add('signals_accepted', 'http')
      send(res, answer)
    } else {
      counters.add('signals_refused', outcome)
      send(res, answers.unavailable)
    }
  }

  function refuse(res: ServerResponse, reason: string, answer: Answer): true {
    counters.add('signals_refused', reason)
    send(res, answer)
    return true
  }

  /** The whole rest of the work: anything but a plain beat of a known name where signals are open. */
  function handle(req: IncomingMessage, res: ServerResponse, receivedAt: Instant): boolean {
    const url = req.url as string
    const mark = url.indexOf('?')
    const route = routeOf(mark < 0 ? url : url.slice(0, mark), live.keys)
    if (route === undefined) return false
    if (!isMethod(req.method)) return refuse(res, 'method', answers.method)
    if (route.kind === 'malformed') return refuse(res, 'url', answers.malformed(route.problem))
    if (route.kind === 'unknown') return refuse(res, 'unknown', answers.unknown)
    const { name, event } = route
    const text = mark < 0 ? '' : url.slice(mark + 1)
    const query = readQuery(text, event, receivedAt)
    const rights = rightsOf(route.access, name, req, text)
    if (rights === 'unknown') return refuse(res, 'unknown', answers.unknown)
    if (rights === 'none') return refuse(res, 'key', answers.unauthorized)
    const unsupported = unsupportedEvent(event)
    if (unsupported !== undefined) return refuse(res, 'url', answers.malformed(unsupported))
    if (typeof query === 'string') return refuse(res, 'query', answers.malformed(query))
    const known = intake.has(name)
    if (!known && intake.clash(name) !== undefined) return refuse(res, 'clash', answers.clash)
    const create = known ? undefined : termsFor(query)
    if (typeof create === 'string') return refuse(res, 'query', answers.malformed(create))
    if (!known && create === undefined) return refuse(res, 'unknown', answers.unknown)
    const arrival: Arrival = create ? { name, signal: query.signal, create } : { name, signal: query.signal }
    const answer = create ? answers.created : answers.ok
    if (hasBody(req)) receiveWithBody(req, res, arrival, answer)
    else intake.receive(arrival, (outcome) => settle(res, answer, outcome))
    return true
  }

  function receiveWithBody(req: IncomingMessage, res: ServerResponse, head: Arrival, answer: Answer): void {
    const { name, signal, create } = head
    const release = create === undefined ? intake.hold(name, signal.receivedAt) : undefined
    readBody(req, rules.bodiesKeep, (body, whole) => {
      const arrival = body ? { ...head, signal: { ...signal, bodySize: body.length }, body } : head
      intake.receive(arrival, (outcome) => {
        if (whole) settle(res, answer, outcome)
        else settleEarly(req, res, answer, outcome)
      })
      release?.()
    })
  }

  function settleEarly(req: IncomingMessage, res: ServerResponse, answer: Answer, outcome: Outcome): void {
    const durable = outcome === 'durable'
    counters.add(durable ? 'signals_accepted' : 'signals_refused', durable ? 'http' : outcome)
    const { status, headers, text } = durable ? answer : answers.unavailable
    res.writeHead(status, [...headers, 'Connection', 'close'])
    answerAndClose(req, res, text)
  }

  /** `unknown` answers a mistyped key like any other unknown key, and keeps it from becoming a heartbeat's name. */
  function rightsOf(access: Access, name: Name, req: IncomingMessage, query: string): 'some' | 'none' | 'unknown' {
    if (access === 'key' || access === 'ping key') return 'some'
    const open = rules.open()
    if (access === 'doubtful' && !intake.has(name) && !(open && CREATES.test(query))) return 'unknown'
    if (open) return 'some'
    const key = BEARER.exec(req.headers.authorization ?? '')?.[1]
    return key !== undefined && (live.keys.nameOf(key) === name || live.keys.isPingKey(key)) ? 'some' : 'none'
  }

  function termsFor(query: Query): Terms | string | undefined {
    const { create, defaults, zone } = live
    if (create === false || (create === 'auto' && query.create === undefined)) return undefined
    const base = typeof create === 'object' ? create : defaults
    return readTerms(query.create ?? NO_PARAMETERS, { base, zone, checkSchedule: rules.checkSchedule })
  }

  return (req, res) => {
    const receivedAt = rules.now()
    const url = req.url as string
    const prefix = prefixLength(url)
    // A known name is a valid one, so a hit needs no parsing; a query or an event makes it a miss.
    const name = prefix === 0 ? '' : url.slice(prefix)
    if (prefix === 0 || !rules.open() || !intake.has(name) || !isMethod(req.method) || hasBody(req)) {
      return handle(req, res, receivedAt)
    }
    const signal: Signal = { kind: 'ok', at: receivedAt, receivedAt, via: 'http' }
    intake.receive({ name, signal }, (outcome) => settle(res, answers.ok, outcome))
    return true
  }
}

const BEARER = /^bearer +(\S+) *$/i
const CREATES = /(?:^|&)create=1(?:&|$)/
const NO_PARAMETERS: URLSearchParams = new URLSearchParams()

function isMethod(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'POST'
}

function unsupportedEvent(event: Event): string | undefined {
  if (event.kind === 'silence') return 'silence: not in this version'
  return event.awaitsExit && event !== OK ? 'exit: expected a number from 0 to 255 as the last segment' : undefined
}
