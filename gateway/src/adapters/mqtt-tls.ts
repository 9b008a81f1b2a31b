// TLS in front of MQTT: the handshake, and the name in a client's certificate where one was asked for and verified.
import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { type Duration, SECOND } from '../domain/time.ts'
import type { Guest } from './mqtt-hooks.ts'

/** PEM. With `ca`, clients may or must show a certificate of it; its common name is the device. */
export type TlsKeys = {
  readonly cert: string
  readonly key: string
  readonly ca?: string
  readonly clients: 'optional' | 'required'
}

export type TlsRoom = {
  enter(socket: Socket, address: string, host: string): void
  rekey(keys: TlsKeys): void
}

export function createTlsRoom(
  keys: TlsKeys,
  accepted: (guest: Guest) => void,
  strange: (why: string, wire: Socket) => void,
): TlsRoom {
  /** By the peer's own address and port, which a proxy's header does not change. */
  const entering = new Map<string, { readonly address: string; readonly host: string }>()
  const server = createServer({
    ...{ cert: keys.cert, key: keys.key, ca: keys.ca, handshakeTimeout: PATIENCE, minVersion: 'TLSv1.2' },
    ...{ requestCert: keys.ca !== undefined, rejectUnauthorized: keys.ca !== undefined && keys.clients === 'required' },
  })
  server.on('secureConnection', (socket) => {
    const comer = entering.get(placeOf(socket))
    entering.delete(placeOf(socket))
    if (comer === undefined) return void socket.destroy()
    const name = socket.authorized ? nameIn(socket) : undefined
    accepted({ wire: socket, ...comer, ...(name !== undefined && { certified: name }) })
  })
  server.on('tlsClientError', (error, socket) => strange(`no TLS: ${(error as NodeJS.ErrnoException).code}`, socket))
  return {
    enter(socket, address, host) {
      const place = placeOf(socket)
      entering.set(place, { address, host })
      socket.once('close', () => entering.delete(place))
      server.emit('connection', socket)
    },
    rekey: ({ cert, key, ca }) => server.setSecureContext({ cert, key, ...(ca !== undefined && { ca }) }),
  }
}

const PATIENCE: Duration = 10 * SECOND

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function nameIn(socket: TLSSocket): string | undefined {
  const name = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' ? name : undefined
}
