// A fleet of devices, its own process: connects, beats, is cut off all at once and comes back, and sends what it had kept.
// Every other device speaks MQTT 5. Prints what it saw as one line of JSON.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, residentBytesOf } from './measure.ts'

export type DevicesOptions = {
  port: number
  serverPid: number
  devices: number
  /** Each device beats as often, in seconds. */
  every: number
  /** How long the fleet beats, in seconds. */
  seconds: number
  /** The storm: all come back within so many seconds. */
  backWithin: number
  backlog: { devices: number; messages: number; within: number }
}

export type DevicesSeen = {
  bytesPerConnection: number
  beats: number
  p50: number
  p99: number
  max: number
  /** From the beginning of the storm until everybody is back and acknowledged, in ms. */
  allBackMs: number
  backP99: number
  backlogMs: number
  backlogMessages: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as DevicesOptions
const { devices, every, seconds, backWithin, backlog } = options

class Device {
  readonly name: string
  readonly #isFive: boolean
  #socket: Socket | undefined
  #got: Buffer = Buffer.alloc(0)
  #id = 0
  #waiting: ((packet: number) => void)[] = []

  constructor(index: number) {
    this.name = `dev-${index}`
    this.#isFive = index % 2 === 1
  }

  /** Resolves when it is welcome. */
  async enter(): Promise<void> {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    this.#got = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', (error) => fail(`${this.name}: ${error.message}`))
    const client = text(this.name)
    const head = [0, 4, 0x4d, 0x51, 0x54, 0x54, this.#isFive ? 5 : 4, 2, 0, 120, ...(this.#isFive ? [0] : [])]
    socket.write(packet(0x10, Buffer.from(head), client))
    if ((await this.#next()) !== 0x20) fail(`${this.name}: no CONNACK`)
  }

  /** Milliseconds until it is acknowledged. */
  async beat(payload = ''): Promise<number> {
    this.#id = (this.#id % 65_535) + 1
    const id = Buffer.from([this.#id >> 8, this.#id & 255, ...(this.#isFive ? [0] : [])])
    const from = performance.now()
    this.#socket?.write(packet(0x32, text(`hb/${this.name}`), id, Buffer.from(payload)))
    if ((await this.#next()) !== 0x40) fail(`${this.name}: no PUBACK`)
    return performance.now() - from
  }

  cut(): void {
    this.#socket?.removeAllListeners('error').on('error', () => {})
    this.#socket?.resetAndDestroy()
  }

  #next(): Promise<number> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #read(chunk: Buffer): void {
    this.#got = this.#got.length === 0 ? chunk : Buffer.concat([this.#got, chunk])
    while (this.#got.length >= 2 && this.#got.length >= 2 + (this.#got[1] as number)) {
      const type = this.#got[0] as number
      this.#got = this.#got.subarray(2 + (this.#got[1] as number))
      this.#waiting.shift()?.(type)
    }
  }
}

const fleet = Array.from({ length: devices }, (_, index) => new Device(index))
const before = residentBytesOf(options.serverPid)?.now ?? Number.NaN
await spread(fleet, devices / 2_000, (device) => device.enter())
await sleep(10_000)
const bytesPerConnection = ((residentBytesOf(options.serverPid)?.now ?? Number.NaN) - before) / devices
console.error(`devices: ${devices} connected`)

const delays: number[] = []
await spread(fleet, Math.min(every, seconds), async (device) => {
  for (let at = 0; at < seconds; at += every) {
    const from = performance.now()
    delays.push(await device.beat())
    await sleep(Math.max(0, every * 1_000 - (performance.now() - from)))
  }
})
console.error(`devices: ${delays.length} beats`)

for (const device of fleet) device.cut()
await sleep(2_000)
const stormFrom = performance.now()
const back: number[] = []
await spread(fleet, backWithin, async (device) => {
  const from = performance.now()
  await device.enter()
  await device.beat()
  back.push(performance.now() - from)
})
const allBackMs = performance.now() - stormFrom
console.error('devices: all are back')

const { messages } = backlog
const backlogFrom = performance.now()
await spread(fleet.slice(0, backlog.devices), backlog.within / 2, async (device) => {
  const kept = Array.from({ length: messages }, (_, n) => ({ boot: 1, seq: n + 1, age: (messages - n) * 60 }))
  await Promise.all(kept.map((fields) => device.beat(JSON.stringify(fields))))
})
const seen: DevicesSeen = {
  ...{ bytesPerConnection, beats: delays.length },
  ...{ p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), max: Math.max(...delays) },
  ...{ allBackMs, backP99: percentile(back, 0.99) },
  ...{ backlogMs: performance.now() - backlogFrom, backlogMessages: backlog.devices * messages },
}
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exit(0)

/** Begins one after the other, evenly within so many seconds; resolves when all are done. */
async function spread(all: readonly Device[], within: number, what: (device: Device) => Promise<void>): Promise<void> {
  const from = performance.now()
  const under: Promise<void>[] = []
  for (const [index, device] of all.entries()) {
    const ahead = from + (index / all.length) * within * 1_000 - performance.now()
    if (ahead > 1) await sleep(ahead)
    under.push(what(device))
  }
  await Promise.all(under)
}

function packet(head: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return Buffer.concat([Buffer.from([head, ...length]), body])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)])
}

function fail(reason: string): never {
  console.error(`the devices failed: ${reason}`)
  process.exit(1)
}
