// Signals over MQTT 3.1.1 with QoS 1, and the only file that knows the library. A client of the library lives as long
// as one connection: what it would send again after a break would carry the age of the first try.
import type { IClientOptions, MqttClient } from 'mqtt'
import { type Answer, CONNECT_WITHIN, type Link } from './link.ts'
import type { Tls } from './options.ts'
import { payloadOf, type Signal, topicOf } from './signal.ts'

export type MqttOptions = {
  /** `mqtt://host:1883` or `mqtts://host:8883`, without user and password. */
  readonly url: string
  readonly user: string | undefined
  readonly key: string | undefined
  readonly root: string
  readonly boot: number
  /** Whose will it is; undefined: there is none. */
  readonly will: string | undefined
  /** Milliseconds. */
  readonly timeout: number
  readonly tls: Tls
}

export function mqttLink(options: MqttOptions): Link {
  const { url, root, boot, timeout } = options
  const settings = settingsOf(options)
  /** Those who wait for an acknowledgement on this connection. */
  const waiting = new Set<(answer: Answer) => void>()
  let client: MqttClient | undefined
  let opening: Promise<string | undefined> | undefined
  let isOpen = false
  let held = false

  function hold(now: boolean): void {
    held = now
    const socket = client?.stream as Holdable | undefined
    if (held) socket?.ref?.()
    else socket?.unref?.()
  }

  /** Resolves with why it can't; undefined when the connection is open. */
  async function open(): Promise<string | undefined> {
    const mqtt = await import('mqtt').catch(() => undefined)
    if (mqtt === undefined) return 'the package mqtt is not installed: npm install mqtt'
    return await new Promise((resolve) => {
      const fresh = mqtt.connect(url, settings)
      let why = 'connection closed'
      client = fresh
      hold(held)
      // Its type hides the timer that would keep the process alive until the broker has answered.
      ;(fresh as unknown as Greeting).connackTimer?.unref?.()
      const connects = setTimeout(() => {
        why = 'no connection in time'
        fresh.stream.destroy()
      }, CONNECT_WITHIN).unref()
      fresh.stream.once('connect', () => clearTimeout(connects))
      fresh.on('error', (error) => (why = error.message || (error as NodeJS.ErrnoException).code || why))
      fresh.once('connect', () => {
        isOpen = true
        resolve(undefined)
      })
      fresh.once('close', () => {
        clearTimeout(connects)
        fresh.end(true)
        resolve(why)
        if (client === fresh) closed(why)
      })
    })
  }

  function closed(why: string): void {
    const wasOpen = isOpen
    client = undefined
    isOpen = false
    for (const settle of waiting) settle(away(why))
    if (wasOpen) link.onLost()
  }

  function away(why: string): Answer {
    return { kind: 'away', why: `${url} can't be reached: ${why}` }
  }

  function publish(topic: string, payload: string): Promise<Answer> {
    const using = client as MqttClient
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        waiting.delete(settle)
        resolve(answer)
      }
      // A broker that is silent for one signal is given up with its connection.
      const timer = setTimeout(() => using.stream.destroy(), timeout).unref()
      waiting.add(settle)
      using.publish(topic, payload, { qos: 1 }, (error) => settle(error ? away(error.message) : { kind: 'taken' }))
    })
  }

  const link: Link = {
    window: 16,
    async send(signal: Signal, seq: number, age: () => number) {
      try {
        if (!isOpen) {
          opening ??= open().finally(() => (opening = undefined))
          const why = await opening
          if (why !== undefined) return away(why)
        }
        return await publish(topicOf(signal, root), payloadOf(signal, age(), { boot, seq }))
      } catch (error) {
        return away((error as Error).message)
      }
    },
    hold,
    giveUp() {
      if (!isOpen) client?.stream.destroy()
    },
    isOpen: () => isOpen,
    leave(now) {
      const leaving = client
      if (!isOpen || leaving === undefined) return
      if (now) return void leaving.stream.write(DISCONNECT)
      isOpen = false
      leaving.end()
    },
    onLost: () => {},
  }
  return link
}

type Holdable = { ref?(): void; unref?(): void }
type Greeting = { readonly connackTimer?: { unref?(): void } }

const DISCONNECT: Uint8Array = Uint8Array.of(0xe0, 0)

/** Keep-alive timers; the library's types know those of browsers only. */
const UNHELD = {
  set: (work: () => void, interval: number): NodeJS.Timeout => setInterval(work, interval).unref(),
  clear: (timer: NodeJS.Timeout): void => clearInterval(timer),
}

function settingsOf({ user, key, root, boot, will, timeout, tls }: MqttOptions): IClientOptions {
  return {
    ...tls,
    ...(user !== undefined && { username: user }),
    ...(key !== undefined && { password: key }),
    ...(will !== undefined && {
      will: { topic: `${root}/${will}/will`, payload: Buffer.from(`${boot}`), qos: 1, retain: false },
    }),
    clean: true,
    clientId: `overdue-${boot.toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    protocolVersion: 4,
    connectTimeout: timeout,
    reconnectPeriod: 0,
    // Made at the first publish, it holds that one up for longer than its age may be wrong.
    writeCache: false,
    timerVariant: UNHELD as unknown as NonNullable<IClientOptions['timerVariant']>,
  }
}
