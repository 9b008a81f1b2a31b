// What the ear and the brokers behind it, one for each generation of the protocol, ask of each other; types only.
import type { Duplex } from 'node:stream'
import type { Link } from './mqtt-link.ts'
import type { Publish } from './mqtt-packets.ts'
import type { Refusal } from './mqtt-signal.ts'

/** A connection before anybody knows what it speaks. */
export type Guest = {
  readonly wire: Duplex
  /** Of the peer, behind a proxy that says so. */
  readonly address: string
  /** Of the listener: who listens on loopback trusts its own machine. */
  readonly host: string
  /** The name in a client certificate that was verified. */
  readonly certified?: string
}

/** What a broker asks the ear. */
export type BrokerHooks = {
  opened(guest: Guest, broker: Broker): Link
  /** Whether this user may have the connection; a promise where a new device has to be on disk first. */
  mayEnter(link: Link, user: string | undefined, password: Uint8Array | undefined): boolean | Promise<boolean>
  /** From here on the client id is this connection's alone. `version`: 3, 4 (MQTT 3.1.1) or 5. */
  entered(link: Link, clientId: string, version: number): void
  /** `orderly`: the peer said DISCONNECT. */
  closed(link: Link, clientId: string, orderly: boolean): void
  ready(link: Link): boolean
  /** QoS 0 and 1; acknowledgement and fan-out are the ear's. */
  publish(link: Link, publish: Publish): void
  /** QoS 2 and wills. After `taken(true)` the broker tells its own subscribers, and the handshake goes on. */
  deferred(link: Link, publish: Publish, isWill: boolean, taken: (fanOut: boolean) => void): void
  maySubscribe(link: Link, filter: string): boolean
  /** What a filter matches of the states now. */
  states(filter: string): Iterable<Publish>
  log(fact: string, fields: Readonly<Record<string, unknown>>): void
}

export type Parting = 'full' | 'closed' | 'denied' | 'revoked'

export type Broker = {
  handle(guest: Guest): void
  /** Goes on with what had to wait in this connection. */
  resume(link: Link): void
  /** The connection's will is not to be sent. */
  dropWill(link: Link): void
  /** Ends a connection: its publishes can't be made durable, or it is not welcome any more. */
  cut(link: Link, why: Parting): void
  /** Another connection has this client id now. */
  evict(clientId: string): void
  /** The PUBACK of a publish that is not taken; undefined: the protocol has no word for it. */
  answerTo(messageId: number, refusal: Refusal): Uint8Array | undefined
  /** Gives a publish to those who subscribed; next to nothing when nobody did. */
  fanOut(publish: Publish): void
  clients(): number
  close(): Promise<void>
}
