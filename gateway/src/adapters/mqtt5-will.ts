// What a connection of MQTT 5 leaves when it breaks: a publish, and how long somebody has to come back before it is told.
import { type Duration, HOUR, SECOND } from '../domain/time.ts'
import type { Publish } from './mqtt-packets.ts'
import type { IConnectPacket } from './mqtt5-codec.ts'

export type Will = { readonly publish: Publish; readonly delay: Duration }

export function willOf(will: NonNullable<IConnectPacket['will']>): Will {
  const { topic, payload, qos = 0, retain = false, properties } = will
  const { userProperties, willDelayInterval = 0 } = properties ?? {}
  const publish = { topic, payload: Buffer.from(payload as Buffer), qos, dup: false, retain, messageId: 0 }
  return {
    publish: userProperties === undefined ? publish : { ...publish, properties: userProperties },
    delay: Math.min(willDelayInterval * SECOND, LONGEST_WILL_DELAY),
  }
}

const LONGEST_WILL_DELAY: Duration = HOUR
