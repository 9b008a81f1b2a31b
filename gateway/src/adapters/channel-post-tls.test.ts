import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGuard } from './channel-guard.ts'
import { type PostOutcome, post } from './channel-post.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const CERTIFICATE = certify('hook.test', privateKey)
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

/** A self-signed X.509 v3 certificate (RFC 5280) for one DNS name. */
function certify(name: string, key: KeyObject): string {
  const algorithm = der(0x30, oid('2a8648ce3d040302'))
  const subject = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(name)))))
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x18, Buffer.from('20991231235959Z')))
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const names = der(0x30, oid('551d11'), der(0x04, der(0x30, der(0x82, Buffer.from(name)))))
  const version = der(0xa0, der(0x02, Buffer.of(2)))
  const serial = der(0x02, Buffer.of(1))
  const extensions = der(0xa3, der(0x30, names))
  const content = der(0x30, version, serial, algorithm, subject, validity, subject, publicKey, extensions)
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, key))
  const base64 = der(0x30, content, algorithm, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  return Buffer.concat([
    length < 128 ? Buffer.of(tag, length) : Buffer.of(tag, 0x82, length >> 8, length & 255),
    content,
  ])
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}
