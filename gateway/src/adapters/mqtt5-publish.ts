// What a PUBLISH of MQTT 5 says: topic or alias, and the properties that a heartbeat has a use for. Knows the peer's
// aliases, and nothing else of the connection.

import type { Publish } from './mqtt-packets.ts'
import { TOPIC_LIMIT } from './mqtt-rights.ts'
import type { IPublishPacket } from './mqtt5-codec.ts'
import { REASONS } from './mqtt5-reasons.ts'

/** Topics that a peer may abbreviate. */
export const MOST_ALIASES = 16

export class Aliases {
  readonly #topics: string[] = []

  /** A reason code where the packet breaks the protocol. */
  read(packet: IPublishPacket): Publish | number {
    const { topic: named, payload, qos, dup, retain, messageId = 0, properties } = packet
    const topic = this.#topicOf(named, properties?.topicAlias)
    if (typeof topic === 'number') return topic
    if (qos === 2) return REASONS.qos
    if (properties?.subscriptionIdentifier !== undefined) return REASONS.protocolError
    const { userProperties } = properties ?? {}
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    return { topic, payload: bytes, qos, dup, retain, messageId, ...(userProperties && { properties: userProperties }) }
  }

  #topicOf(named: string, alias: number | undefined): string | number {
    if (alias === undefined) return named === '' ? REASONS.protocolError : named
    if (alias === 0 || alias > MOST_ALIASES) return REASONS.aliasInvalid
    if (named === '') return this.#topics[alias] ?? REASONS.protocolError
    if (named.length <= TOPIC_LIMIT) this.#topics[alias] = named
    return named
  }
}
