// What the ear and the broker behind it ask of each other; types only.
import type { Socket } from 'node:net'
import type { Publish } from './mqtt-packets.ts'

/** What the broker asks the ear. `session` is the same object from `opened` to `closed`. */
export type BrokerHooks<Session> = {
  opened(socket: Socket): Session
  /** Whether this user may have the connection; decided at once, or when a new device is on disk. */
  mayEnter(
    session: Session,
    user: string | undefined,
    password: Uint8Array | undefined,
    decided: (may: boolean) => void,
  ): void
  /** From here on the client id is this connection's alone. `version`: 3, 4 (MQTT 3.1.1) or 5. */
  entered(session: Session, clientId: string, version: number): void
  /** `orderly`: the peer said DISCONNECT. */
  closed(session: Session, clientId: string, orderly: boolean): void
  ready(session: Session): boolean
  /** QoS 0 and 1; the acknowledgement is the ear's. */
  publish(session: Session, publish: Publish, fanOut: FanOut): void
  /** QoS 2 and wills. `taken(true)` fans out, `taken(false)` drops; the handshake goes on after it. */
  deferred(session: Session, publish: Publish, isWill: boolean, taken: (fanOut: boolean) => void): void
  maySubscribe(session: Session, filter: string): boolean
  log(fact: string, fields: Readonly<Record<string, unknown>>): void
}

/** Gives a publish to those who subscribed; free when nobody did. */
export type FanOut = (publish: Publish) => void

export type Broker = {
  handle(socket: Socket): void
  /** Goes on with what had to wait in this connection. */
  resume(socket: Socket): void
  /** The connection's will is not to be sent. */
  dropWill(socket: Socket): void
  clients(): number
  close(): Promise<void>
}
