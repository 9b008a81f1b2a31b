// Hears heartbeats over MQTT 3.1 and 3.1.1: listens, and lets a publish be acknowledged once what it says is on disk.
// A device that can't be served durably is cut off without an acknowledgement, so that it sends again.
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome } from '../app/ports.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Pass } from './device-door.ts'
import type { Log } from './log.ts'
import { quietly } from './log-quietly.ts'
import { Attendance, type Attendee } from './mqtt-attendance.ts'
import { startBroker } from './mqtt-broker.ts'
import { Entry, type EntryRules } from './mqtt-entry.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import { AckDesk, Link, type Ticket } from './mqtt-link.ts'
import { listenOverTcp } from './mqtt-listen.ts'
import type { Publish } from './mqtt-packets.ts'
import { Absent, noteDelivery } from './mqtt-redelivery.ts'
import { maySubscribe } from './mqtt-rights.ts'
import { type Heard, hear, hearWill, type Refusal, type Rules } from './mqtt-signal.ts'
import { take } from './mqtt-take.ts'

export type MqttEarOptions = EntryRules & {
  readonly intake: Intake
  readonly counters: Counters
  now(): Instant
  /** Read anew for each signal: a reload changes it. */
  readonly live: {
    /** What an unknown name is declared with: `auto` and false: it is refused; true: `defaults`. */
    readonly create: 'auto' | boolean | Terms
    readonly defaults: Terms
    /** What else happens to whoever publishes where it may not: `close` ends the connection. */
    readonly denied?: 'drop' | 'close'
  }
  readonly root: string
  readonly log: Log
  readonly address: { readonly host: string; readonly port: number }
  /** Somebody reports under a valid name that nobody declared. */
  newArrival(name: Name): void
  /** A device was refused a topic or a filter. */
  denied?(user: string, topic: string, reason: string): void
}

export type MqttEar = {
  readonly port: number
  clients(): number
  /** Who is connected, latest first. */
  latest(most: number): readonly Attendee[]
  /** Ends the connections that came in with such a pass; their wills say nothing. */
  dismiss(isGone: (pass: Pass) => boolean): void
  /** Stops listening, lets what was heard settle, then ends every connection. */
  close(): Promise<void>
}

export async function createMqttEar(options: MqttEarOptions): Promise<MqttEar> {
  const { intake, counters, now } = options
  const log = quietly(options.log, now)
  const rules: Rules = { intake, root: options.root, via: 'mqtt', create: () => termsOf(options.live) }
  const desk = new AckDesk()
  const absent = new Absent()
  const attendance = new Attendance()
  const entry = new Entry(options, rules)
  let closing = false
  /** Heard and not settled, of all connections. */
  let open = 0
  let settledAll = (): void => {}

  function refuse(refusal: Refusal, publish: Publish, link: Link): void {
    counters.add('signals_refused', refusal.refused)
    if (refusal.name !== undefined) options.newArrival(refusal.name)
    const fields = { reason: refusal.refused, topic: publish.topic.slice(0, TOPIC_LOGGED), user: link.user }
    log('publish.refused', refusal.refused, fields)
    if (link.user !== undefined && refusal.refused !== 'unknown')
      options.denied?.(link.user, publish.topic, refusal.refused)
    if (refusal.refused === 'denied' && options.live.denied === 'close') cut(link, 'denied')
  }

  /** Nothing of what it sent is heard or acknowledged any more, and its end is no news. */
  function cut(link: Link, reason: string, wait: Duration = 0): void {
    if (link.stopped || link.socket.destroyed) return
    link.stopped = true
    broker.dropWill(link.socket)
    log('connection.cut', reason, { reason, user: link.user })
    if (wait === 0) link.socket.destroy()
    else setTimeout(() => link.socket.destroy(), wait).unref()
  }

  function receive(
    heard: Exclude<Heard, Refusal>,
    publish: Publish,
    link: Link,
    settled: (outcome: Outcome) => void,
  ): void {
    if (publish.retain) counters.add('signals_retained_ignored')
    const redelivered = publish.messageId !== 0 && noteDelivery(publish, link.recent)
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

  /**
   * MQTT 3 has no answer but silence, and clients send again only on a new connection: one that stayed open unanswered
   * would never deliver. While the disk is full every device would come back at once, so each is kept waiting a moment.
   */
  function fail(outcome: 'full' | 'closed', { qos, messageId }: Publish, link: Link): void {
    counters.add('signals_refused', outcome)
    if (messageId !== 0) link.recent?.forget(messageId)
    if (qos !== 0) cut(link, outcome, outcome === 'full' ? PAUSE_WHEN_FULL : 0)
  }

  const hooks: BrokerHooks<Link> = {
    opened: (socket) => new Link(socket, desk),
    mayEnter: (link, ...shown) => entry.decide(link, ...shown),
    entered(link, clientId, version) {
      link.recent = absent.comeBack(clientId, now())
      attendance.enter(link, clientId, link.user, version, now())
    },
    closed(link, clientId, orderly) {
      attendance.leave(link)
      // Who takes its leave is owed nothing.
      if (link.recent !== undefined && !orderly) absent.leave(clientId, link.recent, now())
    },
    ready: (link) => !closing && link.ready,
    publish(link, publish, fanOut) {
      const ticket: Ticket | undefined = publish.qos === 1 ? link.owe(publish.messageId) : undefined
      const heard = hear(publish, link.user, now(), link.rules ?? rules)
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
      const heard = (isWill ? hearWill : hear)(publish, link.user, now(), link.rules ?? rules)
      if ('refused' in heard) {
        refuse(heard, publish, link)
        return taken(false)
      }
      receive(heard, publish, link, (outcome) => {
        if (outcome === 'durable') taken(true)
        else if (isWill) taken(false)
      })
    },
    maySubscribe(link, filter) {
      const may = maySubscribe(link.user, filter, options.root)
      if (!may && link.user !== undefined) options.denied?.(link.user, filter, 'subscription')
      return may
    },
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
    dismiss(isGone) {
      for (const link of entry.having(isGone)) cut(link, 'revoked')
    },
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

function termsOf({ create, defaults }: MqttEarOptions['live']): Terms | undefined {
  if (typeof create === 'object') return create
  return create === true ? defaults : undefined
}
