// One signal as the process keeps it until the gateway has it, and how it is written on each wire. Pure.

import { cleanText, isMetricName, MOST_METRICS } from './text.ts'
import { type Wait, waitOf } from './wait.ts'

/** What a signal may carry besides its kind. What can't be read is left out; the signal is sent all the same. */
export type Details = {
  /** One line of at most 2,000 characters; longer ones are cut. */
  readonly message?: string
  /** At most 32 numbers; names are letters, digits, `-` and `_`. */
  readonly metrics?: Readonly<Record<string, number>>
  /** How long the work took. A run measures it by itself. */
  readonly duration?: Wait
  /** When the next signal will come, instead of what the schedule says. */
  readonly next?: Wait
  /** The allowance after `next`. */
  readonly grace?: Wait
}

export type Kind = 'ok' | 'start' | 'fail' | 'log' | 'bye'

export type Signal = Omit<Details, 'duration' | 'next' | 'grace'> & {
  readonly name: string
  readonly kind: Kind
  /** On a clock that only runs forward, in milliseconds. */
  readonly at: number
  readonly run?: string
  readonly duration?: number
  readonly next?: number
  readonly grace?: number
}

/** What identifies a signal over MQTT: the process, and a number in it. */
export type Place = { readonly boot: number; readonly seq: number }

export function signalOf(name: string, kind: Kind, details: Details, run?: string): Signal {
  const metrics = Object.entries(details.metrics ?? {}).filter(([key, value]) => isMetricName(key) && isNumber(value))
  const message = cleanText(String(details.message ?? ''))
  const signal: { -readonly [Key in keyof Signal]: Signal[Key] } = { name, kind, at: performance.now() }
  if (run !== undefined) signal.run = run
  if (message !== '') signal.message = message
  if (metrics.length > 0) signal.metrics = Object.fromEntries(metrics.slice(0, MOST_METRICS))
  for (const key of ['duration', 'next', 'grace'] as const) {
    const wait = waitOf(details[key])
    if (wait !== undefined) signal[key] = wait
  }
  return signal
}

/** What was thrown, in one line. Never throws, whatever it was. */
export function reasonOf(thrown: unknown): string {
  try {
    return thrown === undefined ? '' : String(thrown)
  } catch {
    return 'something that has no text was thrown'
  }
}

/** `/hb/<name>/<kind>?…`, times in seconds. A signal that was not kept carries no age. */
export function pathOf(signal: Signal, age: number): string {
  const { name, kind, run, message, metrics = {} } = signal
  const query = new URLSearchParams()
  if (run !== undefined) query.set('rid', run)
  for (const key of ['duration', 'next', 'grace'] as const) {
    const wait = signal[key]
    if (wait !== undefined) query.set(key, `${seconds(wait)}`)
  }
  if (age >= LEAST_AGE) query.set('age', `${seconds(age)}`)
  for (const [key, value] of Object.entries(metrics)) query.set(`m.${key}`, `${value}`)
  if (message !== undefined) query.set('msg', fitting(message))
  return `/hb/${name}/${kind}${query.size === 0 ? '' : '?'}${query}`
}

export function topicOf({ name, kind }: Signal, root: string): string {
  return `${root}/${name}${kind === 'ok' ? '' : `/${kind}`}`
}

/** JSON with the keys of the wire, times in seconds; what is undefined is left out. */
export function payloadOf(signal: Signal, age: number, place: Place): string {
  const { run, duration, next, grace, message, metrics } = signal
  return JSON.stringify({
    ...place,
    rid: run,
    dur: duration && seconds(duration),
    age: age >= LEAST_AGE ? seconds(age) : undefined,
    next: next && seconds(next),
    grace: grace && seconds(grace),
    msg: message,
    m: metrics,
  })
}

/** In milliseconds, which the gateway counts in. */
const LEAST_AGE = 1
/** A request's head may not be larger than 16 kB. */
const LONGEST_MESSAGE = 8000

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Shortened until it fits, percent-encoded, beside everything else. */
function fitting(message: string): string {
  let text = message
  while (encodeURIComponent(text).length > LONGEST_MESSAGE) text = cleanText(text, Math.floor(text.length * 0.8))
  return text
}
