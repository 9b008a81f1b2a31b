// Hears heartbeats over MQTT 3.1, 3.1.1 and 5: listens, and lets a publish be acknowledged once what it says is on disk.
// A device that can't be served durably is cut off without an acknowledgement, so that it sends again.
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { PaceLimits } from '../app/pace.ts'
import type { Presences } from '../app/presences.ts'
import type { States } from '../app/states.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import type { Pass } from './device-door.ts'
import type { Log } from './log.ts'
import { quietly } from './log-quietly.ts'
import { Attendance, type Attendee } from './mqtt-attendance.ts'
import { startBroker } from './mqtt-broker.ts'
import { type Doors, type Doorway, openDoorway } from './mqtt-doorway.ts'
import { Entry, type EntryRules } from './mqtt-entry.ts'
import type { Broker, BrokerHooks } from './mqtt-hooks.ts'
import { AckDesk, Link, type Ticket } from './mqtt-link.ts'
import { Reception } from './mqtt-reception.ts'
import { Absent } from './mqtt-redelivery.ts'
import { mayHear, maySubscribe, type Trusted } from './mqtt-rights.ts'
import { type Adopt, hear, hearWill, type Rules, termsOfUnknown, type UnknownRules } from './mqtt-signal.ts'
import { StateTopics } from './mqtt-states.ts'
import { createEndpoint } from './mqtt5-endpoint.ts'

export type MqttEarOptions = Doors &
  EntryRules & {
    readonly intake: Intake
    readonly counters: Counters
    now(): Instant
    /** Read anew for each signal: a reload changes it. */
    readonly live: UnknownRules & {
      /** Whom rules trust to speak for others. */
      readonly adopt?: Trusted
      /** What else happens to whoever publishes where it may not: `close` ends the connection. */
      readonly denied?: 'drop' | 'close'
    }
    readonly root: string
    readonly log: Log
    readonly presences: Pick<Presences, 'enter'>
    readonly states: Pick<States, 'current' | 'listen'>
    /** How fast signs of life of one heartbeat are stored one by one. */
    pace(): PaceLimits
    /** Somebody reports under a valid name that nobody declared. */
    newArrival(name: Name): void
    /** A device was refused a topic or a filter. */
    denied?(user: string, topic: string, reason: string): void
    readonly adopt?: Adopt | undefined
  }

export type MqttEar = Pick<Doorway, 'port' | 'securePort' | 'welcome' | 'rekey'> & {
  clients(): number
  /** Who is connected, latest first. */
  latest(most: number): readonly Attendee[]
  /** Ends the connections that came in with such a pass; their wills say nothing. */
  dismiss(isGone: (pass: Pass) => boolean): void
  /** Stops listening, lets what was heard settle, then ends every connection. */
  close(): Promise<void>
}

export async function createMqttEar(options: MqttEarOptions): Promise<MqttEar> {
  const { intake, now } = options
  const log = quietly(options.log, now)
  const { adopt = () => undefined } = options
  const rules: Rules = { intake, root: options.root, via: 'mqtt', create: () => termsOfUnknown(options.live), adopt }
  const desk = new AckDesk()
  const absent = new Absent()
  const attendance = new Attendance()
  const entry = new Entry(options, rules)
  const reception = new Reception({ ...options, log })
  const states = new StateTopics(options.root, options.states, (publish) => {
    for (const broker of brokers) broker.fanOut(publish)
  })
  let closing = false

  const hooks: BrokerHooks = {
    opened: (guest, broker) => new Link(guest, broker, desk),
    mayEnter: (link, user, password) => entry.decide(link, user, password),
    entered(link, clientId, version) {
      for (const broker of brokers) if (broker !== link.broker) broker.evict(clientId)
      link.recent = absent.comeBack(clientId, now())
      const { clientId: own } = attendance.enter(link, clientId, link.user, version, now())
      link.visit = options.presences.enter(link.user ?? own, own, now())
      options.counters.add('mqtt_connects')
    },
    closed(link, clientId, orderly) {
      attendance.leave(link)
      link.visit?.leave(orderly, now())
      // Who takes its leave is owed nothing.
      if (link.recent !== undefined && !orderly) absent.leave(clientId, link.recent, now())
    },
    ready: (link) => !closing && link.ready,
    publish(link, publish) {
      link.visit?.published(publish.retain)
      const ticket: Ticket | undefined = publish.qos === 1 ? link.owe(publish.messageId) : undefined
      const heard = hear(publish, link.user, now(), link.rules ?? rules)
      if ('refused' in heard) {
        reception.refuse(heard, publish, link)
        if (ticket !== undefined) link.settle(ticket, link.broker.answerTo(publish.messageId, heard))
        return
      }
      reception.receive(heard, publish, link, (outcome) => {
        if (outcome !== 'durable') return
        if (ticket !== undefined) link.settle(ticket)
        for (const broker of brokers) broker.fanOut(publish)
      })
    },
    deferred(link, publish, isWill, taken) {
      // When we end the connections ourselves, nobody's link has broken.
      if (isWill && closing) return taken(false)
      const heard = (isWill ? hearWill : hear)(publish, link.user, now(), link.rules ?? rules)
      if ('refused' in heard) {
        reception.refuse(heard, publish, link)
        return taken(false)
      }
      reception.receive(heard, publish, link, (outcome) => {
        if (outcome !== 'durable') return isWill ? taken(false) : undefined
        taken(true)
        for (const broker of brokers) if (broker !== link.broker) broker.fanOut(publish)
      })
    },
    states: (filter) => states.matching(filter),
    maySubscribe({ user }, filter) {
      const may =
        maySubscribe(user, filter, options.root) ||
        (user !== undefined && mayHear(user, filter, options.live.adopt ?? []))
      if (!may && user !== undefined) options.denied?.(user, filter, 'subscription')
      return may
    },
    log: (fact, fields) => log(fact, '', fields),
  }

  const [three, five] = [await startBroker(hooks), createEndpoint(hooks)]
  const brokers: readonly Broker[] = [three, five]
  const doorway = await openDoorway(options, log, (level) =>
    level === 5 ? five : level === 3 || level === 4 ? three : undefined,
  )

  return {
    ...doorway,
    clients: () => three.clients() + five.clients(),
    latest: (most) => attendance.latest(most),
    dismiss(isGone) {
      for (const link of entry.having(isGone)) reception.cut(link, 'revoked')
    },
    async close() {
      closing = true
      doorway.stop()
      await reception.quiet()
      // The library writes what it owes for QoS 2 some promises later.
      await new Promise((resolve) => setImmediate(resolve))
      await Promise.all(brokers.map((broker) => broker.close()))
      states.close()
      await doorway.cut()
    },
  }
}
