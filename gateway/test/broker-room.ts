// Brokers as Debian packages them, on a free loopback port and in a folder of their own; they can be killed and started again.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'
import { freePort, type GatewayProcess } from './process.ts'
import { isInstalled, RealServer } from './real-server.ts'

export const HAS_MOSQUITTO: boolean = isInstalled('mosquitto')
export const HAS_NATS: boolean = isInstalled('nats-server')
const WITHIN = 30_000
const PAUSE = 5

export class RealBroker extends RealServer {
  readonly #configure: (port: number, folder: string) => string
  port = 0

  constructor(command: 'mosquitto' | 'nats-server', configure: (port: number, folder: string) => string) {
    super(command)
    this.#configure = configure
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  /** Again on the same port, once it has one. */
  async up(): Promise<this> {
    const file = join(this.folder, 'broker.conf')
    const hasPort = this.port !== 0
    await this.start(
      async () => {
        if (!hasPort) this.port = await freePort()
        writeFileSync(file, this.#configure(this.port, this.folder))
        return ['-c', file]
      },
      () => answers(this.port),
    )
    return this
  }

  client(options: mqtt.IClientOptions = {}): Promise<mqtt.MqttClient> {
    return mqtt.connectAsync(this.url, { protocolVersion: 4, reconnectPeriod: 100, ...options })
  }
}

export function mosquitto(lines: readonly string[] = ['allow_anonymous true']): RealBroker {
  const fixed = ['persistence false', 'max_queued_messages 100000', 'user root']
  return new RealBroker('mosquitto', (port) => [`listener ${port} 127.0.0.1`, ...fixed, ...lines, ''].join('\n'))
}

/** MQTT needs a name and JetStream; over WebSockets it is at `/mqtt`. */
export function nats(over: 'mqtt' | 'websocket' = 'mqtt'): RealBroker {
  const lines = (port: number) =>
    over === 'mqtt'
      ? `mqtt { host: "127.0.0.1", port: ${port} }`
      : `mqtt { host: "127.0.0.1", port: -1 }\nwebsocket { host: "127.0.0.1", port: ${port}, no_tls: true }`
  return new RealBroker(
    'nats-server',
    (port, folder) =>
      `server_name: test\nlisten: "127.0.0.1:-1"\njetstream { store_dir: "${folder}/store" }\n${lines(port)}\n`,
  )
}

export type BridgeItem = {
  readonly name: string
  readonly state: string
  readonly version: string
  readonly shared: boolean
  readonly waiting: number
  readonly why: string | null
}

export async function bridgeOf(gateway: GatewayProcess): Promise<BridgeItem> {
  const { body } = await gateway.get('/bridges')
  return (body as { items: readonly BridgeItem[] }).items[0] as BridgeItem
}

/** Resolves with the first answer that is `good`. A question that fails is asked again: who was killed leaves dead connections. */
export async function eventually<T>(ask: () => Promise<T> | T, good: (answer: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + WITHIN
  let last: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (good(answer)) return answer
      last = answer
    } catch (error) {
      last = (error as Error).message
    }
    if (performance.now() > giveUpAt) throw new Error(`never came true, last ${JSON.stringify(last)}`)
    await sleep(PAUSE)
  }
}

export function hearing(gateway: GatewayProcess): Promise<BridgeItem> {
  return eventually(
    () => bridgeOf(gateway),
    ({ state }) => state === 'hearing',
  )
}

export type SignalItem = { readonly seq: number; readonly kind: string; readonly via: string; readonly run?: string }

/** Of a heartbeat, newest first. */
export async function signalsOf(gateway: GatewayProcess, name: string): Promise<readonly SignalItem[]> {
  const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/signals?limit=1000`)
  return (body as { items: readonly SignalItem[] }).items
}

export async function openIncidents(gateway: GatewayProcess): Promise<readonly string[]> {
  const { body } = await gateway.get('/incidents?state=all')
  return (body as { items: readonly { heartbeat: string }[] }).items.map(({ heartbeat }) => heartbeat)
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}
