// Where MQTT connections come in over TCP, with TLS or without, behind named proxies or not: a listening socket, the
// connections that it accepted, and their end. Says whose each is; what it speaks is for others to find out.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type Duration, SECOND } from '../domain/time.ts'
import type { Guest } from './mqtt-hooks.ts'
import { createTlsRoom, type TlsKeys } from './mqtt-tls.ts'
import { askProxy } from './proxy-header.ts'
import type { Turnstile } from './turnstile.ts'

export type Listener = {
  readonly host: string
  readonly port: number
  /** For connections from now on. */
  rekey(keys: TlsKeys): void
  /** Accepts nobody any more; resolves when every connection has ended. */
  stop(): Promise<void>
  /** Ends every connection. */
  cut(): void
}

export type ListenerHooks = {
  /** Whether connections from there begin with a proxy's header. */
  isProxy(address: string): boolean
  readonly turnstile: Turnstile
  accepted(guest: Guest): void
  strange(why: string, wire: Socket): void
  failed(error: Error): void
}

export async function listenOverTcp(
  { host, port }: { readonly host: string; readonly port: number },
  hooks: ListenerHooks,
  keys?: TlsKeys,
): Promise<Listener> {
  const { turnstile, strange } = hooks
  const sockets = new Set<Socket>()
  const tls = keys && createTlsRoom(keys, hooks.accepted, (why, wire) => strange(why, wire))
  const enter = (socket: Socket, address: string): void =>
    turnstile.admit(socket, address, () => {
      if (tls === undefined) hooks.accepted({ wire: socket, address, host })
      else tls.enter(socket, address, host)
    })
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const address = plain(socket.remoteAddress ?? '')
    if (!hooks.isProxy(address)) return enter(socket, address)
    askProxy(
      socket,
      (behind) => enter(socket, behind ?? address),
      () => strange('no header of a proxy', socket),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, resolve)
  })
  server.on('error', hooks.failed)
  return {
    host,
    port: (server.address() as AddressInfo).port,
    rekey: (next) => tls?.rekey(next),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Finds dead peers that asked for no keep-alive of MQTT's own. */
const KEEP_ALIVE: Duration = 60 * SECOND
/** Connections that the system keeps until we take them: a fleet may come back at once. */
const BACKLOG = 4_096

/** IPv4 in IPv6's clothes is IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
