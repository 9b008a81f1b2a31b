// For the tests of the HTTP signal path: a real server on loopback around an intake that lives in memory.
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { createHttpServer } from '../src/adapters/http-server.ts'
import { createSignalHandler, type LiveRules, type SignalRules } from '../src/adapters/http-signal.ts'
import { createKeys, type Keys } from '../src/adapters/keys.ts'
import { Counters } from '../src/app/counters.ts'
import type { Intake } from '../src/app/intake.ts'
import type { Arrival, Outcome } from '../src/app/ports.ts'
import type { SilenceOrder } from '../src/app/url-silence.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { checkSchedule } from '../src/domain/schedule.ts'

export const PING_KEY = 'fqood64fmmnucenztu01wx'
export const NOW = 1_800_000_000_000

export type Stage = {
  readonly base: string
  readonly keys: Keys
  readonly counters: Counters
  /** The heartbeats that exist; a test may take one away. */
  readonly names: Set<string>
  readonly arrivals: Arrival[]
  /** Names held while a body is read, and those released. */
  readonly holds: string[]
  readonly silences: (SilenceOrder & { readonly name: string })[]
  outcome: Outcome
  /** Resolves as soon as `count` arrivals have come. */
  arrived(count: number): Promise<void>
  get(path: string, init?: RequestInit): Promise<Reply>
  /** Sends exactly this and returns all that comes back until the server closes or `until` appears. */
  raw(text: string | readonly string[], until?: string): Promise<string>
  dial(): Promise<Socket>
}
export type Reply = { readonly status: number; readonly text: string; readonly headers: Headers }

export const NAMES: readonly string[] = ['nightly-backup', 'pump-17/battery', 'Fridge']

export async function stage({
  pingKey = PING_KEY,
  ...more
}: Partial<SignalRules & LiveRules & { pingKey: string }> = {}): Promise<Stage> {
  const names = new Set(NAMES)
  const arrivals: Arrival[] = []
  let wake = (): void => {}
  const holds: string[] = []
  const silences: Stage['silences'] = []
  const keys = createKeys({
    master: Buffer.alloc(16, 3),
    nameOf: (id) => (names.has(NAMES[id] ?? '') ? NAMES[id] : undefined),
    idOf: (name) => (names.has(name) && NAMES.includes(name) ? NAMES.indexOf(name) : undefined),
    declared: new Map(),
    pingKey,
  })
  const intake: Intake = {
    has: (name) => names.has(name),
    clash: (name) => [...names].find((known) => known !== name && known.toLowerCase() === name.toLowerCase()),
    receive(arrival, settled) {
      arrivals.push(arrival)
      wake()
      if (arrival.create) names.add(arrival.name)
      setImmediate(() => settled(self.outcome))
    },
    hold(name) {
      holds.push(`hold ${name}`)
      return () => holds.push(`release ${name}`)
    },
    silence(name, order, settled) {
      silences.push({ name, ...order })
      setImmediate(() => settled(self.outcome))
    },
  }
  const counters = new Counters()
  const handle = createSignalHandler({
    intake,
    counters,
    now: () => NOW,
    open: () => true,
    bodiesKeep: 100_000,
    checkSchedule,
    live: { keys, create: 'auto', defaults: DEFAULT_TERMS, zone: 'Europe/Riga', ...more },
    ...more,
  })
  const server = createHttpServer((req, res) => {
    if (!handle(req, res)) res.writeHead(404).end('framework')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`

  async function dial(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return socket
  }

  const self: Stage = {
    base,
    keys,
    counters,
    names,
    arrivals,
    holds,
    silences,
    outcome: 'durable',
    dial,
    async arrived(count) {
      while (arrivals.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
    async get(path, init) {
      const response = await fetch(base + path, init)
      return { status: response.status, text: await response.text(), headers: response.headers }
    },
    async raw(text, until) {
      const socket = await dial()
      let received = ''
      socket.setEncoding('latin1')
      const ended = new Promise<void>((resolve) => {
        socket.on('close', () => resolve())
        socket.on('data', (chunk) => {
          received += chunk
          if (until !== undefined && received.includes(until)) resolve()
        })
      })
      for (const part of typeof text === 'string' ? [text] : text) {
        socket.write(part, 'latin1')
        await new Promise(setImmediate)
      }
      await ended
      socket.destroy()
      return received
    },
  }
  return self
}

/** The signal that arrived last, without what is the same for all. */
export function last(stage: Stage): Record<string, unknown> {
  const arrival = stage.arrivals.at(-1)
  if (arrival === undefined) throw new Error('nothing arrived')
  const { at, receivedAt: _, via: __, ...signal } = arrival.signal
  return { name: arrival.name, ...signal, ...(at !== NOW && { at }) }
}

export function counted(stage: Stage): string[] {
  return [...stage.counters.entries()].map(([name, label, count]) => `${name}{${label}} ${count}`)
}
