// Hears heartbeats over MQTT 3.1 and 3.1.1: listens, and lets a publish be acknowledged once what it says is on disk.
// A device that can't be served durably is cut off without an acknowledgement, so that it sends again.
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome } from '../app/ports.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Log } from './log.ts'
import { quietly } from './log-quietly.ts'
import { Attendance, type Attendee } from './mqtt-attendance.ts'
import { startBroker } from './mqtt-broker.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import { AckDesk, Link, type Ticket } from './mqtt-link.ts'
import { listenOverTcp } from './mqtt-listen.ts'
import type { Publish } from './mqtt-packets.ts'
import { Absent, contentMark } from './mqtt-redelivery.ts'
import { isOneLevel, maySubscribe } from './mqtt-rights.ts'
import { type Adopt, type Heard, hear, hearWill, type Refusal, type Rules } from './mqtt-signal.ts'
import { take } from './mqtt-take.ts'

export type MqttEarOptions = {
  readonly intake: Intake
  readonly counters: Counters
  now(): Instant
  /** Whether anonymous devices are welcome. */
  open(): boolean
  /** Read anew for each signal: a reload changes it. */
  readonly live: {
    /** What an unknown name is declared with: `auto` and false: it is refused; true: `defaults`. */
    readonly create: 'auto' | boolean | Terms
    readonly defaults: Terms
  }
  readonly root: string
  readonly log: Log
  readonly address: { readonly host: string; readonly port: number }
  /** Somebody reports under a valid name that nobody declared. */
  newArrival(name: Name): void
  /** Asked about every CONNECT that names a user; without it users count as anonymous. */
  authenticate?(user: string, password: Uint8Array): boolean
  readonly adopt?: Adopt | undefined
}

export type MqttEar = {
  readonly port: number
  clients(): number
  /** Who is connected, latest first. */
  latest(most: number): readonly Attendee[]
  /** Stops listening, lets what was heard settle, then ends every connection. */
  close(): Promise<void>
}

export async function createMqttEar(options: MqttEarOptions): Promise<MqttEar> {
  const { intake, counters, now } = options
  const log = quietly(options.log, now)
  const { adopt = () => undefined } = options
  const rules: Rules = { intake, root: options.root, via: 'mqtt', create: () => termsOf(options.live), adopt }
  const desk = new AckDesk()
  const absent = new Absent()
  const attendance = new Attendance()
  let closing = false
  /** Heard and not settled, of all connections. */
  let open = 0
  let settledAll = (): void => {}

  function refuse(refusal: Refusal, publish: Publish, link: Link): void {
    counters.add('signals_refused', refusal.refused)
    if (refusal.name !== undefined) options.newArrival(refusal.name)
    const fields = { reason: refusal.refused, topic: publish.topic.slice(0, TOPIC_LOGGED), user: link.user }
    log('publish.refused', refusal.refused, fields)
  }

  function receive(
    heard: Exclude<Heard, Refusal>,
    publish: Publish,
    link: Link,
    settled: (outcome: Outcome) => void,
  ): void {
    if (publish.retain) counters.add('signals_retained_ignored')
    const redelivered = publish.messageId !== 0 && noteDelivery(publish, link)
    link.open++
    open++
    const settle = (outcome: Outcome): void => {
      if (outcome !== 'durable') fail(outcome, publish, link)
      settled(outcome)
      if (link.close() && !link.stopped) setImmediate(() => broker.resume(link.socket))
      if (--open === 0 && closing) settledAll()
    }
    take(intake, heard, redelivered, settle)
  }

  /** True when the transport delivers a second time what was taken before. */
  function noteDelivery({ topic, payload, messageId, dup }: Publish, link: Link): boolean {
    const mark = contentMark(topic, payload)
    if (!dup) link.recent?.startNew()
    else if (link.recent?.has(messageId, mark)) return true
    link.recent?.add(messageId, mark)
    return false
  }

  /**
   * MQTT 3 has no answer but silence, and clients send again only on a new connection: one that stayed open unanswered
   * would never deliver. While the disk is full every device would come back at once, so each is kept waiting a moment.
   */
  function fail(outcome: 'full' | 'closed', { qos, messageId }: Publish, link: Link): void {
    counters.add('signals_refused', outcome)
    if (messageId !== 0) link.recent?.forget(messageId)
    if (qos === 0 || link.stopped) return
    link.stopped = true
    broker.dropWill(link.socket)
    log('connection.cut', outcome, { reason: outcome })
    if (outcome === 'closed') link.socket.destroy()
    else setTimeout(() => link.socket.destroy(), PAUSE_WHEN_FULL).unref()
  }

  const hooks: BrokerHooks<Link> = {
    opened: (socket) => new Link(socket, desk),
    mayEnter(link, user, password) {
      if (user === undefined || options.authenticate === undefined) return options.open()
      if (!isOneLevel(user) || !options.authenticate(user, password ?? NO_PASSWORD)) return false
      link.user = user
      return true
    },
    entered(link, clientId) {
      link.recent = absent.comeBack(clientId, now())
      attendance.enter(link, clientId, link.user, now())
    },
    closed(link, clientId, orderly) {
      attendance.leave(link)
      // Who takes its leave is owed nothing.
      if (link.recent !== undefined && !orderly) absent.leave(clientId, link.recent, now())
    },
    ready: (link) => !closing && link.ready,
    publish(link, publish, fanOut) {
      const ticket: Ticket | undefined = publish.qos === 1 ? link.owe(publish.messageId) : undefined
      const heard = hear(publish, link.user, now(), rules)
      if ('refused' in heard) {
        refuse(heard, publish, link)
        if (ticket !== undefined) link.settle(ticket)
        return
      }
      receive(heard, publish, link, (outcome) => {
        if (outcome !== 'durable') return
        if (ticket !== undefined) link.settle(ticket)
        fanOut(publish)
      })
    },
    deferred(link, publish, isWill, taken) {
      // When we end the connections ourselves, nobody's link has broken.
      if (isWill && closing) return taken(false)
      const heard = (isWill ? hearWill : hear)(publish, link.user, now(), rules)
      if ('refused' in heard) {
        refuse(heard, publish, link)
        return taken(false)
      }
      receive(heard, publish, link, (outcome) => {
        if (outcome === 'durable') taken(true)
        else if (isWill) taken(false)
      })
    },
    maySubscribe: (link, filter) => maySubscribe(link.user, filter, options.root),
    log: (fact, fields) => log(fact, '', fields),
  }

  const broker: Broker = await startBroker(options.root, hooks)
  const listener = await listenOverTcp(options.address, {
    accepted: (socket) => broker.handle(socket),
    failed: (error) => log('listener.failed', '', { reason: error.message }),
  })

  return {
    port: listener.port,
    clients: () => broker.clients(),
    latest: (most) => attendance.latest(most),
    async close() {
      closing = true
      const stopped = listener.stop()
      if (open > 0) await new Promise<void>((resolve) => (settledAll = resolve))
      // The library writes what it owes for QoS 2 some promises later.
      await new Promise((resolve) => setImmediate(resolve))
      await broker.close()
      listener.cut()
      await stopped
    },
  }
}

const TOPIC_LOGGED = 100
/** How long a device waits before it is cut off because the disk is full. */
const PAUSE_WHEN_FULL: Duration = SECOND
const NO_PASSWORD = new Uint8Array()

function termsOf({ create, defaults }: MqttEarOptions['live']): Terms | undefined {
  if (typeof create === 'object') return create
  return create === true ? defaults : undefined
}
