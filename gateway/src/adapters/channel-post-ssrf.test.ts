import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Lookup } from './channel-dial.ts'
import { createGuard, type Guard } from './channel-guard.ts'
import { type PostOutcome, post } from './channel-post.ts'

const CLOSED = createGuard([])

let server: Server
let port = 0
let connections = 0
let bytes = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      bytes += chunk.length
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
})
beforeEach(() => {
  connections = 0
  bytes = 0
})

async function send(url: string, guard: Guard = CLOSED, lookup?: Lookup): Promise<PostOutcome> {
  const limits = { connect: 400, total: 800, responseBytes: 1_000 }
  const options = { guard, now: () => 0, limits, ...(lookup !== undefined && { lookup }) }
  return await post({ url, headers: {}, body: '{}' }, new AbortController().signal, options)
}

describe('a server on loopback', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '0X7F.1',
    '0',
    '0.0.0.0',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
    'localhost',
    'LocalHost',
    'user@127.0.0.1',
    'user:password@hook.test',
    ':password@hook.test',
    'hook.test%2f@127.0.0.1',
  ])('is never reached as %s', async (host) => {
    expect((await send(`http://${host}:${port}/`)).kind).toBe('forbidden')
    expect((await send(`https://${host}:${port}/`)).kind).toBe('forbidden')
    expect(connections).toBe(0)
  })

  it.each([
    '',
    'not a url',
    '//127.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ws://127.0.0.1/',
    'data:,x',
    'http://',
    'http://256.0.0.1/',
    'http://0x7f.0.0.0.1/',
    'http://[fe80::1%25eth0]/',
    'http://127.0.0.1:99999/',
  ])('is never reached by %j, which is no URL for a webhook', async (url) => {
    expect((await send(url)).kind).toBe('forbidden')
  })

  it.each([
    ['to it', ['127.0.0.1']],
    ['to its IPv6 side', ['::1']],
    ['to its mapped address', ['::ffff:127.0.0.1']],
    ['to it and to other addresses that are not permitted', ['127.0.0.1', '10.0.0.1', 'fe80::1%eth0']],
    ['to nonsense', ['2130706433', 'localhost']],
  ])('is never reached through a name that leads %s', async (_, addresses) => {
    expect((await send(`http://hook.test:${port}/`, CLOSED, async () => addresses)).kind).toBe('forbidden')
    expect(connections).toBe(0)
  })

  it('is never reached through a name whose address alternates, for each post resolves once', async () => {
    const onlySecond = createGuard(['127.0.0.2/32'])
    const answers: string[] = []
    const alternate: Lookup = async () => {
      const address = answers.length % 2 === 0 ? '127.0.0.2' : '127.0.0.1'
      answers.push(address)
      return [address]
    }
    const kinds: string[] = []
    for (let round = 0; round < 6; round += 1) {
      kinds.push((await send(`http://hook.test:${port}/`, onlySecond, alternate)).kind)
    }
    expect(kinds).toEqual(['unreachable', 'forbidden', 'unreachable', 'forbidden', 'unreachable', 'forbidden'])
    expect(answers).toHaveLength(6)
    expect(connections).toBe(0)
  })

  it('gets not one byte when the peer is not the address that was chosen', async () => {
    // A connection to 0.0.0.0 ends at loopback, so the peer differs from what the guard permitted.
    const outcome = await send(`http://0.0.0.0:${port}/`, createGuard(['0.0.0.0/32']))
    expect(outcome).toMatchObject({ kind: 'forbidden', why: expect.stringContaining('127.0.0.1') })
    const secured = await send(`https://0.0.0.0:${port}/`, createGuard(['0.0.0.0/32']))
    expect(secured.kind).toBe('forbidden')
    expect(bytes).toBe(0)
  })

  it('is reached when the operator opens it', async () => {
    const outcome = await send(`http://2130706433:${port}/`, createGuard(['127.0.0.1/32']))
    expect(outcome).toEqual({ kind: 'answered', status: 200 })
    expect(connections).toBe(1)
  })
})
