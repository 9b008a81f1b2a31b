// What a connection of MQTT 5 is told: the latest of each topic that it subscribed to, as fast as it takes it. A state
// that changes before it was sent is sent once, as it is by then.
import type { Duplex } from 'node:stream'
import type { Publish } from './mqtt-packets.ts'
import { writePacket } from './mqtt5-codec.ts'

/** Of what is not state; beyond it the peer misses some. */
const MOST_UNREAD_BYTES = 262_144
const MOST_WAITING = 10_000

export type Told = Pick<Publish, 'topic' | 'payload' | 'retain'> & { readonly qos: 0 | 1 }

export class Delivery {
  readonly #wire: Duplex
  /** Publishes of QoS 1 that may be under way. */
  readonly #window: number
  readonly #underWay = new Set<number>()
  /** By topic; those of QoS 1 that wait for their turn. */
  readonly #waiting = new Map<string, Told>()
  #more: Iterator<Told>[] = []
  #lastId = 0

  constructor(wire: Duplex, window: number) {
    this.#wire = wire
    this.#window = window
    wire.on('drain', () => this.#goOn())
  }

  tell(told: Told): void {
    if (told.qos === 0) {
      if (this.#wire.writableLength < MOST_UNREAD_BYTES) this.#write(told, undefined)
      return
    }
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(told.topic)) return
    this.#waiting.set(told.topic, told)
    this.#goOn()
  }

  /** Tells all of it, each as it is when its turn comes. */
  tellAll(all: Iterable<Told>): void {
    this.#more.push(all[Symbol.iterator]())
    this.#goOn()
  }

  acknowledged(messageId: number): void {
    if (this.#underWay.delete(messageId)) this.#goOn()
  }

  #goOn(): void {
    while (this.#underWay.size < this.#window && !this.#wire.writableNeedDrain && !this.#wire.destroyed) {
      const told = this.#next()
      if (told === undefined) return
      if (told.qos === 0) this.#write(told, undefined)
      else this.#write(told, this.#freeId())
    }
  }

  #next(): Told | undefined {
    for (const [topic, told] of this.#waiting) {
      this.#waiting.delete(topic)
      return told
    }
    for (let some = this.#more[0]; some !== undefined; some = this.#more[0]) {
      const { value, done } = some.next()
      if (done !== true) return value
      this.#more = this.#more.slice(1)
    }
    return undefined
  }

  #freeId(): number {
    do this.#lastId = (this.#lastId % 65_535) + 1
    while (this.#underWay.has(this.#lastId))
    this.#underWay.add(this.#lastId)
    return this.#lastId
  }

  #write({ topic, payload, qos, retain }: Told, messageId: number | undefined): void {
    const bytes = Buffer.from(payload)
    const packet = { cmd: 'publish', topic, payload: bytes, qos, dup: false, retain } as const
    this.#wire.write(writePacket(messageId === undefined ? packet : { ...packet, messageId }))
  }
}
