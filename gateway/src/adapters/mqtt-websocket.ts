// MQTT over WebSocket, at one path of the HTTP listener; the only file that knows the library. Pages of other sites may not
// speak to a gateway that trusts its own machine.
import type { IncomingMessage, Server } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Guest } from './mqtt-hooks.ts'
import { PACKET_LIMIT } from './mqtt-packets.ts'
import type { Turnstile } from './turnstile.ts'

export type WebSocketHooks = {
  /** Where the HTTP listener listens. */
  readonly host: string
  readonly turnstile: Turnstile
  /** Whether requests from there say in `X-Forwarded-For` whose they are. */
  isProxy(address: string): boolean
  accepted(guest: Guest): void
}

export const WEBSOCKET_PATH = '/mqtt'

export function acceptOverWebSocket(server: Server, { host, turnstile, isProxy, accepted }: WebSocketHooks): void {
  const room = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: 2 * PACKET_LIMIT, clientTracking: false },
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const refused = objectionTo(request)
    if (refused !== undefined) return void socket.end(refused)
    const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    const address = (isProxy(peer) ? behind(request) : undefined) ?? peer
    turnstile.admit(socket, address, () =>
      room.handleUpgrade(request, socket, head, (client) => {
        const wire = createWebSocketStream(client)
        accepted({ wire, address, host })
      }),
    )
  })
}

/** The last is the proxy's own word; what stands before it anybody may have written. */
function behind({ headers }: IncomingMessage): string | undefined {
  const last =
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? ''
  return isIP(last) === 0 ? undefined : last
}

function objectionTo({ url = '', headers }: IncomingMessage): string | undefined {
  if (url.split('?', 1)[0] !== WEBSOCKET_PATH) return answer('404 Not Found', 'not found')
  const offered = String(headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
  if (!offered.includes('mqtt')) return answer('400 Bad Request', 'Sec-WebSocket-Protocol: expected mqtt')
  const { origin, host } = headers
  if (origin !== undefined && !isSame(origin, host)) {
    return answer('403 Forbidden', `Origin: expected none, or ${String(host)}`)
  }
  return undefined
}

function isSame(origin: string, host: string | undefined): boolean {
  return URL.parse(origin)?.host === host
}

function answer(status: string, text: string): string {
  const type = 'Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n'
  const length = Buffer.byteLength(text)
  return `HTTP/1.1 ${status}\r\nConnection: close\r\n${type}Content-Length: ${length}\r\n\r\n${text}`
}
