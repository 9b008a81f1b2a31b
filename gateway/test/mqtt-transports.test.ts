// MQTT over TLS, over WebSocket and behind proxies, by real clients.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { connectAsync } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { certify } from '../src/adapters/certificate.stage.ts'
import { closeHttpServer, createHttpServer, listen } from '../src/adapters/http-server.ts'
import { acceptOverWebSocket } from '../src/adapters/mqtt-websocket.ts'
import { Turnstile } from '../src/adapters/turnstile.ts'
import { Counters } from '../src/app/counters.ts'
import { connectPacket, openRoom, PINGREQ, publishPacket, Raw, type Room } from './mqtt-room.ts'

const run = promisify(execFile)
let room: Room
afterEach(async () => room?.ear.close())

const authority = certify('overdue test authority')
const server = certify('localhost', authority)
const pump = certify('pump-1', authority)
const stranger = certify('pump-1', certify('another authority'))
const keys = { cert: server.certificate, key: server.key, ca: authority.certificate }
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'overdue-tls-'))
  for (const [name, { key, certificate }] of Object.entries({ authority, pump, stranger })) {
    writeFileSync(join(folder, `${name}.pem`), certificate)
    writeFileSync(join(folder, `${name}.key`), key)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('TLS', () => {
  const secure = (clients: 'optional' | 'required') => ({
    ...{ secure: { address: { host: '127.0.0.1', port: 0 }, keys: { ...keys, clients } } },
    ...{ open: () => false, authenticate: (user: string) => (user === 'pump-2' ? { user, grant: 'key' } : undefined) },
  })
  const pub = (...more: readonly string[]) => {
    const trust = ['--cafile', join(folder, 'authority.pem'), '-h', 'localhost', '-p', String(room.ear.securePort)]
    return run('mosquitto_pub', [...trust, '-q', '1', '-n', ...more])
  }
  const shown = (who: string) => ['--cert', join(folder, `${who}.pem`), '--key', join(folder, `${who}.key`)]

  test.each(['311', '5'])(
    'version %s: a certificate stands for user and password, and for its own name',
    async (version) => {
      room = await openRoom(secure('optional'))
      await pub('-V', version, ...shown('pump'), '-t', 'hb/pump-1')
      await pub('-V', version, '-u', 'pump-2', '-P', 'x', '-t', 'hb/pump-2')
      await pub('-V', version, ...shown('pump'), '-t', 'hb/pump-2')
      const refused = [
        ['-u', 'pump-2', '-P', 'x', ...shown('pump'), '-t', 'hb/pump-2'],
        [...shown('stranger'), '-t', 'hb/pump-1'],
        ['-t', 'hb/pump-1'],
      ]
      for (const line of refused) await expect(pub('-V', version, ...line)).rejects.toThrow()
      expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-2'])
      expect(room.counted('denied')).toBe(1)
    },
  )

  test('where a certificate is required, nothing else lets anybody in', async () => {
    room = await openRoom(secure('required'))
    await expect(pub('-u', 'pump-2', '-P', 'x', '-t', 'hb/pump-2')).rejects.toThrow()
    await pub(...shown('pump'), '-t', 'hb/pump-1')
    expect(room.told()).toEqual(['ok:pump-1'])
  })

  test('another certificate is shown from now on, and who is connected stays', async () => {
    room = await openRoom(secure('optional'))
    const port = room.ear.securePort as number
    const seen = () =>
      new Promise<string>((resolve) => {
        const socket = connectTls(
          { port, host: '127.0.0.1', servername: 'localhost', ca: authority.certificate },
          () => {
            resolve(socket.getPeerCertificate().serialNumber + socket.getPeerCertificate().fingerprint256)
            socket.destroy()
          },
        )
      })
    const client = await connectAsync(`mqtts://localhost:${port}`, {
      ...{ ca: authority.certificate, cert: pump.certificate, key: pump.key, reconnectPeriod: 0 },
    })
    const before = await seen()
    const renewed = certify('localhost', authority)
    room.ear.rekey({ ...keys, cert: renewed.certificate, key: renewed.key, clients: 'optional' })
    expect(await seen()).not.toBe(before)
    await client.publishAsync('hb/pump-1', 'up', { qos: 1 })
    expect(room.told()).toEqual(['ok:pump-1'])
    await client.endAsync()
  })
})

describe('PROXY protocol', () => {
  const behind = { isProxy: (address: string) => address === '127.0.0.1' }
  const LINE = Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 55555 1883\r\n')
  const binary = (command: number) =>
    Buffer.concat([
      Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
      Buffer.from([0x20 | command, 0x11, 0, 19, 192, 0, 2, 7, 192, 0, 2, 1, 0xd9, 3, 7, 0x5b, 0xea, 0, 4, 1, 2, 3, 4]),
    ])

  test.each<[string, Buffer]>([
    ['a line', LINE],
    ['a line that does not know', Buffer.from('PROXY UNKNOWN\r\n')],
    ['the binary form with extras', binary(1)],
    ['the binary form of the proxy itself', binary(0)],
  ])('%s is taken off, in whatever pieces it comes', async (_, header) => {
    room = await openRoom(behind)
    const bytes = Buffer.concat([header, connectPacket('dev'), publishPacket('hb/pump-1')])
    for (let cut = 0; cut <= header.length; cut += 7) {
      const device = new Raw(room.port).send(bytes.subarray(0, cut))
      await device.connected
      await new Promise((resolve) => setImmediate(resolve))
      device.send(bytes.subarray(cut))
      expect(await device.take(8)).toBe('2002000040020001')
      device.socket.destroy()
    }
  })

  test('a named proxy that leaves it out is not heard, and nobody else may send one', async () => {
    room = await openRoom(behind)
    await new Raw(room.port).send(connectPacket('dev'), PINGREQ).closed
    await new Raw(room.port).send(Buffer.from('PROXY TCP4 nonsense\r\n'), connectPacket('dev')).closed
    await room.ear.close()
    room = await openRoom()
    await new Raw(room.port).send(LINE, connectPacket('dev')).closed
    expect(room.logged.join()).toMatch(/no CONNECT/)
  })

  test('in front of TLS, too', async () => {
    room = await openRoom({
      ...behind,
      secure: { address: { host: '127.0.0.1', port: 0 }, keys: { ...keys, clients: 'optional' } },
    })
    const raw = new Raw(room.ear.securePort as number).send(LINE)
    await raw.connected
    raw.socket.removeAllListeners('data')
    const socket = connectTls({ socket: raw.socket, servername: 'localhost', ca: authority.certificate })
    socket.write(connectPacket('dev'))
    const [answer] = await new Promise<Buffer[]>((resolve) => socket.once('data', (bytes: Buffer) => resolve([bytes])))
    expect(answer?.toString('hex')).toBe('20020000')
    socket.destroy()
  })
})

describe('WebSocket', () => {
  async function openBoth(more: { perAddress?: number; isProxy?: () => boolean } = {}): Promise<{
    port: number
    close(): Promise<void>
  }> {
    room = await openRoom()
    const { perAddress = 10, isProxy = () => false } = more
    const limits = { connections: 10, perAddress, perSecond: 100 }
    const http = createHttpServer((_, res) => void res.end('http'))
    const turnstile = new Turnstile(() => limits, new Counters())
    acceptOverWebSocket(http, { host: '127.0.0.1', turnstile, isProxy, accepted: room.ear.welcome })
    return { port: await listen(http, { host: '127.0.0.1', port: 0 }), close: () => closeHttpServer(http) }
  }

  test.each([4, 5] as const)('version %i beats and is acknowledged', async (protocolVersion) => {
    const { port, close } = await openBoth()
    const client = await connectAsync(`ws://127.0.0.1:${port}/mqtt`, { protocolVersion, reconnectPeriod: 0 })
    for (let n = 0; n < 20; n++) await client.publishAsync('hb/pump-1', 'x'.repeat(n * 100), { qos: 1 })
    await client.publishAsync('hb/pump-2', 'up', { qos: 0 })
    await room.arrived(21)
    await client.endAsync()
    await close()
  })

  test('counts by whom a named proxy says that it is', async () => {
    const { port, close } = await openBoth({ perAddress: 1, isProxy: () => true })
    const come = (forwarded: string) =>
      connectAsync(`ws://127.0.0.1:${port}/mqtt`, {
        ...{ reconnectPeriod: 0, connectTimeout: 5_000 },
        wsOptions: { headers: { 'x-forwarded-for': forwarded } },
      })
    const clients = [await come('192.0.2.1'), await come('203.0.113.9, 192.0.2.2')]
    await expect(come('192.0.2.9, 192.0.2.1')).rejects.toThrow()
    for (const client of clients) await client.endAsync()
    await close()
  })

  test.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['another path', '/elsewhere', {}, 404],
    ['another protocol', '/mqtt', { 'sec-websocket-protocol': 'chat' }, 400],
    ['a page of another site', '/mqtt', { origin: 'https://evil.example' }, 403],
    ['a page without a site', '/mqtt', { origin: 'null' }, 403],
    ['the gateway’s own page', '/mqtt', { origin: 'http://127.0.0.1' }, 101],
  ])('%s', async (_, path, more, status) => {
    const { port, close } = await openBoth()
    const headers = {
      ...{
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-protocol': 'mqtt',
      },
      ...{ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', host: '127.0.0.1', ...more },
    }
    const asked = request({ port, path, headers })
    const answer = await new Promise<number | undefined>((resolve) => {
      asked.on('response', (res) => resolve(res.statusCode))
      asked.on('upgrade', (res, socket) => {
        resolve(res.statusCode)
        socket.destroy()
      })
      asked.end()
    })
    expect(answer).toBe(status)
    await close()
  })
})
