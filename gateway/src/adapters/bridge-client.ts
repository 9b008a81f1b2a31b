// One connection to a broker that somebody else runs, and the only file of the gateway that knows the library `mqtt`. A client of
// the library lives as long as one connection, so that nothing is ever acknowledged on another one than it came by.
import type { IClientOptions, IPublishPacket } from 'mqtt'
import { type Duration, SECOND } from '../domain/time.ts'
import { type Publish, pubacks } from './mqtt-packets.ts'

export type LinkOptions = {
  readonly url: string
  /** 4 is MQTT 3.1.1. */
  readonly version: 4 | 5
  readonly clientId: string
  readonly username?: string
  readonly password?: string
  /** PEM. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

/** Why a connection ended; `refused`: the code of the CONNACK that refused it. */
export type LinkEnd = { readonly why: string; readonly refused?: number }

export type LinkEvents = {
  /** `isResumed`: the broker kept what came meanwhile. */
  opened(isResumed: boolean): void
  /** Nothing is acknowledged by it; `next` asks for the next one. */
  heard(publish: Publish, next: () => void): void
  /** Once, also after `end` and `leave`. */
  closed(end: LinkEnd): void
}

export type BridgeLink = {
  /** With QoS 1; false: the broker refuses it. */
  subscribe(filter: string): Promise<boolean>
  unsubscribe(filter: string): Promise<void>
  /** With QoS 1; rejects with the broker's reason. */
  publish(topic: string, payload: string): Promise<void>
  acknowledge(messageId: number): void
  /** Ends it as it is: what is not acknowledged comes again. */
  end(why: string): void
  /** Takes its leave; `isForGood`: the broker may forget us. */
  leave(isForGood: boolean): Promise<void>
}

export async function openLink(options: LinkOptions, events: LinkEvents): Promise<BridgeLink> {
  const { connect } = await import('mqtt')
  const client = connect(options.url, settingsOf(options))
  let end: LinkEnd | undefined
  let acknowledged: { readonly messageId: number }[] = []

  function close(last: LinkEnd): void {
    if (end !== undefined) return
    end = last
    client.end(true)
    events.closed(end)
  }
  client.on('connect', ({ sessionPresent }) => events.opened(sessionPresent))
  client.on('error', (error) => {
    const { code } = error as { code?: unknown }
    close({ why: reasonOf(error), ...(typeof code === 'number' && { refused: code }) })
  })
  client.on('disconnect', ({ reasonCode }) => close({ why: `the broker ended it, reason ${reasonCode ?? 0}` }))
  client.on('close', () => close({ why: 'the connection was closed' }))

  // A callback with an error is the library's way to send no PUBACK and to go on with the next packet; PINGRESP is one of them.
  client.handleMessage = (packet: IPublishPacket, done) =>
    events.heard(publishOf(packet), () => done(packet.qos === 0 ? undefined : DEFERRED))

  function acknowledgeAll(): void {
    const ids = acknowledged
    acknowledged = []
    if (end === undefined) client.stream.write(pubacks(ids))
  }

  return {
    async subscribe(filter) {
      // The library throws where a code of the SUBACK says no.
      const granted = await client.subscribeAsync(filter, { qos: 1, rh: 1 }).catch(() => [])
      return granted.some(({ qos }) => (qos as number) < REFUSED)
    },
    async unsubscribe(filter) {
      await client.unsubscribeAsync(filter).catch(() => undefined)
    },
    async publish(topic, payload) {
      await client.publishAsync(topic, payload, { qos: 1 })
    },
    acknowledge(messageId) {
      if (acknowledged.push({ messageId }) === 1) setImmediate(acknowledgeAll)
    },
    end: (why) => close({ why }),
    async leave(isForGood) {
      if (acknowledged.length > 0) acknowledgeAll()
      const forget = isForGood && options.version === 5 ? { properties: { sessionExpiryInterval: 0 } } : {}
      const gone = client.endAsync(false, forget).catch(() => undefined)
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN))])
      close({ why: 'we took our leave' })
    },
  }
}

const DEFERRED = new Error('deferred')
/** Codes of a SUBACK from here on say no. */
const REFUSED = 128
const CONNECT_WITHIN: Duration = 10 * SECOND
const LEAVE_WITHIN: Duration = SECOND
/** In seconds. */
const KEPT_BY_BROKER = 3_600
const KEEPALIVE = 30
/** Not acknowledged at one time: with MQTT 5 the broker's own limit gives way to it. */
export const MOST_IN_FLIGHT = 1_000
/** A broker may carry what is no heartbeat of ours; longer ones it keeps to itself. */
const LARGEST_PACKET = 1_048_576

function settingsOf({ url: _, version, clientId, username, password, tls }: LinkOptions): IClientOptions {
  const properties = {
    ...{ sessionExpiryInterval: KEPT_BY_BROKER, receiveMaximum: MOST_IN_FLIGHT, maximumPacketSize: LARGEST_PACKET },
  }
  return {
    ...{ protocolVersion: version, clientId, clean: false, keepalive: KEEPALIVE, connectTimeout: CONNECT_WITHIN },
    ...{ reconnectPeriod: 0, resubscribe: false, queueQoSZero: false },
    ...(version === 5 && { properties }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...tls,
  }
}

function publishOf({ topic, payload, qos, dup, retain, messageId, properties }: IPublishPacket): Publish {
  const { userProperties } = properties ?? {}
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const publish = { topic, payload: bytes, qos, dup, retain, messageId: qos === 0 ? 0 : (messageId ?? 0) }
  return userProperties === undefined ? publish : { ...publish, properties: userProperties }
}

/** Of several addresses that were tried the error has no message, but a code. */
function reasonOf(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}
