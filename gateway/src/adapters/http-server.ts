// The HTTP listener's limits: nobody holds a socket by being slow, nobody exhausts memory with headers.
// Owns no route.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export function createHttpServer(handle: (req: IncomingMessage, res: ServerResponse) => void): Server {
  const server = createServer(
    {
      headersTimeout: 5_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      // Longer than the idle time of the usual reverse proxies (60 s), so that they close first.
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
      noDelay: true,
    },
    handle,
  )
  server.maxConnections = 10_000
  return server
}
