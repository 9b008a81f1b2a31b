// A broker of the library without what no heartbeat needs, and the parts of its client that its types leave out; the only
// file that knows the library.
import type { Duplex } from 'node:stream'
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes'
import { FirstLevels } from './mqtt-filter.ts'
import { type Publish, STRANGERS_LIMIT } from './mqtt-packets.ts'

export type { Client, ConnectPacket, PublishPacket } from 'aedes'

/** Fields of the library's client that its types leave out. */
export type InnerClient = Client & {
  will: object | null
  readonly subscriptions: Readonly<Record<string, unknown>>
  readonly _disconnected: boolean
  readonly version: number
  readonly _parsingBatch: number
  /** Message ids of QoS 2 between PUBREC and PUBREL. */
  readonly _inboundInflight: ReadonlySet<number | undefined>
  readonly _keepaliveTimer: NodeJS.Timeout | null
  _nextBatch(): void
}

export class HeartbeatBroker extends Aedes {
  declare readonly clients: Record<string, Client | undefined>
  /** Publishes that were acknowledged and go nowhere. */
  readonly dropped: WeakSet<object> = new WeakSet()
  /** Of live subscriptions. */
  readonly #wanted = new FirstLevels()

  constructor() {
    super({
      connectTimeout: 5_000,
      drainTimeout: 20_000,
      maxClientsIdLength: STRANGERS_LIMIT,
      maxInflightInbound: 20,
      maxTopicLevels: 8,
    })
  }

  /**
   * The library tells other brokers that it lives and sends the wills of brokers that fell silent. There are no others, and
   * since nothing is published under $SYS it would take itself for one of the silent: every live device's will would go out.
   */
  stopTimers(): void {
    const { _heartbeatInterval, _clearWillInterval } = this as unknown as Record<string, NodeJS.Timeout>
    clearInterval(_heartbeatInterval)
    clearInterval(_clearWillInterval)
  }

  fanOut({ topic, payload, qos }: Publish): void {
    if (!this.#wanted.mayMatch(topic)) return
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, dup: false, retain: false } as const
    library.publish.call(this, packet, null, () => {})
  }

  /** `client` is left out by the library when the publish is its own. */
  override publish(packet: PublishPacket, client: Done | Client | null, done?: Done): void {
    const own = client === null || typeof client === 'function'
    const idle = own
      ? packet.topic.startsWith('$SYS/')
      : this.dropped.has(packet) || !this.#wanted.mayMatch(packet.topic)
    if (!idle) library.publish.call(this, packet, client, done)
    else if (typeof client === 'function') client()
    else done?.()
  }

  /** A connection that was replaced while it was ending must not take its successor's place away. */
  unregisterClient(client: Client): void {
    if (this.clients[client.id] === client) library.unregisterClient.call(this, client)
  }

  override subscribe(topic: string, deliver: Deliver, done: () => void): void {
    this.#wanted.add(topic, 1)
    super.subscribe(topic, deliver, done)
  }

  override unsubscribe(topic: string, deliver: Deliver, done: () => void): void {
    this.#wanted.add(topic, -1)
    super.unsubscribe(topic, deliver, done)
  }
}

type Done = (error?: Error) => void
/** Methods of the library as it calls them itself. */
const library = Aedes.prototype as unknown as {
  publish(this: Aedes, packet: PublishPacket, client: Done | Client | null, done?: Done): void
  unregisterClient(this: Aedes, client: Client): void
}

type Deliver = (packet: AedesPublishPacket, callback: () => void) => void

export function inner(client: Client): InnerClient {
  return client as InnerClient
}

export function clientOf(wire: Duplex): InnerClient {
  return (wire as Duplex & { client: InnerClient }).client
}
