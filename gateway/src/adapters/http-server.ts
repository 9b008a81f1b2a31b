// The HTTP listener: its limits, so that nobody holds a socket by being slow or exhausts memory with headers, and its
// beginning and end. Owns no route.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duration, SECOND } from '../domain/time.ts'

/** How long requests that were begun may still take when the listener closes. */
const LAST_REQUESTS: Duration = 3 * SECOND

export function createHttpServer(handle: (req: IncomingMessage, res: ServerResponse) => void): Server {
  const server = createServer(
    {
      headersTimeout: 5_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      // Longer than the idle time of the usual reverse proxies (60 s), so that they close first.
      keepAliveTimeout: 65_000,
      // The longest message of a ping takes up to 18 kB when it is percent-encoded.
      maxHeaderSize: 32_768,
      noDelay: true,
    },
    handle,
  )
  server.maxConnections = 10_000
  return server
}

/** The port it listens on; rejects with the system's error when it can't. */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

/** Stops listening, lets what was begun end, and ends what does not. */
export async function closeHttpServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS)
  await closed
  clearTimeout(timer)
}
