// Every way in which an MQTT connection comes to the ear: TCP, TLS, and what came in elsewhere; each is asked which version
// it speaks and handed to the broker of that version.
import type { Duplex } from 'node:stream'
import type { QuietLog } from './log-quietly.ts'
import { askVersion } from './mqtt-door.ts'
import type { Broker, Guest } from './mqtt-hooks.ts'
import { type ListenerHooks, listenOverTcp } from './mqtt-listen.ts'
import type { TlsKeys } from './mqtt-tls.ts'
import type { Turnstile } from './turnstile.ts'
import { endSoon } from './wire-end.ts'

type Place = { readonly host: string; readonly port: number }

export type Doors = {
  /** Absent: not without TLS. */
  readonly address?: Place
  readonly secure?: { readonly address: Place; readonly keys: TlsKeys }
  /** Whether connections from there begin with a proxy's header. */
  isProxy?(address: string): boolean
  readonly turnstile: Turnstile
}

export type Doorway = {
  /** Absent: it does not listen there. */
  readonly port: number | undefined
  readonly securePort: number | undefined
  /** Takes over a connection that came in elsewhere. */
  welcome(guest: Guest): void
  /** For connections with TLS from now on. */
  rekey(keys: TlsKeys): void
  /** Lets nobody in any more. */
  stop(): void
  /** Ends every connection; resolves when all have ended. */
  cut(): Promise<void>
}

export async function openDoorway(
  { address, secure, turnstile, isProxy = () => false }: Doors,
  log: QuietLog,
  brokerFor: (level: number) => Broker | undefined,
): Promise<Doorway> {
  const wires = new Set<Duplex>()
  let isOpen = true

  function strange(why: string, wire: Duplex): void {
    log('connection.failed', why, { reason: why })
    wire.destroy()
  }

  function welcome(guest: Guest): void {
    const { wire } = guest
    wires.add(wire)
    wire.on('error', () => {})
    wire.once('close', () => wires.delete(wire))
    if (!isOpen) return void wire.destroy()
    const told = (level: number): void => {
      const broker = brokerFor(level)
      if (broker !== undefined) return broker.handle(guest)
      wire.write(UNKNOWN_VERSION)
      endSoon(wire)
    }
    askVersion(wire, told, (why) => strange(why, wire))
  }

  const hooks: ListenerHooks = {
    ...{ turnstile, isProxy, accepted: welcome, strange },
    failed: (error) => log('listener.failed', '', { reason: error.message }),
  }
  const plain = address && (await listenOverTcp(address, hooks))
  const encrypted = secure && (await listenOverTcp(secure.address, hooks, secure.keys))
  const listeners = [plain, encrypted].filter((listener) => listener !== undefined)
  let stopped: Promise<unknown> = Promise.resolve()
  return {
    port: plain?.port,
    securePort: encrypted?.port,
    welcome,
    rekey: (keys) => encrypted?.rekey(keys),
    stop() {
      isOpen = false
      turnstile.close()
      stopped = Promise.all(listeners.map((listener) => listener.stop()))
    },
    async cut() {
      for (const wire of wires) wire.destroy()
      for (const listener of listeners) listener.cut()
      await stopped
    },
  }
}

/** The CONNACK of an unacceptable protocol version, as each version so far understands it. */
const UNKNOWN_VERSION: Uint8Array = Uint8Array.of(0x20, 2, 0, 1)
