// Where MQTT connections come in: a listening socket, the connections that it accepted, and their end.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type Duration, SECOND } from '../domain/time.ts'

export type Listener = {
  readonly port: number
  /** Accepts nobody any more; resolves when every connection has ended. */
  stop(): Promise<void>
  /** Ends every connection. */
  cut(): void
}

export type ListenerHooks = {
  accepted(socket: Socket): void
  failed(error: Error): void
}

export async function listenOverTcp(
  address: { readonly host: string; readonly port: number },
  { accepted, failed }: ListenerHooks,
): Promise<Listener> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    accepted(socket)
  })
  server.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, resolve)
  })
  server.on('error', failed)
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Finds dead peers that asked for no keep-alive of MQTT's own. */
const KEEP_ALIVE: Duration = 60 * SECOND
const MOST_CONNECTIONS = 10_000
