// How a connection of MQTT 5 begins: what a CONNECT must not ask, and what the CONNACK promises. Pure.
import { type Duration, SECOND } from '../domain/time.ts'
import { PACKET_LIMIT } from './mqtt-packets.ts'
import { objectionTo } from './mqtt-rights.ts'
import type { IConnectPacket, Packet } from './mqtt5-codec.ts'
import { MOST_ALIASES } from './mqtt5-publish.ts'
import { REASONS, type Reason } from './mqtt5-reasons.ts'

/** Publishes of QoS 1 that a peer may have under way. */
export const RECEIVE_MAXIMUM = 100
/** Who asks for a longer keep-alive, or for none, is told to keep this one. */
const LONGEST_KEEP_ALIVE = 1_200

export function objection5(packet: IConnectPacket): Reason | undefined {
  const { clientId, username, will, properties } = packet
  if (properties?.authenticationMethod !== undefined) {
    return { code: REASONS.authMethod, words: 'expected a user name and a password, got another method' }
  }
  // A client id that is left out is given here, whatever was asked for the session.
  const greeting = { clientId, clean: true, username, will: will && { topic: will.topic, qos: will.qos ?? 0 } }
  switch (objectionTo(greeting)) {
    case 'client id':
      return { code: REASONS.clientId, words: 'client id: expected at most 64 characters without control characters' }
    case 'user name':
      return { code: REASONS.badLogin, words: 'user name: control characters are not allowed' }
    case 'will':
      return { code: REASONS.topicInvalid, words: 'will: expected a topic such as hb/NAME/will' }
    case undefined:
      return undefined
  }
}

/** How long the peer may be silent: one and a half times what was agreed on. */
export function patienceWith({ keepalive = 0 }: IConnectPacket): Duration {
  return 1.5 * SECOND * keepAliveOf(keepalive)
}

/** `assigned`: the client id where the peer left it out. */
export function welcome({ keepalive = 0 }: IConnectPacket, assigned: string | undefined): Packet {
  return {
    cmd: 'connack',
    sessionPresent: false,
    reasonCode: 0,
    properties: {
      // Nothing is kept of a session but a will that is delayed.
      sessionExpiryInterval: 0,
      receiveMaximum: RECEIVE_MAXIMUM,
      maximumQoS: 1,
      maximumPacketSize: PACKET_LIMIT,
      topicAliasMaximum: MOST_ALIASES,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
      ...(assigned !== undefined && { assignedClientIdentifier: assigned }),
      ...(keepAliveOf(keepalive) !== keepalive && { serverKeepAlive: LONGEST_KEEP_ALIVE }),
    },
  }
}

export function refusal({ code, words }: Reason): Packet {
  return { cmd: 'connack', sessionPresent: false, reasonCode: code, properties: { reasonString: words } }
}

function keepAliveOf(asked: number): number {
  return asked === 0 || asked > LONGEST_KEEP_ALIVE ? LONGEST_KEEP_ALIVE : asked
}
