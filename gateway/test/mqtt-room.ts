// An ear with a stub intake, and what knocks at it: raw sockets, and packets built byte by byte.
import { connect, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import { createMqttEar, type MqttEar, type MqttEarOptions } from '../src/adapters/mqtt-ear.ts'
import { packetSize } from '../src/adapters/mqtt-packets.ts'
import { Turnstile } from '../src/adapters/turnstile.ts'
import { Counters } from '../src/app/counters.ts'
import type { Arrival, Outcome, Settled } from '../src/app/ports.ts'
import { Presences } from '../src/app/presences.ts'
import type { SilenceOrder } from '../src/app/url-silence.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'

export type Room = {
  readonly ear: MqttEar
  readonly port: number
  /** Every arrival, in order. */
  readonly heard: Arrival[]
  /** What the intake has not settled, when `manual`. */
  readonly waiting: Settled[]
  readonly silences: (SilenceOrder & { readonly name: string })[]
  readonly arrivals: string[]
  readonly logged: string[]
  readonly intake: { outcome: Outcome; manual: boolean }
  /** `ok:pump-1` for every arrival. */
  told(): string[]
  counted(label: string): number
  /** Resolves as soon as `count` arrivals have come. */
  arrived(count: number): Promise<void>
}

const KNOWN = ['pump-1', 'pump-1/battery', 'pump-2', 'job']

export async function openRoom(options: Partial<MqttEarOptions> = {}): Promise<Room> {
  const known = new Set(KNOWN)
  const heard: Arrival[] = []
  const waiting: Settled[] = []
  const silences: Room['silences'] = []
  const arrivals: string[] = []
  const logged: string[] = []
  const intake: { outcome: Outcome; manual: boolean } = { outcome: 'durable', manual: false }
  let wake = (): void => {}
  const counters = new Counters()
  const ear = await createMqttEar({
    intake: {
      has: (name) => known.has(name),
      clash: (name) => [...known].find((other) => other !== name && other.toLowerCase() === name.toLowerCase()),
      hold: () => () => {},
      silence(name, order, settled) {
        silences.push({ name, ...order })
        if (intake.manual) waiting.push(settled)
        else setImmediate(settled, intake.outcome)
      },
      receive(arrival, settled) {
        heard.push(arrival)
        known.add(arrival.name)
        if (intake.manual) waiting.push(settled)
        else setImmediate(settled, intake.outcome)
        wake()
      },
    },
    counters,
    now: Date.now,
    open: () => true,
    live: { create: 'auto', defaults: DEFAULT_TERMS },
    root: 'hb',
    presences: new Presences(),
    states: { current: () => [], listen: () => () => {} },
    pace: () => ({ perSecond: 1_000, burst: 10_000 }),
    log: (fact, fields) => logged.push(`${fact} ${JSON.stringify(fields)}`),
    address: { host: '127.0.0.1', port: 0 },
    turnstile: new Turnstile(() => ({ connections: 1_000, perAddress: 1_000, perSecond: 1_000 }), counters),
    newArrival: (name) => arrivals.push(name),
    ...options,
  })
  return {
    ear,
    port: ear.port ?? 0,
    heard,
    waiting,
    silences,
    arrivals,
    logged,
    intake,
    told: () => heard.map(({ name, signal }) => `${signal.kind}:${name}`),
    counted: (label) => [...counters.entries()].find(([name, of]) => of === label || name === label)?.[2] ?? 0,
    arrived: async (count) => {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

/** A socket that keeps what it got and can be asked to wait for more. */
export class Raw {
  readonly socket: Socket
  readonly connected: Promise<unknown>
  readonly closed: Promise<unknown>
  got: Buffer = Buffer.alloc(0)
  #wake = (): void => {}

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('error', () => {})
    this.connected = new Promise((resolve) => this.socket.once('connect', resolve))
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.on('data', (chunk: Buffer) => {
      this.got = Buffer.concat([this.got, chunk])
      this.#wake()
    })
  }

  send(...packets: Buffer[]): this {
    this.socket.write(Buffer.concat(packets))
    return this
  }

  /** The first `count` bytes, which are then gone. */
  async take(count: number): Promise<string> {
    while (this.got.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    const taken = this.got.subarray(0, count).toString('hex')
    this.got = this.got.subarray(count)
    return taken
  }

  /** Connected and greeted. */
  static async greeted(port: number, clientId = 'raw', options: ConnectOptions = {}): Promise<Raw> {
    const raw = new Raw(port).send(connectPacket(clientId, options))
    await raw.take(4)
    return raw
  }

  /** The next packet of MQTT 5. */
  async packet5(): Promise<Packet> {
    const packets: Packet[] = []
    const reader = parser({ protocolVersion: 5 }).on('packet', (packet) => packets.push(packet))
    while (true) {
      const size = this.got.length < 2 ? 0 : packetSize(this.got, 0)
      if (size > 0 && this.got.length >= size) {
        reader.parse(Buffer.from(await this.take(size), 'hex'))
        return packets[0] as Packet
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** A round trip: all that was sent before has been seen by the ear. */
  async ping(): Promise<string> {
    this.send(PINGREQ)
    return await this.take(2)
  }
}

type ConnectOptions = {
  clean?: boolean
  /** Seconds; 0: none. */
  keepAlive?: number
  version?: 3 | 4 | 5 | 6
  user?: string
  will?: { topic: string; payload: string; qos?: number; retain?: boolean }
}

export function connectPacket(
  clientId: string,
  { clean = true, keepAlive = 60, version = 4, user, will }: ConnectOptions = {},
): Buffer {
  const willFlags = will === undefined ? 0 : 4 | ((will.qos ?? 1) << 3) | (will.retain ? 0x20 : 0)
  const flags = (clean ? 2 : 0) | willFlags | (user === undefined ? 0 : 0x80)
  const parts = [
    text(version === 3 ? 'MQIsdp' : 'MQTT'),
    Buffer.from([version, flags, keepAlive >> 8, keepAlive & 0xff]),
    ...(version === 5 ? [Buffer.from([0])] : []),
    text(clientId),
    ...(will === undefined ? [] : [text(will.topic), text(will.payload)]),
    ...(user === undefined ? [] : [text(user)]),
  ]
  return packet(0x10, ...parts)
}

/** MQTT 5: properties are those of the library that its clients use. */
export function packet5(fields: Packet): Buffer {
  return generate(fields, { protocolVersion: 5 })
}

export type PublishOptions = {
  qos?: 0 | 1 | 2
  id?: number
  dup?: boolean
  retain?: boolean
  payload?: string | Buffer
}

export function publishPacket(topic: string, options: PublishOptions = {}): Buffer {
  const { qos = 1, id = 1, dup = false, retain = false, payload = '' } = options
  const head = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
  const messageId = qos === 0 ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 0xff])
  return packet(head, text(topic), messageId, Buffer.from(payload as string))
}

export function subscribePacket(filter: string): Buffer {
  return packet(0x82, Buffer.from([0, 9]), text(filter), Buffer.from([1]))
}

export function pubrelPacket(id: number): Buffer {
  return packet(0x62, Buffer.from([id >> 8, id & 0xff]))
}

export const PINGREQ: Buffer = Buffer.from([0xc0, 0])
export const DISCONNECT: Buffer = Buffer.from([0xe0, 0])

export function packet(head: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 0x7f) | 0x80 : left)
    if (left <= 127) break
  }
  return Buffer.concat([Buffer.from([head, ...length]), body])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}
