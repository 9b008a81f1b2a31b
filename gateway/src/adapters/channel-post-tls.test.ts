import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certify } from './certificate.stage.ts'
import { createGuard } from './channel-guard.ts'
import { type PostOutcome, post } from './channel-post.ts'

const { key: KEY, certificate: CERTIFICATE } = certify('hook.test')
const SYSTEM_AUTHORITIES = getCACertificates('default')

let serverNames: unknown[] = []
let servers: Server[] = []
beforeEach(() => {
  serverNames = []
  setDefaultCACertificates([...SYSTEM_AUTHORITIES, CERTIFICATE])
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  setDefaultCACertificates(SYSTEM_AUTHORITIES)
})

async function listen(server: Server): Promise<number> {
  servers = [...servers, server]
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

async function secureServer(): Promise<number> {
  const server = createTlsServer({ key: KEY, cert: CERTIFICATE, ALPNProtocols: ['http/1.1'] }, (socket) => {
    serverNames.push(socket.servername)
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'))
  })
  return await listen(server.on('tlsClientError', () => {}))
}

async function send(url: string): Promise<PostOutcome> {
  return await post({ url, headers: {}, body: '{}' }, new AbortController().signal, {
    guard: createGuard(['127.0.0.0/8']),
    now: () => 0,
    limits: { connect: 1_000, total: 2_000, responseBytes: 1_000 },
    lookup: async () => ['127.0.0.1'],
  })
}

describe('a post over TLS', () => {
  it('connects to the checked address and proves the name', async () => {
    const port = await secureServer()
    expect(await send(`https://hook.test:${port}/`)).toEqual({ kind: 'answered', status: 202 })
    expect(await send(`https://hook.test.:${port}/`)).toEqual({ kind: 'answered', status: 202 })
    expect(serverNames).toEqual(['hook.test', 'hook.test'])
  })

  it.each(['other.test', '127.0.0.1'])('is unreachable when the certificate is not for %s', async (host) => {
    const outcome = await send(`https://${host}:${await secureServer()}/`)
    expect(outcome).toMatchObject({ kind: 'unreachable', why: expect.stringContaining('altnames') })
  })

  it('is unreachable when nobody vouches for the certificate', async () => {
    setDefaultCACertificates(SYSTEM_AUTHORITIES)
    const outcome = await send(`https://hook.test:${await secureServer()}/`)
    expect(outcome).toMatchObject({ kind: 'unreachable', why: expect.stringMatching(/self-signed|unable to/) })
  })

  it('is unreachable when the server does not speak TLS, closes, or hangs in the handshake', async () => {
    const plain = await listen(createServer((socket) => socket.on('error', () => {}).end('220 smtp.test\r\n')))
    const closing = await listen(createServer((socket) => socket.on('error', () => {}).end()))
    const hanging = await listen(createServer((socket) => socket.on('error', () => {}).resume()))
    expect((await send(`https://hook.test:${plain}/`)).kind).toBe('unreachable')
    expect((await send(`https://hook.test:${closing}/`)).kind).toBe('unreachable')
    const outcome = await send(`https://hook.test:${hanging}/`)
    expect(outcome).toEqual({ kind: 'unreachable', why: 'no connection within 1s' })
  })
})
