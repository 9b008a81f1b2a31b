// What a connection of MQTT 5 subscribed to, and what it is told of it.
import type { Duplex } from 'node:stream'
import { isFilter, matches } from './mqtt-filter.ts'
import type { Publish } from './mqtt-packets.ts'
import type { ISubscribePacket, IUnsubscribePacket, Packet } from './mqtt5-codec.ts'
import { Delivery, type Told } from './mqtt5-deliver.ts'
import { REASONS } from './mqtt5-reasons.ts'

export type SubscriptionHooks = {
  may(filter: string): boolean
  /** What a filter matches now. */
  states(filter: string): Iterable<Publish>
  /** Filters under which this connection listens changed. */
  listening(filter: string, by: 1 | -1): void
}

type Granted = { readonly code: number; readonly states?: Iterable<Told> }

const MOST_SUBSCRIPTIONS = 100
const NO_SUBSCRIPTION = 0x11

export class Subscriptions {
  readonly #hooks: SubscriptionHooks
  readonly #delivery: Delivery
  /** Filter to the QoS that was granted. */
  readonly #filters = new Map<string, 0 | 1>()

  constructor(wire: Duplex, window: number, hooks: SubscriptionHooks) {
    this.#delivery = new Delivery(wire, window)
    this.#hooks = hooks
  }

  /** Answers, and then tells what there is already. */
  add({ messageId = 0, subscriptions }: ISubscribePacket, answer: (packet: Packet) => void): void {
    const granted = subscriptions.map(({ topic, qos, rh = 0 }) => this.#grant(topic, qos === 0 ? 0 : 1, rh))
    answer({ cmd: 'suback', messageId, granted: granted.map(({ code }) => code) })
    for (const { states } of granted) if (states !== undefined) this.#delivery.tellAll(states)
  }

  remove({ messageId = 0, unsubscriptions }: IUnsubscribePacket): Packet {
    const granted = unsubscriptions.map((filter) => (this.#remove(filter) ? 0 : NO_SUBSCRIPTION))
    return { cmd: 'unsuback', messageId, granted }
  }

  removeAll(): void {
    for (const filter of this.#filters.keys()) this.#remove(filter)
  }

  /** Once, however many filters match it. */
  tell({ topic, payload, qos: most }: Publish): void {
    for (const [filter, qos] of this.#filters) {
      if (!matches(filter, topic)) continue
      return this.#delivery.tell({ topic, payload, retain: false, qos: most === 0 ? 0 : qos })
    }
  }

  acknowledged(messageId: number): void {
    this.#delivery.acknowledged(messageId)
  }

  #grant(filter: string, qos: 0 | 1, retainHandling: number): Granted {
    if (filter.startsWith('$share/')) return { code: REASONS.noShared }
    if (!isFilter(filter)) return { code: REASONS.filterInvalid }
    const isNew = !this.#filters.has(filter)
    if (!this.#hooks.may(filter) || (isNew && this.#filters.size >= MOST_SUBSCRIPTIONS))
      return { code: REASONS.notAuthorised }
    this.#filters.set(filter, qos)
    if (isNew) this.#hooks.listening(filter, 1)
    const wantsStates = retainHandling === 0 || (retainHandling === 1 && isNew)
    return wantsStates ? { code: qos, states: retained(this.#hooks.states(filter), qos) } : { code: qos }
  }

  #remove(filter: string): boolean {
    if (!this.#filters.delete(filter)) return false
    this.#hooks.listening(filter, -1)
    return true
  }
}

function* retained(states: Iterable<Publish>, qos: 0 | 1): Iterable<Told> {
  for (const { topic, payload } of states) yield { topic, payload, retain: true, qos }
}
