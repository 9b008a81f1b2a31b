// MQTT of the gateway: on its ports, with TLS or without, and over WebSocket on the HTTP listener.
import type { Server } from 'node:http'
import { createRanges } from './adapters/channel-guard.ts'
import { collectAfterBursts } from './adapters/memory.ts'
import { createMqttEar, type MqttEar, type MqttEarOptions } from './adapters/mqtt-ear.ts'
import { acceptOverWebSocket } from './adapters/mqtt-websocket.ts'
import { Turnstile } from './adapters/turnstile.ts'
import type { Address, Settings } from './config/settings.ts'

export type Mqtt = {
  readonly ear: MqttEar
  readonly plain: Address | undefined
  readonly secure: Address | undefined
  configure(settings: Settings): void
  close(): Promise<void>
}

export type MqttWorld = Omit<MqttEarOptions, 'root' | 'address' | 'secure' | 'isProxy' | 'turnstile' | 'pace'> & {
  /** Where MQTT over WebSocket comes in, too. */
  readonly server: Server
  readonly settings: Settings
}

/** Undefined: it is off. */
export async function openMqtt({ server, settings, ...rest }: MqttWorld): Promise<Mqtt | undefined> {
  const { mqtt, mqtts, http } = settings
  if (mqtt === 'off' && mqtts === undefined) return undefined
  let { limits } = settings
  let proxies = createRanges(settings.proxies)
  const turnstile = new Turnstile(() => limits, rest.counters)
  const isProxy = (address: string): boolean => proxies.has(address)
  const ear = await createMqttEar({
    ...rest,
    ...{ root: 'hb', turnstile, isProxy, pace: () => limits.signals },
    ...(mqtt !== 'off' && { address: mqtt }),
    ...(mqtts !== undefined && { secure: { address: mqtts.address, keys: mqtts.tls } }),
  })
  const stopCollecting = collectAfterBursts(() => ear.clients())
  acceptOverWebSocket(server, { host: http.host, turnstile, isProxy, accepted: ear.welcome })
  return {
    ear,
    plain: mqtt === 'off' || ear.port === undefined ? undefined : { host: mqtt.host, port: ear.port },
    secure:
      mqtts === undefined || ear.securePort === undefined
        ? undefined
        : { host: mqtts.address.host, port: ear.securePort },
    async close() {
      stopCollecting()
      await ear.close()
    },
    configure(next) {
      limits = next.limits
      proxies = createRanges(next.proxies)
      if (next.mqtts !== undefined) ear.rekey(next.mqtts.tls)
    },
  }
}
