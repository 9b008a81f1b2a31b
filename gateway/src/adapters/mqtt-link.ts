// One connection as the ear sees it: how much of it is not yet on disk, and its PUBACKs, which leave in the order in which
// the publishes came and, for one group of commits, in one write.
import type { Socket } from 'node:net'
import type { Pass } from './device-door.ts'
import { pubacks } from './mqtt-packets.ts'
import type { Recent } from './mqtt-redelivery.ts'
import type { Rules } from './mqtt-signal.ts'

/** One publish whose PUBACK is owed. */
export type Ticket = { readonly messageId: number; settled: boolean }

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
  readonly socket: Socket
  /** Set when a password was checked: what this connection may publish is under that name. */
  user: string | undefined
  /** What it came in with. */
  pass: Pass | undefined
  recent: Recent | undefined
  /** Where unknown names of this device are declared with terms of its own. */
  rules: Rules | undefined
  /** Nothing more is read or acknowledged. */
  stopped = false
  /** Publishes heard and not settled, of any QoS. */
  open = 0
  readonly #desk: AckDesk
  readonly #owed: Ticket[] = []
  #ready: number[] = []
  #held = false

  constructor(socket: Socket, desk: AckDesk) {
    this.socket = socket
    this.#desk = desk
  }

  get ready(): boolean {
    if (this.stopped) return false
    if (this.open < MOST_OPEN) return true
    this.#held = true
    return false
  }

  owe(messageId: number): Ticket {
    const ticket = { messageId, settled: false }
    this.#owed.push(ticket)
    return ticket
  }

  settle(ticket: Ticket): void {
    ticket.settled = true
    if (this.stopped) return
    while (this.#owed[0]?.settled === true) {
      if (this.#ready.push((this.#owed.shift() as Ticket).messageId) === 1) this.#desk.add(this)
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
    const { socket } = this
    if (this.stopped || socket.destroyed || ready.length === 0) return
    socket.write(pubacks(ready))
    if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy()
  }
}
