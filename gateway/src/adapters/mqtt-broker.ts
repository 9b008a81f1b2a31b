// The broker of MQTT 3.1 and 3.1.1 behind the ear. It keeps sessions, QoS 2, wills, keep-alive and
// subscriptions; the ear decides about everything that is published. Nothing is retained for devices, nothing queued.
import type { Socket } from 'node:net'
import { type Client, type ConnectPacket, clientOf, HeartbeatBroker, inner, type PublishPacket } from './mqtt-aedes.ts'
import { installFastLane } from './mqtt-fast-lane.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import type { Link } from './mqtt-link.ts'
import { connackRefusing, type Publish } from './mqtt-packets.ts'
import { type Greeting, objectionTo } from './mqtt-rights.ts'

export async function startBroker(hooks: BrokerHooks): Promise<Broker> {
  const broker = new HeartbeatBroker()
  const links = new WeakMap<object, Link>()
  const linkOf = (client: Client): Link => links.get(client) as Link

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
    const answer = (isWelcome: boolean): void => {
      if (!isWelcome) {
        hooks.log('connect.refused', { reason: 'not authorised', clientId: client.id })
        return callback(Object.assign(new Error('not authorised'), { returnCode: NOT_AUTHORISED }), false)
      }
      // A takeover is the device coming back: the will of the session it replaces says nothing any more.
      const replaced = client.closed ? undefined : broker.clients[client.id]
      if (replaced !== undefined) inner(replaced).will = null
      callback(null, true)
    }
    const may = hooks.mayEnter(linkOf(client), user, password)
    if (typeof may === 'boolean') answer(may)
    else may.then(answer, () => answer(false))
  }

  broker.authorizePublish = (client, packet, callback) => {
    // Only wills come while everything is ended, and those of our own making tell nothing.
    if (client === null || broker.closed) return callback(new Error('closing'))
    // Until its PUBREL an id stands for the message that was taken, whether flagged DUP or not.
    if (packet.qos === 2 && inner(client)._inboundInflight.has(packet.messageId)) return callback(null)
    const isWill = (packet as object) === inner(client).will
    hooks.deferred(linkOf(client), publishOf(packet), isWill, (fanOut) => {
      if (!fanOut) broker.dropped.add(packet)
      packet.retain = false
      // After the end of a connection the handshake would leave its bookkeeping behind for good.
      if (isWill || !client.closed) callback(null)
    })
  }

  broker.authorizeSubscribe = (client, subscription, callback) => {
    const allowed =
      hooks.maySubscribe(linkOf(client), subscription.topic) &&
      Object.keys(inner(client).subscriptions).length < MOST_SUBSCRIPTIONS
    if (!allowed) hooks.log('subscribe.refused', { clientId: client.id, filter: subscription.topic.slice(0, 100) })
    callback(null, allowed ? subscription : null)
  }

  broker.on('client', (client) => hooks.entered(linkOf(client), client.id, inner(client).version))
  broker.on('clientDisconnect', (client) => hooks.closed(linkOf(client), client.id, inner(client)._disconnected))
  broker.on('subscribe', (subscriptions, client) => {
    for (const { topic, qos } of subscriptions) void tellStates(client, hooks.states(topic), qos === 0 ? 0 : 1)
  })
  broker.on('clientError', (client, error) =>
    hooks.log('client.failed', { clientId: client.id, reason: error.message }),
  )
  broker.on('connectionError', (_, error) => hooks.log('connection.failed', { reason: error.message }))
  await broker.listen()
  broker.stopTimers()

  const own: Broker = {
    handle(guest) {
      const { wire } = guest
      const link = hooks.opened(guest, own)
      installFastLane(wire, {
        accepted: () => client.connected && !wire.destroyed,
        ready: () => hooks.ready(link),
        alive: () => client._keepaliveTimer?.refresh(),
        publish: (publish) => hooks.publish(link, publish),
        broken: (why) => wire.destroy(new Error(why)),
      })
      const client = inner(broker.handle(wire as Socket))
      links.set(client, link)
    },
    resume({ wire }) {
      const client = clientOf(wire)
      // While the broker is busy with packets of its own it asks for more by itself.
      if (!client.closed && client._parsingBatch === 0) client._nextBatch()
    },
    dropWill({ wire }) {
      clientOf(wire).will = null
    },
    cut: ({ wire }) => void wire.destroy(),
    evict(clientId) {
      const client = broker.clients[clientId]
      if (client === undefined) return
      inner(client).will = null
      client.close()
    },
    answerTo: () => undefined,
    fanOut: (publish) => broker.fanOut(publish),
    clients: () => Object.keys(broker.clients).length,
    close: () => new Promise((resolve) => broker.close(() => resolve())),
  }
  return own
}

/** Each when the one before is on its way: what changes meanwhile is told as it is by then. */
async function tellStates(client: Client, states: Iterable<Publish>, qos: 0 | 1): Promise<void> {
  for (const { topic, payload } of states) {
    if (client.closed) return
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, dup: false, retain: true } as const
    await new Promise<void>((resolve) => client.publish(packet, () => resolve()))
  }
}

const NOT_AUTHORISED = 5
const MOST_SUBSCRIPTIONS = 100

function publishOf({ topic, payload, qos, dup, retain, messageId = 0 }: PublishPacket): Publish {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { topic, payload: bytes, qos, dup, retain, messageId }
}
