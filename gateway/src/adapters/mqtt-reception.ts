// What becomes of a publish that was understood, or that is refused: counted, handed over, settled once it is on disk, or
// its connection ended. The same for every version of the protocol.
import type { Counters } from '../app/counters.ts'
import type { Intake } from '../app/intake.ts'
import { Pace, type PaceLimits } from '../app/pace.ts'
import type { Outcome, Settled } from '../app/ports.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { QuietLog } from './log-quietly.ts'
import type { Parting } from './mqtt-hooks.ts'
import type { Link } from './mqtt-link.ts'
import type { Publish } from './mqtt-packets.ts'
import { contentMark } from './mqtt-redelivery.ts'
import type { Heard, Refusal } from './mqtt-signal.ts'
import { take } from './mqtt-take.ts'

export type ReceptionOptions = {
  readonly intake: Pick<Intake, 'receive' | 'silence' | 'hold'>
  readonly counters: Counters
  /** Of one heartbeat. */
  pace(): PaceLimits
  now(): Instant
  readonly log: QuietLog
  /** Somebody reports under a valid name that nobody declared. */
  newArrival(name: Name): void
  /** A device was refused a topic or a filter. */
  denied?(user: string, topic: string, reason: string): void
  /** Read anew each time: a reload changes it. */
  readonly live: {
    /** What else happens to whoever publishes where it may not: `close` ends the connection. */
    readonly denied?: 'drop' | 'close'
  }
}

const TOPIC_LOGGED = 100
/** How long a device waits before it is cut off because the disk is full. */
const PAUSE_WHEN_FULL: Duration = SECOND
const PACE_TURN: Duration = 50

export class Reception {
  readonly #options: ReceptionOptions
  readonly #pace: Pace
  readonly #intake: Pick<Intake, 'receive' | 'silence'>
  readonly #timer: NodeJS.Timeout
  /** Heard and not settled, of all connections. */
  #open = 0
  #settledAll: (() => void) | undefined

  constructor(options: ReceptionOptions) {
    const { intake, counters, pace, now } = options
    this.#options = options
    this.#pace = new Pace(intake, pace, counters)
    this.#intake = {
      receive: (arrival, settled) => this.#pace.receive(arrival, settled),
      silence: (name, order, settled) => intake.silence(name, order, settled),
    }
    this.#timer = setInterval(() => this.#pace.tick(now()), PACE_TURN).unref()
  }

  refuse(refusal: Refusal, publish: Publish, link: Link): void {
    const { counters, newArrival, log, denied, live } = this.#options
    const { refused: reason, name } = refusal
    counters.add('signals_refused', reason)
    if (name !== undefined) newArrival(name)
    log('publish.refused', reason, { reason, topic: publish.topic.slice(0, TOPIC_LOGGED), user: link.user })
    if (link.user !== undefined && reason !== 'unknown') denied?.(link.user, publish.topic, reason)
    if (reason === 'denied' && live.denied === 'close') this.cut(link, reason)
  }

  receive(heard: Exclude<Heard, Refusal>, publish: Publish, link: Link, settled: Settled): void {
    const { counters } = this.#options
    if (publish.retain) counters.add('signals_retained_ignored')
    const redelivered = publish.messageId !== 0 && noteDelivery(publish, link)
    link.open++
    this.#open++
    const settle = (outcome: Outcome): void => {
      if (outcome === 'durable') counters.add('signals_accepted', 'mqtt')
      else this.#fail(outcome, publish, link)
      settled(outcome)
      if (link.close() && !link.stopped) setImmediate(() => link.broker.resume(link))
      if (--this.#open === 0) this.#settledAll?.()
    }
    take(this.#intake, heard, redelivered, settle)
  }

  /** Nothing of what it sent is heard or acknowledged any more, and its end is no news. */
  cut(link: Link, why: Parting, wait: Duration = 0): void {
    if (link.stopped || link.wire.destroyed) return
    link.stopped = true
    link.broker.dropWill(link)
    this.#options.log('connection.cut', why, { reason: why, user: link.user })
    if (wait === 0) link.broker.cut(link, why)
    else setTimeout(() => link.broker.cut(link, why), wait).unref()
  }

  /** Nothing more is to come; resolves when everything that was heard is settled. */
  async quiet(): Promise<void> {
    clearInterval(this.#timer)
    this.#pace.tick(Number.POSITIVE_INFINITY)
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#settledAll = resolve))
  }

  /**
   * MQTT 3 has no answer but silence, and clients send again only on a new connection: one that stayed open unanswered
   * would never deliver. While the disk is full every device would come back at once, so each is kept waiting a moment.
   */
  #fail(outcome: 'full' | 'closed', { qos, messageId }: Publish, link: Link): void {
    this.#options.counters.add('signals_refused', outcome)
    if (messageId !== 0) link.recent?.forget(messageId)
    if (qos !== 0) this.cut(link, outcome, outcome === 'full' ? PAUSE_WHEN_FULL : 0)
  }
}

/** True when the transport delivers a second time what was taken before. */
function noteDelivery({ topic, payload, messageId, dup }: Publish, link: Link): boolean {
  const mark = contentMark(topic, payload)
  if (!dup) link.recent?.startNew()
  else if (link.recent?.has(messageId, mark)) return true
  link.recent?.add(messageId, mark)
  return false
}
