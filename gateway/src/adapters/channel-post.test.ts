import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from './channel-guard.ts'
import { type PostLimits, type PostOptions, type PostOutcome, post } from './channel-post.ts'

const NOW = Date.UTC(2026, 2, 28, 2, 0, 0)
const SMALL: PostLimits = { connect: 150, total: 300, responseBytes: 65_536 }
const ROOMY: PostLimits = { connect: 5_000, total: 10_000, responseBytes: 65_536 }
const LOOPBACK = createGuard(['127.0.0.0/8'])
const FOREVER = new AbortController().signal

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** A TCP server that counts who came and what they said, and never answers. */
async function listener(): Promise<{ port: number; connections: () => number; bytes: () => number }> {
  let connections = 0
  let bytes = 0
  const server = createTcpServer((socket) => {
    connections += 1
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
  })
  return { port: await listen(server), connections: () => connections, bytes: () => bytes }
}

const web = async (answer: RequestListener): Promise<number> => await listen(createServer(answer))

async function send(url: string, options: Partial<PostOptions> = {}, signal = FOREVER): Promise<PostOutcome> {
  const request = { url, headers: { 'content-type': 'application/json', 'x-page': '7' }, body: '{"größe":1}' }
  return await post(request, signal, { guard: LOOPBACK, now: () => NOW, limits: ROOMY, ...options })
}

async function read(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString()
}

describe('a post to an address that is permitted', () => {
  it('sends method, path, headers and body, and the name as host', async () => {
    let seen: Record<string, unknown> = {}
    const port = await web(async (request, response) => {
      const { host, 'x-page': page, 'content-length': length } = request.headers
      seen = { method: request.method, path: request.url, host, page, length, body: await read(request) }
      response.writeHead(204).end()
    })
    const outcome = await send(`http://hook.test:${port}/a%20b?c=d#e`, { lookup: async () => ['127.0.0.1'] })
    expect(outcome).toEqual({ kind: 'answered', status: 204 })
    const body = '{"größe":1}'
    const length = String(Buffer.byteLength(body))
    expect(seen).toEqual({ method: 'POST', path: '/a%20b?c=d', host: `hook.test:${port}`, page: '7', length, body })
  })

  it('goes to the permitted one of several addresses', async () => {
    const port = await web((_, response) => response.end())
    const lookup = async () => ['10.0.0.1', '::1', '127.0.0.1']
    expect(await send(`http://hook.test:${port}/`, { lookup })).toEqual({ kind: 'answered', status: 200 })
  })

  it('goes to the second address when the first does not accept', async () => {
    const port = await web((_, response) => response.end())
    const lookup = async () => ['127.0.0.2', '127.0.0.1']
    expect(await send(`http://hook.test:${port}/`, { lookup })).toEqual({ kind: 'answered', status: 200 })
  })

  it('does not follow a redirect', async () => {
    const elsewhere = await listener()
    const location = `http://127.0.0.1:${elsewhere.port}/`
    const port = await web((_, response) => response.writeHead(302, { location }).end())
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'answered', status: 302 })
    expect(elsewhere.connections()).toBe(0)
  })

  it.each([
    ['seconds', { 'retry-after': '90' }, 90_000],
    ['an HTTP date', { 'retry-after': 'Sat, 28 Mar 2026 02:00:30 GMT' }, 30_000],
    [
      'an HTTP date of a server whose clock is an hour ahead',
      { 'retry-after': 'Sat, 28 Mar 2026 03:00:30 GMT', date: 'Sat, 28 Mar 2026 03:00:00 GMT' },
      30_000,
    ],
    ['an HTTP date that is past', { 'retry-after': 'Sat, 28 Mar 2026 01:00:00 GMT' }, 0],
  ])('reads a Retry-After in %s', async (_, headers, retryAfterMs) => {
    const port = await web((_, response) => {
      response.sendDate = false
      response.writeHead(429, headers).end()
    })
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'answered', status: 429, retryAfterMs })
  })

  it.each(['soon', '-5', '1.5', ''])('ignores the Retry-After %j', async (text) => {
    const port = await web((_, response) => response.writeHead(503, { 'retry-after': text }).end())
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'answered', status: 503 })
  })

  it('reads 64 kB of an endless answer and hangs up', async () => {
    const port = await web((_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) {}
      }
      response.on('drain', write)
      write()
    })
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'answered', status: 200 })
  })

  it.each([
    [
      'stops in the middle of its body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nab'),
    ],
    ['never ends its body', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nab')],
  ])('is answered by a server that %s', async (_, answer) => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => answer(socket))))
    const outcome = await send(`http://127.0.0.1:${port}/`, { limits: SMALL })
    expect(outcome).toEqual({ kind: 'answered', status: 200 })
  })
})

describe('a post that gets no answer', () => {
  it.each([
    ['closes before it answers', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['speaks another protocol', (socket: Socket) => socket.end('220 smtp.test ESMTP\r\n')],
    [
      'switches protocols',
      (socket: Socket) => socket.write('HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
    ['sends endless headers', (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`)],
  ])('is unreachable when the server %s', async (_, answer) => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => answer(socket))))
    expect((await send(`http://127.0.0.1:${port}/`)).kind).toBe('unreachable')
  })

  it('ends at the total limit when the server hangs', async () => {
    const { port } = await listener()
    const outcome = await send(`http://127.0.0.1:${port}/`, { limits: SMALL })
    expect(outcome).toEqual({ kind: 'unreachable', why: 'no answer within 300ms' })
  })

  it('ends at the connect limit when the resolver hangs', async () => {
    const lookup = (): Promise<string[]> => Promise.withResolvers<string[]>().promise
    const outcome = await send('http://hook.test/', { limits: SMALL, lookup })
    expect(outcome).toEqual({ kind: 'unreachable', why: 'no connection within 150ms' })
  })

  it('is unreachable when nobody listens or the name does not resolve', async () => {
    const { port } = await listener()
    for (const close of closers.splice(0)) close()
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ why: expect.stringContaining('ECONNREFUSED') })
    const lookup = () => Promise.reject(new Error('getaddrinfo ENOTFOUND hook.test'))
    expect(await send('http://hook.test/', { lookup })).toEqual({
      kind: 'unreachable',
      why: 'getaddrinfo ENOTFOUND hook.test',
    })
  })

  it('ends when the gateway stops, before or while it waits', async () => {
    const { port } = await listener()
    const stopped = { kind: 'unreachable', why: 'the gateway is stopping' }
    expect(await send(`http://127.0.0.1:${port}/`, {}, AbortSignal.abort())).toEqual(stopped)
    const stop = new AbortController()
    const waiting = send(`http://127.0.0.1:${port}/`, { now: () => NOW }, stop.signal)
    stop.abort()
    expect(await waiting).toEqual(stopped)
  })
})
