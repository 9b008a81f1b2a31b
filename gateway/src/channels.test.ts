import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGuard } from './adapters/channel-guard.ts'
import { pageExample } from './adapters/page-example.stage.ts'
import type { Delivery } from './app/channel.ts'
import { createChannels } from './channels.ts'
import { parseSmtpUrl } from './config/literals.ts'
import type { ChannelKind } from './config/settings.ts'

const LOOPBACK = createGuard(['127.0.0.0/8'])
const FOREVER = new AbortController().signal

let server: Server
let port = 0
let said = ''
let connections = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      said += chunk.toString()
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
  said = ''
  connections = 0
})

/** One of each kind that posts. */
const KINDS: readonly ((url: string) => ChannelKind)[] = [
  (url) => ({ kind: 'webhook', url, secrets: [] }),
  (url) => ({ kind: 'slack', url }),
  (url) => ({ kind: 'discord', url }),
  (url) => ({ kind: 'teams', url }),
  (url) => ({ kind: 'irm', url }),
  (url) => ({ kind: 'ntfy', url, topic: 'overdue', token: 'tk_1' }),
  (url) => ({ kind: 'pagerduty', url, routingKey: '0123456789abcdef0123456789abcdef' }),
  (url) => ({ kind: 'alertmanager', url, api: 'webhook' }),
  (url) => ({ kind: 'alertmanager', url, api: 'v2' }),
  (url) => ({ kind: 'template', url, body: '{}', headers: {}, contentType: 'application/json' }),
]
const NAMED = KINDS.map((kind, index) => [`${kind('').kind} (${index})`, kind] as const)

async function deliver(kind: ChannelKind, guard = LOOPBACK): Promise<Delivery | undefined> {
  const channels = createChannels([{ name: 'ops', ...kind }], { guard, now: () => 0 })
  return await channels.get('ops')?.deliver(pageExample(), FOREVER)
}

describe.each(NAMED)('a channel of kind %s', (_, kind) => {
  it('posts to where the operator lets it', async () => {
    expect(await deliver(kind(`http://127.0.0.1:${port}/hook`))).toEqual({ kind: 'delivered' })
    expect(said).toMatch(/^POST \/hook(\/api\/v2\/alerts)? HTTP\/1\.1\r\nuser-agent: overdue\//)
  })

  it('connects to nothing that the guard forbids, and does not tell the path of its URL', async () => {
    for (const host of ['127.0.0.1', '2130706433', 'localhost', '[::ffff:127.0.0.1]', '0']) {
      const delivery = await deliver(kind(`http://${host}:${port}/secret`), createGuard([]))
      expect(delivery).toMatchObject({ kind: 'refused', why: expect.stringContaining('webhooks.allow') })
      expect(JSON.stringify(delivery)).not.toContain('/secret')
    }
    expect(connections).toBe(0)
  })
})

describe('a mail server on loopback', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '2130706433',
    '017700000001',
    '0x7f.0.0.1',
    '0X7F.1',
    '0',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    'localhost',
    'user:password@127.0.0.1',
    '[::1]',
    '[::]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
  ])('is never reached as smtp://%s', async (host) => {
    for (const scheme of ['smtp', 'smtps']) {
      const server = parseSmtpUrl(`${scheme}://${host}:${port}`)
      const kind = { kind: 'email' as const, from: 'a@b.example', to: ['c@d.example'] }
      const delivery = server === undefined ? undefined : await deliver({ ...kind, server }, createGuard([]))
      expect(delivery).toMatchObject({ kind: 'refused', why: expect.stringContaining('webhooks.allow') })
    }
    expect(connections).toBe(0)
  })
})

describe('channels', () => {
  it('are found by their names, each once', () => {
    const mail = { host: 'mail.test', port: 587, isSecure: false }
    const settings = [
      ...KINDS.map((kind, index) => ({ name: `channel-${index}`, ...kind('https://a.example') })),
      { name: 'mail', kind: 'email' as const, server: mail, from: 'a@b.example', to: ['c@d.example'] },
    ]
    const channels = createChannels(settings, { guard: LOOPBACK, now: () => 0 })
    expect([...channels.values()].map(({ name }) => name)).toEqual(settings.map(({ name }) => name))
  })

  it('of PagerDuty need no URL', async () => {
    const channels = createChannels([{ name: 'pd', kind: 'pagerduty', routingKey: 'x' }], {
      guard: { permits: () => false },
      now: () => 0,
    })
    const stop = AbortSignal.abort()
    expect(await channels.get('pd')?.deliver(pageExample(), stop)).toEqual({
      kind: 'retry',
      why: 'the gateway is stopping',
    })
  })
})
