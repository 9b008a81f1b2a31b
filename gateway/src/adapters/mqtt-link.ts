// One connection as the ear sees it: how much of it is not yet on disk, and its PUBACKs, which leave in the order in which
// the publishes came and, for one group of commits, in one write.
import type { Duplex } from 'node:stream'
import type { Visit } from '../app/presences.ts'
import type { Pass } from './device-door.ts'
import type { Broker, Guest } from './mqtt-hooks.ts'
import { pubacks } from './mqtt-packets.ts'
import type { Recent } from './mqtt-redelivery.ts'
import type { Rules } from './mqtt-signal.ts'

/** One publish whose PUBACK is owed. */
export type Ticket = {
  readonly messageId: number
  settled: boolean
  /** The PUBACK where it is more than that. */
  answer?: Uint8Array
}

/** Publishes of one connection that may wait for the disk; beyond it the peer is made to wait. */
const MOST_OPEN = 1_024
/** A peer that sends and never reads its acknowledgements. */
const MOST_UNREAD_BYTES = 262_144

/** Collects the connections that have something to acknowledge and writes to each once. */
export class AckDesk {
  #dirty: Link[] = []

  /** Commits of a group settle one after another in one turn; the writes follow right after it. */
  add(link: Link): void {
    if (this.#dirty.push(link) === 1) process.nextTick(() => this.flush())
  }

  flush(): void {
    const dirty = this.#dirty
    this.#dirty = []
    for (const link of dirty) link.flush()
  }
}

export class Link {
  readonly wire: Duplex
  readonly broker: Broker
  readonly host: string
  readonly certified: string | undefined
  /** Set when a password was checked: what this connection may publish is under that name. */
  user: string | undefined
  /** What it came in with. */
  pass: Pass | undefined
  /** Where unknown names of this device are declared with terms of its own. */
  rules: Rules | undefined
  recent: Recent | undefined
  visit: Visit | undefined
  /** Nothing more is read or acknowledged. */
  stopped = false
  /** Publishes heard and not settled, of any QoS. */
  open = 0
  readonly #desk: AckDesk
  readonly #owed: Ticket[] = []
  #ready: Ticket[] = []
  #held = false

  constructor({ wire, host, certified }: Guest, broker: Broker, desk: AckDesk) {
    this.wire = wire
    this.host = host
    this.certified = certified
    this.broker = broker
    this.#desk = desk
  }

  get ready(): boolean {
    if (this.stopped) return false
    if (this.open < MOST_OPEN) return true
    this.#held = true
    return false
  }

  /** PUBACKs that are owed. */
  get owed(): number {
    return this.#owed.length
  }

  owe(messageId: number): Ticket {
    const ticket: Ticket = { messageId, settled: false }
    this.#owed.push(ticket)
    return ticket
  }

  settle(ticket: Ticket, answer?: Uint8Array): void {
    ticket.settled = true
    if (answer !== undefined) ticket.answer = answer
    if (this.stopped) return
    while (this.#owed[0]?.settled === true) {
      if (this.#ready.push(this.#owed.shift() as Ticket) === 1) this.#desk.add(this)
    }
  }

  /** Counts one publish as settled; true when the peer had to wait and no longer has to. */
  close(): boolean {
    this.open--
    if (!this.#held || this.open > MOST_OPEN / 2) return false
    this.#held = false
    return true
  }

  flush(): void {
    const ready = this.#ready
    this.#ready = []
    const { wire } = this
    // A peer that took its leave is owed nothing.
    if (this.stopped || wire.destroyed || wire.writableEnded || ready.length === 0) return
    wire.write(pubacks(ready))
    if (wire.writableLength > MOST_UNREAD_BYTES) wire.destroy()
  }
}
