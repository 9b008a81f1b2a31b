// The MQTT broker behind the ear, and the only file that knows the library. It keeps sessions, QoS 2, wills, keep-alive and
// subscriptions; the ear decides about everything that is published. Nothing is retained for devices, nothing queued.
import type { Socket } from 'node:net'
import { Aedes, type AedesPublishPacket, type Client, type ConnectPacket, type PublishPacket } from 'aedes'
import { installFastLane } from './mqtt-fast-lane.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import { connackRefusing, type Publish, STRANGERS_LIMIT } from './mqtt-packets.ts'
import { type Greeting, objectionTo, reachesRoot } from './mqtt-rights.ts'

export async function startBroker<Session>(root: string, hooks: BrokerHooks<Session>): Promise<Broker> {
  const broker = new HeartbeatBroker(root)
  const sessions = new WeakMap<object, Session>()
  const sessionOf = (client: Client): Session => sessions.get(client) as Session

  broker.preConnect = (client, packet, callback) => {
    // The library answers a version that it does not speak.
    const objection = packet.protocolVersion === 5 ? undefined : objectionTo(packet as ConnectPacket & Greeting)
    if (objection !== undefined) {
      client.conn.write(connackRefusing(objection))
      hooks.log('connect.refused', { reason: objection })
      return callback(new Error(`refused: ${objection}`), false)
    }
    // A client id is the device's own choice: were it alone the session's key, any device could end another's session.
    if (packet.clientId !== '') packet.clientId = `${packet.username ?? ''}/${packet.clientId}`
    // A session that outlives its connection would queue without bound for devices that only ever publish.
    packet.clean = true
    callback(null, true)
  }

  broker.authenticate = (client, user, password, callback) => {
    hooks.mayEnter(sessionOf(client), user, password, (may) => {
      if (!may) {
        hooks.log('connect.refused', { reason: 'not authorised', clientId: client.id })
        return callback(Object.assign(new Error('not authorised'), { returnCode: NOT_AUTHORISED }), false)
      }
      // A takeover is the device coming back: the will of the session it replaces says nothing any more.
      const replaced = client.closed ? undefined : broker.clients[client.id]
      if (replaced !== undefined) inner(replaced).will = null
      callback(null, true)
    })
  }

  broker.authorizePublish = (client, packet, callback) => {
    // Only wills come while everything is ended, and those of our own making tell nothing.
    if (client === null || broker.closed) return callback(new Error('closing'))
    // Until its PUBREL an id stands for the message that was taken, whether flagged DUP or not.
    if (packet.qos === 2 && inner(client)._inboundInflight.has(packet.messageId)) return callback(null)
    const isWill = (packet as object) === inner(client).will
    hooks.deferred(sessionOf(client), publishOf(packet), isWill, (fanOut) => {
      if (!fanOut) broker.dropped.add(packet)
      packet.retain = false
      // After the end of a connection the handshake would leave its bookkeeping behind for good.
      if (isWill || !client.closed) callback(null)
    })
  }

  broker.authorizeSubscribe = (client, subscription, callback) => {
    const allowed =
      hooks.maySubscribe(sessionOf(client), subscription.topic) &&
      Object.keys(inner(client).subscriptions).length < MOST_SUBSCRIPTIONS
    if (!allowed) hooks.log('subscribe.refused', { clientId: client.id, filter: subscription.topic.slice(0, 100) })
    callback(null, allowed ? subscription : null)
  }

  broker.on('client', (client) => hooks.entered(sessionOf(client), client.id, inner(client).version))
  broker.on('clientDisconnect', (client) => hooks.closed(sessionOf(client), client.id, inner(client)._disconnected))
  broker.on('clientError', (client, error) =>
    hooks.log('client.failed', { clientId: client.id, reason: error.message }),
  )
  broker.on('connectionError', (_, error) => hooks.log('connection.failed', { reason: error.message }))
  await broker.listen()
  broker.stopTimers()

  return {
    handle(socket) {
      const session = hooks.opened(socket)
      const fanOut = (publish: Publish): void => broker.fanOut(publish, client)
      installFastLane(socket, {
        accepted: () => client.connected && !socket.destroyed,
        ready: () => hooks.ready(session),
        alive: () => client._keepaliveTimer?.refresh(),
        publish: (publish) => hooks.publish(session, publish, fanOut),
        broken: (why) => socket.destroy(new Error(why)),
      })
      const client = inner(broker.handle(socket))
      sessions.set(client, session)
    },
    resume(socket) {
      const client = clientOf(socket)
      // While the broker is busy with packets of its own it asks for more by itself.
      if (!client.closed && client._parsingBatch === 0) client._nextBatch()
    },
    dropWill(socket) {
      clientOf(socket).will = null
    },
    clients: () => Object.keys(broker.clients).length,
    close: () => new Promise((resolve) => broker.close(() => resolve())),
  }
}

/** Fields of the library's client that its types leave out. */
type InnerClient = Client & {
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

const NOT_AUTHORISED = 5
const MOST_SUBSCRIPTIONS = 100

class HeartbeatBroker extends Aedes {
  declare readonly clients: Record<string, Client | undefined>
  /** Publishes that were acknowledged and go nowhere. */
  readonly dropped = new WeakSet<object>()
  readonly #root: string
  /** Live subscriptions that can match a heartbeat's topic. */
  #listening = 0

  constructor(root: string) {
    super({
      connectTimeout: 5_000,
      drainTimeout: 20_000,
      maxClientsIdLength: STRANGERS_LIMIT,
      maxInflightInbound: 20,
      maxTopicLevels: 8,
    })
    this.#root = root
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

  fanOut({ topic, payload, qos }: Publish, client: Client): void {
    if (this.#listening === 0) return
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, dup: false, retain: false } as const
    library.publish.call(this, packet, client, () => {})
  }

  /** `client` is left out by the library when the publish is its own. */
  override publish(packet: PublishPacket, client: Done | Client | null, done?: Done): void {
    const own = client === null || typeof client === 'function'
    const idle = own ? packet.topic.startsWith('$SYS/') : this.#listening === 0 || this.dropped.has(packet)
    if (!idle) library.publish.call(this, packet, client, done)
    else if (typeof client === 'function') client()
    else done?.()
  }

  /** A connection that was replaced while it was ending must not take its successor's place away. */
  unregisterClient(client: Client): void {
    if (this.clients[client.id] === client) library.unregisterClient.call(this, client)
  }

  override subscribe(topic: string, deliver: Deliver, done: () => void): void {
    if (reachesRoot(topic, this.#root)) this.#listening++
    super.subscribe(topic, deliver, done)
  }

  override unsubscribe(topic: string, deliver: Deliver, done: () => void): void {
    if (reachesRoot(topic, this.#root)) this.#listening--
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

function inner(client: Client): InnerClient {
  return client as InnerClient
}

function clientOf(socket: Socket): InnerClient {
  return (socket as Socket & { client: InnerClient }).client
}

function publishOf({ topic, payload, qos, dup, retain, messageId = 0 }: PublishPacket): Publish {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { topic, payload: bytes, qos, dup, retain, messageId }
}
