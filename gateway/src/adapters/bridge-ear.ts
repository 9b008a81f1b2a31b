// What a broker delivers, taken as what an own device says: whether it is a signal, whether it came before, and what becomes of
// its acknowledgement. Who may publish what is the broker's to decide. Knows nothing of connections.
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome } from '../app/ports.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import type { QuietLog } from './log-quietly.ts'
import { PACKET_LIMIT, type Publish } from './mqtt-packets.ts'
import { contentMark } from './mqtt-redelivery.ts'
import { type Heard, hear, hearWill, type Refusal, type Rules } from './mqtt-signal.ts'
import { take } from './mqtt-take.ts'

export type BridgeEarWorld = {
  readonly rules: Rules
  readonly intake: Pick<Intake, 'has' | 'receive' | 'silence'>
  readonly counters: Counters
  readonly log: QuietLog
  now(): Instant
  /** Somebody reports under a valid name that nobody declared. */
  newArrival(name: Name): void
}

export class BridgeEar {
  readonly #world: BridgeEarWorld
  /** Marks of the latest messages by their id: a redelivery has the same id and the same content. */
  readonly #marks = new Map<number, number>()
  #waiting = 0
  #settledAll: (() => void)[] = []

  constructor(world: BridgeEarWorld) {
    this.#world = world
  }

  /** Taken and not settled. */
  get waiting(): number {
    return this.#waiting
  }

  /** The broker has forgotten what it owed us: ids begin anew. */
  startAnew(): void {
    this.#marks.clear()
  }

  /** `settled('durable')`: nothing is owed any more; else it has to come again. */
  take(publish: Publish, settled: (outcome: Outcome) => void): void {
    const heard = this.#hear(publish)
    if (publish.retain) return this.#register(heard, settled)
    if ('refused' in heard) {
      this.#refuse(heard, publish)
      return settled('durable')
    }
    const { rules, counters, intake } = this.#world
    const redelivered = publish.messageId !== 0 && this.#cameBefore(publish)
    this.#waiting++
    take(intake, heard, redelivered, (outcome) => {
      this.#waiting--
      if (outcome === 'durable') counters.add('signals_accepted', rules.via)
      else {
        counters.add('signals_refused', outcome)
        this.#marks.delete(publish.messageId)
      }
      settled(outcome)
      if (this.#waiting === 0) for (const resolve of this.#settledAll.splice(0)) resolve()
    })
  }

  /** Resolves when all that was taken is settled. */
  async quiet(): Promise<void> {
    if (this.#waiting > 0) await new Promise<void>((resolve) => this.#settledAll.push(resolve))
  }

  /** A broker does not say whether it speaks for a device whose link broke; only wills have such topics. */
  #hear({ payload, ...publish }: Publish): Heard {
    const { rules, now } = this.#world
    const whole = { ...publish, payload: payload.length > PACKET_LIMIT ? payload.subarray(0, PACKET_LIMIT) : payload }
    return (whole.topic.endsWith('/will') ? hearWill : hear)(whole, undefined, now(), rules)
  }

  /** What a broker kept for whoever comes is no sign of life, but it says who there is. */
  #register(heard: Heard, settled: (outcome: Outcome) => void): void {
    const { counters, intake, newArrival } = this.#world
    counters.add('signals_retained_ignored')
    const names = 'several' in heard ? heard.several.map(({ name }) => name) : [heard.name ?? '']
    for (const name of names) if (name !== '' && !intake.has(name)) newArrival(name)
    settled('durable')
  }

  #refuse({ refused, name }: Refusal, { topic }: Publish): void {
    const { counters, log, newArrival, rules } = this.#world
    counters.add('signals_refused', refused)
    if (name !== undefined) newArrival(name)
    log('publish.refused', refused, { reason: refused, topic: topic.slice(0, TOPIC_LOGGED), via: rules.via })
  }

  #cameBefore({ messageId, dup, topic, payload }: Publish): boolean {
    const mark = contentMark(topic, payload)
    if (dup && this.#marks.get(messageId) === mark) return true
    // Again at the end: the oldest makes room.
    this.#marks.delete(messageId)
    this.#marks.set(messageId, mark)
    if (this.#marks.size > MOST_MARKS) this.#marks.delete(this.#marks.keys().next().value as number)
    return false
  }
}

const TOPIC_LOGGED = 100
/** Of a session that it kept, mosquitto 2.0 delivers more at once than it was allowed. */
const MOST_MARKS = 16_384
