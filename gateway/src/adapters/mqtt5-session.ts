// One connection of MQTT 5: hears publishes, hands wills over, tells what was subscribed to. It keeps the protocol; what a
// publish means and when it is acknowledged is the ear's.
// States: greeting (no CONNECT yet), entering (it is being looked at), open, ended.
import { randomBytes } from 'node:crypto'
import { GREETING_TIME } from './mqtt-door.ts'
import type { BrokerHooks, Guest } from './mqtt-hooks.ts'
import type { Link } from './mqtt-link.ts'
import { PACKET_LIMIT, type Publish, STRANGERS_LIMIT } from './mqtt-packets.ts'
import {
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  readBarePublish,
  readPacket,
  writePacket,
} from './mqtt5-codec.ts'
import { objection5, patienceWith, RECEIVE_MAXIMUM, refusal, welcome } from './mqtt5-greeting.ts'
import { Aliases } from './mqtt5-publish.ts'
import { PacketReader } from './mqtt5-reader.ts'
import { BROKEN, NOT_AUTHORISED, REASONS, type Reason, SILENT, UNEXPECTED } from './mqtt5-reasons.ts'
import { Subscriptions } from './mqtt5-subscriptions.ts'
import { type Will, willOf } from './mqtt5-will.ts'
import { endSoon } from './wire-end.ts'

/** What a session needs of all of them. */
export type Sessions = {
  readonly hooks: BrokerHooks
  /** From now on the id is this session's; whoever had it is ended. */
  enter(session: Session): void
  leave(session: Session, will: Will | undefined): void
  /** Filters under which somebody listens changed. */
  listening(filter: string, by: 1 | -1): void
}

export class Session {
  readonly link: Link
  clientId = ''
  #state: 'greeting' | 'entering' | 'open' | 'ended' = 'greeting'
  #will: Will | undefined
  #isOrderly = false
  #aliases: Aliases | undefined
  #subscriptions: Subscriptions | undefined
  #window = 65_535
  #timer: NodeJS.Timeout
  readonly #guest: Guest
  readonly #sessions: Sessions
  readonly #reader: PacketReader

  constructor(guest: Guest, sessions: Sessions, link: Link) {
    this.#guest = guest
    this.#sessions = sessions
    this.link = link
    guest.wire.once('close', () => this.#closed())
    this.#timer = setTimeout(() => guest.wire.destroy(), GREETING_TIME)
    this.#reader = new PacketReader(guest.wire, {
      ready: () => this.#state === 'greeting' || (this.#state === 'open' && sessions.hooks.ready(link)),
      limit: () => (this.#state === 'open' ? PACKET_LIMIT : STRANGERS_LIMIT),
      packet: (bytes, start, end) => this.#packet(bytes, start, end),
      broken: (why) => this.end({ code: REASONS[why === 'tooLarge' ? why : 'malformed'], words: BROKEN[why] }),
    })
  }

  resume(): void {
    this.#reader.resume()
  }

  dropWill(): void {
    this.#will = undefined
  }

  /** Says why, and ends. */
  end({ code, words }: Reason): void {
    const { wire } = this.#guest
    if (this.#state === 'ended' || wire.destroyed) return
    const isOpen = this.#state === 'open'
    this.#state = 'ended'
    if (isOpen) this.#write({ cmd: 'disconnect', reasonCode: code, properties: { reasonString: words } })
    endSoon(wire)
  }

  tell(publish: Publish): void {
    this.#subscriptions?.tell(publish)
  }

  #packet(bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'open') this.#timer.refresh()
    const bare = this.#state === 'open' ? readBarePublish(bytes, start, end) : undefined
    if (bare !== undefined) return this.#publish(bare)
    const packet = readPacket(bytes.subarray(start, end))
    if (packet instanceof Error) return this.end({ code: REASONS.malformed, words: BROKEN.malformed })
    if (this.#state === 'greeting') {
      if (packet.cmd !== 'connect') return this.end(UNEXPECTED)
      return this.#connect(packet)
    }
    switch (packet.cmd) {
      case 'publish':
        return this.#read(packet)
      case 'pingreq':
        return this.#write({ cmd: 'pingresp' })
      case 'subscribe':
        return this.#subscribed().add(packet, (answer) => this.#write(answer))
      case 'unsubscribe':
        return this.#write(this.#subscribed().remove(packet))
      case 'puback':
        return this.#subscriptions?.acknowledged(packet.messageId as number)
      case 'disconnect':
        return this.#takeLeave(packet.reasonCode === REASONS.withWill)
      case 'auth':
        return this.end({ code: REASONS.authMethod, words: 'nothing is to be authenticated again' })
      default:
        return this.end(UNEXPECTED)
    }
  }

  #connect(packet: IConnectPacket): void {
    const { hooks } = this.#sessions
    this.#state = 'entering'
    const objection = objection5(packet)
    if (objection !== undefined) return this.#turnAway(objection)
    const { username, password } = packet
    const may = hooks.mayEnter(this.link, username, password)
    if (typeof may === 'boolean') return this.#answer(packet, may)
    may.then(
      (isWelcome) => this.#answer(packet, isWelcome),
      () => this.#turnAway({ code: REASONS.busy, words: 'it can not be told now: try again' }),
    )
  }

  #answer(packet: IConnectPacket, isWelcome: boolean): void {
    if (this.#guest.wire.destroyed) return
    if (!isWelcome) return this.#turnAway(NOT_AUTHORISED)
    const { clientId, username = '', will, properties } = packet
    const assigned = clientId === '' ? `auto-${randomBytes(9).toString('base64url')}` : undefined
    // A client id is the device's own choice: were it alone the session's key, any device could end another's session.
    this.clientId = `${username}/${assigned ?? clientId}`
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.end(SILENT), patienceWith(packet))
    this.#window = properties?.receiveMaximum ?? this.#window
    this.#will = will && willOf(will)
    this.#state = 'open'
    this.#sessions.enter(this)
    this.#write(welcome(packet, assigned))
    this.#reader.resume()
  }

  #turnAway(reason: Reason): void {
    this.#sessions.hooks.log('connect.refused', { reason: reason.words })
    this.#state = 'ended'
    this.#write(refusal(reason))
    endSoon(this.#guest.wire)
  }

  #read(packet: IPublishPacket): void {
    this.#aliases ??= new Aliases()
    const publish = this.#aliases.read(packet)
    if (typeof publish === 'number') return this.end({ code: publish, words: 'a PUBLISH that is not allowed' })
    this.#publish(publish)
  }

  #publish(publish: Publish): void {
    if (publish.qos === 1 && this.link.owed >= RECEIVE_MAXIMUM) {
      return this.end({ code: REASONS.receiveMaximum, words: `more than ${RECEIVE_MAXIMUM} publishes under way` })
    }
    this.#sessions.hooks.publish(this.link, publish)
  }

  #subscribed(): Subscriptions {
    const { hooks, listening } = this.#sessions
    this.#subscriptions ??= new Subscriptions(this.#guest.wire, this.#window, {
      states: (filter) => hooks.states(filter),
      listening,
      may: (filter) => {
        const may = hooks.maySubscribe(this.link, filter)
        if (!may) hooks.log('subscribe.refused', { clientId: this.clientId, filter: filter.slice(0, 100) })
        return may
      },
    })
    return this.#subscriptions
  }

  #write(packet: Packet): void {
    if (!this.#guest.wire.destroyed) this.#guest.wire.write(writePacket(packet))
  }

  #takeLeave(withWill: boolean): void {
    if (!withWill) this.#will = undefined
    this.#isOrderly = true
    this.#state = 'ended'
    endSoon(this.#guest.wire)
  }

  #closed(): void {
    this.#state = 'ended'
    clearTimeout(this.#timer)
    this.#subscriptions?.removeAll()
    if (this.clientId === '') return
    this.#sessions.leave(this, this.#will)
    this.#sessions.hooks.closed(this.link, this.clientId, this.#isOrderly)
  }
}
