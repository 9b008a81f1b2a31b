// An adopter with rules as the file has them, and what it makes of publishes; Sparkplug payloads by an encoder of its own.
import { createAdopter } from '../src/adapters/adopt.ts'
import type { Publish } from '../src/adapters/mqtt-packets.ts'
import type { Heeded } from '../src/adapters/mqtt-signal.ts'
import type { Arrival } from '../src/app/ports.ts'
import { readDocument } from '../src/config/document.ts'
import type { AdoptSettings } from '../src/config/settings.ts'
import type { Terms } from '../src/domain/heartbeat.ts'
import { formatProblem, isWrong } from '../src/domain/problem.ts'

export const NOON: number = Date.UTC(2026, 10, 26, 12)

/** Of the text below `adopt:` in a file; whoever says no schedule gets an hour. */
export function rulesOf(text: string): readonly AdoptSettings[] {
  const around = { env: {}, environment: {}, file: 'overdue.yaml', readFile: () => '', hostZone: 'UTC' }
  const checked = readDocument(`defaults: { every: 1h }\nadopt:\n${text.replaceAll(/^(?=.)/gm, '  ')}\n`, around)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.adopt
}

export type Adopted = {
  readonly known: Set<string>
  /** Rules may be replaced. */
  readonly live: { adopt: readonly AdoptSettings[] }
  readonly newcomers: { name: string; terms: Terms }[]
  /** As what a start was told before. */
  readonly boots: Map<string, number>
  /** `ok:pump` for each signal, or why there is none; undefined: no rule knows the topic. */
  hear(topic: string, payload?: string | Uint8Array, more?: Partial<Heeded>): string | undefined
  /** What it told last. */
  last(): Arrival | undefined
}

/** `known`: names that are declared. */
export function adopting(text: string, known: readonly string[] = []): Adopted {
  const names = new Set(known)
  const newcomers: Adopted['newcomers'] = []
  const boots: Adopted['boots'] = new Map()
  const live = { adopt: rulesOf(text) }
  let last: Arrival | undefined
  const clash = (name: string) => [...names].find((one) => one !== name && one.toLowerCase() === name.toLowerCase())
  const intake = { has: (name: string) => names.has(name), clash }
  const adopt = createAdopter({
    ...{ intake, live, via: 'mqtt' as const, bootOf: (name: string) => boots.get(name) ?? 0 },
    newcomer: (name, terms) => newcomers.push({ name, terms }),
  })
  return {
    ...{ known: names, live, newcomers, boots, last: () => last },
    hear(topic, payload = '', more = {}) {
      const heard = adopt(publishOf(topic, payload), { user: undefined, receivedAt: NOON, isWill: false, ...more })
      if (heard === undefined) return undefined
      if ('refused' in heard) return heard.refused
      const arrivals = 'several' in heard ? heard.several : [heard]
      for (const { name, create } of arrivals) if (create !== undefined) names.add(name)
      last = arrivals.at(-1) ?? last
      return arrivals.map(({ name, signal }) => `${signal.kind}:${name}`).join(' ') || 'nothing'
    },
  }
}

export function publishOf(topic: string, payload: string | Uint8Array): Publish {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { topic, payload: bytes, qos: 0, dup: false, retain: false, messageId: 0 }
}

export type TestMetric = {
  name?: string
  alias?: number
  at?: number
  historical?: boolean
  long?: number
  int?: number
  double?: number
  text?: string
}

/** A payload of Sparkplug B, written from sparkplug_b.proto. */
export function sparkplug(
  metrics: readonly TestMetric[],
  more: { at?: number; seq?: number; uuid?: string } = {},
): Buffer {
  return Buffer.concat([
    ...field(1, more.at),
    ...metrics.map((metric) => lengthed(2, metricOf(metric))),
    ...field(3, more.seq),
    ...(more.uuid === undefined ? [] : [lengthed(4, Buffer.from(more.uuid))]),
  ])
}

function metricOf({ name, alias, at, historical, long, int, double, text }: TestMetric): Buffer {
  return Buffer.concat([
    ...(name === undefined ? [] : [lengthed(1, Buffer.from(name))]),
    ...field(2, alias),
    ...field(3, at),
    ...field(4, text === undefined ? 4 : 12),
    ...(historical === undefined ? [] : field(5, Number(historical))),
    ...field(10, int),
    ...field(11, long),
    ...(double === undefined ? [] : [Buffer.from([(13 << 3) | 1]), doubleOf(double)]),
    ...(text === undefined ? [] : [lengthed(15, Buffer.from(text))]),
  ])
}

function field(number: number, value: number | undefined): readonly Buffer[] {
  return value === undefined ? [] : [varint(BigInt(number << 3)), varint(BigInt(value))]
}

function lengthed(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes])
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left >>= 7n) {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0))
    if (left <= 0x7fn) return Buffer.from(bytes)
  }
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
