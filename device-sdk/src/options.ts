// How to reach the gateway: what was asked for, checked once, with defaults. A wrong option is a value, never thrown.
import { Courier } from './courier.ts'
import type { Link } from './link.ts'
import { httpLink } from './link-http.ts'
import { mqttLink } from './link-mqtt.ts'
import { type Listener, teller } from './problem.ts'
import { LONGEST_TIMER, type Wait, waitOf } from './wait.ts'

/** PEM texts, for a private authority or a client certificate. */
export type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string }

/**
 * Exactly one of `url` and `mqtt`. One options object is one connection and one buffer, shared by all heartbeats made
 * with it.
 */
export type Options = {
  /** `http://gateway:8080` or `https://…`. */
  readonly url?: string | undefined
  /** `mqtt://gateway:1883` or `mqtts://…`: also any broker that the gateway is bridged to. Needs the package `mqtt`. */
  readonly mqtt?: string | undefined
  /** The heartbeat's key or the ping key over HTTP, the device's token over MQTT. */
  readonly key?: string | undefined
  /** Over MQTT, where there is a key: the user name; otherwise the first level of the first heartbeat's name. */
  readonly user?: string | undefined
  readonly tls?: Tls
  /** How long one try may take; `10s` unless said otherwise. */
  readonly timeout?: Wait
  /**
   * How long the end of the process may wait for signals that are kept, `0` for not at all; `2s` unless said otherwise.
   */
  readonly exitWithin?: Wait
  /** How many signals are kept while the gateway is away; 1,000 unless said otherwise. */
  readonly buffer?: number
  /** Over MQTT: the first level of all topics; `hb` unless said otherwise. */
  readonly root?: string
  /** Over MQTT: a number that grows with every start of the device; from the clock unless said otherwise. */
  readonly boot?: number
  /**
   * Over MQTT: whether the broker tells when the link breaks. For heartbeats that beat by `every`; not unless said so.
   */
  readonly will?: boolean
  /** Told of every problem. Without one, what is lost becomes a process warning. */
  readonly onProblem?: Listener
}

/** The courier of these options, or why there can be none. `name` is the heartbeat that asks. */
export function courierFor(options: Options, name: string): Courier | string {
  const known = couriers.get(options)
  if (known !== undefined) return known
  const way = readOptions(options, name)
  if (typeof way === 'string') return way
  const { link, capacity, exitWithin } = way
  const courier = new Courier(link, { capacity, exitWithin, tell: teller(options.onProblem) })
  couriers.set(options, courier)
  return courier
}

const couriers: WeakMap<Options, Courier> = new WeakMap()

type Way = { readonly link: Link; readonly capacity: number; readonly exitWithin: number }

function readOptions(options: Options, first: string): Way | string {
  const { url, mqtt, key, user, tls = {}, root = 'hb', boot = BOOT, will = false, buffer = 1000 } = options
  const timeout = waitOf(options.timeout ?? '10s')
  const exitWithin = waitOf(options.exitWithin ?? '2s')
  if (timeout === undefined || timeout < 1 || timeout > LONGEST_TIMER) return `timeout: ${EXPECTED_WAIT}`
  if (exitWithin === undefined || exitWithin > LONGEST_TIMER) return `exitWithin: ${EXPECTED_WAIT}`
  if (!Number.isInteger(buffer) || buffer < 1) return 'buffer: expected a whole number from 1 on'
  if (!Number.isSafeInteger(boot) || boot < 0) return 'boot: expected a whole number from 0 on'
  if (key !== undefined && !SENDABLE.test(key)) return 'key: expected printable characters without spaces'
  const rest = { capacity: buffer, exitWithin }
  if ((url === undefined) === (mqtt === undefined))
    return `expected url or mqtt, got ${url === undefined ? 'neither' : 'both'}`
  if (url !== undefined) {
    const place = addressOf(url, /^https?:$/)
    if (place === undefined)
      return 'url: expected an address like http://gateway:8080, without user, password and query'
    return { ...rest, link: httpLink({ url: place, key, timeout, tls }) }
  }
  const place = addressOf(mqtt, /^mqtts?:$/)
  if (place === undefined) return 'mqtt: expected an address like mqtt://gateway:1883, without user and password'
  if (root === '' || /[+#/\s]/.test(root)) return 'root: expected one level of a topic'
  const name = user ?? (key === undefined ? undefined : first.split('/')[0])
  const settings = { url: place, user: name, key, root, boot, will: will ? first : undefined, timeout, tls }
  return { ...rest, link: mqttLink(settings) }
}

const EXPECTED_WAIT = 'expected a length of time like 10s'
const SENDABLE = /^[\x21-\x7e]+$/

/** Fifteen digits that grow from start to start, and that two processes of one moment don't share. */
const BOOT: number = Math.round(Date.now() - performance.now()) * 100 + (process.pid % 100)

/** Without a slash at its end. Secrets have no place in it, since it is shown in problems. */
function addressOf(text: unknown, protocol: RegExp): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined
  const { protocol: found, host, pathname, username, password, search, hash } = new URL(text)
  if (!protocol.test(found) || host === '' || `${username}${password}${search}${hash}` !== '') return undefined
  return `${found}//${host}${pathname.replace(/\/+$/, '')}`
}
