// The ear for pings: a raw handler in front of the HTTP framework, so that the commonest request costs one lookup.
// Stamps the arrival, decides who may, answers when the signal is on disk. Knows no schedule and no verdict.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Arrival, Outcome } from '../app/ports.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { Signal } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import type { Pass } from './device-door.ts'
import { type Answer, answersFor, send } from './http-signal-answers.ts'
import { hasBody, readBody, sendAndClose } from './http-signal-body.ts'
import { type CreateRules, type Query, readQuery, readSilenceQuery, readTerms } from './http-signal-query.ts'
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
  /** What an `Authorization` header proves about a name; without it no device has a token of its own. */
  passFor?(authorization: string, name: Name): Pass | undefined
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

  function settle(res: ServerResponse, answer: Answer, outcome: Outcome, reply: Reply = send): void {
    if (outcome === 'durable') {
      counters.add('signals_accepted', 'http')
      reply(res, answer)
    } else {
      counters.add('signals_refused', outcome)
      reply(res, answers.unavailable)
    }
  }

  function refuse(res: ServerResponse, reason: string, answer: Answer, reply: Reply = send): true {
    counters.add('signals_refused', reason)
    reply(res, answer)
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
    const pass = route.access === 'bare' || route.access === 'doubtful' ? passOf(req, name) : undefined
    const rights = rightsOf(route.access, name, req, text, pass)
    if (rights === 'unknown') return refuse(res, 'unknown', answers.unknown)
    if (rights === 'none') return refuse(res, 'key', answers.unauthorized)
    if (event.kind === 'silence') return silence(res, name, text, receivedAt)
    if (event.awaitsExit) return refuse(res, 'url', answers.malformed(NO_EXIT))
    const query = readQuery(text, event, receivedAt)
    if (typeof query === 'string') return refuse(res, 'query', answers.malformed(query))
    const admission = admit(name, query, pass)
    if ('refused' in admission) return refuse(res, admission.refused, admission.answer)
    if (hasBody(req)) receiveWithBody(req, res, name, query, pass)
    else intake.receive(admission.arrival, (outcome) => settle(res, admission.answer, outcome))
    return true
  }

  /** A word to the operator's side of the gateway: it makes no heartbeat, and says nothing of the job. */
  function silence(res: ServerResponse, name: Name, query: string, receivedAt: Instant): true {
    const asked = readSilenceQuery(query)
    if (typeof asked === 'string') return refuse(res, 'query', answers.malformed(asked))
    if (!intake.has(name)) {
      return intake.clash(name) === undefined
        ? refuse(res, 'unknown', answers.unknown)
        : refuse(res, 'clash', answers.clash)
    }
    intake.silence(name, { ...asked, from: receivedAt, by: 'url' }, (outcome) => {
      if (outcome === 'durable') send(res, answers.ok)
      else refuse(res, outcome, answers.unavailable)
    })
    return true
  }

  function admit(name: Name, query: Query, pass: Pass | undefined): Admission {
    const { signal } = query
    if (intake.has(name)) return { arrival: { name, signal }, answer: answers.ok }
    if (intake.clash(name) !== undefined) return { refused: 'clash', answer: answers.clash }
    const create = termsFor(name, query, pass)
    if (typeof create === 'string') return { refused: 'query', answer: answers.malformed(create) }
    if (create === undefined) return { refused: 'unknown', answer: answers.unknown }
    return { arrival: { name, signal, create }, answer: answers.created }
  }

  /** Admits once more when the body is there: the name may have been made or removed meanwhile. */
  function receiveWithBody(
    req: IncomingMessage,
    res: ServerResponse,
    name: Name,
    query: Query,
    pass: Pass | undefined,
  ): void {
    const { signal } = query
    const release = intake.has(name) ? intake.hold(name, signal.receivedAt) : undefined
    readBody(req, rules.bodiesKeep, (body, whole) => {
      const reply = whole ? send : sendAndClose
      const admission = admit(name, query, pass)
      if ('refused' in admission) refuse(res, admission.refused, admission.answer, reply)
      else {
        const { arrival, answer } = admission
        const full = body ? { ...arrival, signal: { ...signal, bodySize: body.length }, body } : arrival
        intake.receive(full, (outcome) => settle(res, answer, outcome, reply))
      }
      release?.()
    })
  }

  /** `unknown` answers a mistyped key like any other unknown key, and keeps it from becoming a heartbeat's name. */
  function rightsOf(
    access: Access,
    name: Name,
    req: IncomingMessage,
    query: string,
    pass: Pass | undefined,
  ): 'some' | 'none' | 'unknown' {
    if (access === 'key' || access === 'ping key' || pass !== undefined) return 'some'
    const rights = rules.open() || hasKey(req, name) ? 'some' : 'none'
    if (access === 'doubtful' && !intake.has(name) && !(rights === 'some' && CREATES.test(query))) return 'unknown'
    return rights
  }

  /** Not looked at where nothing depends on it. */
  function passOf({ headers: { authorization } }: IncomingMessage, name: Name): Pass | undefined {
    if (authorization === undefined || (rules.open() && intake.has(name))) return undefined
    return rules.passFor?.(authorization, name)
  }

  function hasKey(req: IncomingMessage, name: Name): boolean {
    const key = BEARER.exec(req.headers.authorization ?? '')?.[1]
    return key !== undefined && (live.keys.nameOf(key) === name || live.keys.isPingKey(key))
  }

  function termsFor(name: Name, query: Query, pass: Pass | undefined): Terms | string | undefined {
    const { create, defaults, zone } = live
    const own = pass?.create?.(name)
    if (own === undefined && (create === false || (create === 'auto' && query.create === undefined))) return undefined
    const base = own ?? (typeof create === 'object' ? create : defaults)
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

type Reply = (res: ServerResponse, answer: Answer) => void
type Admission =
  | { readonly arrival: Arrival; readonly answer: Answer }
  | { readonly refused: string; readonly answer: Answer }

const BEARER = /^bearer +(\S+) *$/i
const CREATES = /(?:^|&)create=1(?:&|$)/
const NO_EXIT = 'exit: expected a number from 0 to 255 as the last segment'
const NO_PARAMETERS: URLSearchParams = new URLSearchParams()

function isMethod(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'POST'
}
