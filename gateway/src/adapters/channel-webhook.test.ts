import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Delivery } from '../app/channel.ts'
import { createGuard } from './channel-guard.ts'
import { sign } from './channel-sign.ts'
import { createWebhookChannel, type WebhookOptions } from './channel-webhook.ts'
import { pageExample } from './page-example.stage.ts'

const NOW = 1_614_265_330_999
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NEXT_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const PAGE = pageExample({ id: 'page_7' })
const FOREVER = new AbortController().signal

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function receiver(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  closers.push(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

async function deliver(url: string, options: Partial<WebhookOptions> = {}): Promise<Delivery> {
  const guard = createGuard(['127.0.0.0/8'])
  const channel = createWebhookChannel({ name: 'ops', url, secrets: [SECRET], guard, now: () => NOW, ...options })
  return await channel.deliver(PAGE, FOREVER)
}

const statusOf = async (status: number, headers: Record<string, string> = {}): Promise<Delivery> =>
  await deliver(await receiver((_, response) => response.writeHead(status, headers).end()))

/** What a receiver sees of one page. */
async function received(
  options: Partial<WebhookOptions> = {},
): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  let headers: IncomingHttpHeaders = {}
  let body = ''
  const url = await receiver(async (request, response) => {
    headers = request.headers
    body = Buffer.concat(await request.toArray()).toString()
    response.end()
  })
  expect(await deliver(url, options)).toEqual({ kind: 'delivered' })
  return { headers, body }
}

describe('a page on a webhook', () => {
  it('carries its id, the instant in whole seconds, a signature, and its body to the byte', async () => {
    const { headers, body } = await received()
    expect(body).toBe(JSON.stringify(PAGE))
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^overdue\/\d+\.\d+\.\d+$/),
      'webhook-id': 'page_7',
      'webhook-timestamp': '1614265330',
      'webhook-signature': sign([SECRET], PAGE.id, 1_614_265_330, JSON.stringify(PAGE)),
    })
  })

  it('is signed with both secrets while they rotate', async () => {
    const { headers } = await received({ secrets: [SECRET, NEXT_SECRET] })
    expect(headers['webhook-signature']).toBe(sign([SECRET, NEXT_SECRET], PAGE.id, 1_614_265_330, JSON.stringify(PAGE)))
  })

  it('has no signature when the channel has no secret', async () => {
    const { headers } = await received({ secrets: [] })
    expect(headers).not.toHaveProperty('webhook-signature')
  })
})

describe('the answer of a receiver', () => {
  it.each([200, 201, 202, 204])('%i is delivered', async (status) => {
    expect(await statusOf(status)).toEqual({ kind: 'delivered' })
  })

  it.each([400, 401, 403, 404, 410])('%i is refused', async (status) => {
    expect(await statusOf(status)).toEqual({ kind: 'refused', why: `answered ${status}` })
  })

  it.each([300, 301, 302, 303, 304, 307, 308])('%i is refused, for a redirect is not followed', async (status) => {
    const delivery = await statusOf(status, { location: 'http://127.0.0.1:1/' })
    expect(delivery).toEqual({ kind: 'refused', why: `answered ${status}; redirects are not followed` })
  })

  it.each([402, 405, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504, 599])('%i is tried again', async (status) => {
    expect(await statusOf(status)).toEqual({ kind: 'retry', why: `answered ${status}` })
  })

  it.each([
    ['20', 20_000],
    ['900', 900_000],
    ['86400', 900_000],
    ['9'.repeat(400), 900_000],
  ])('429 with Retry-After %s is tried again after it, at most 15 min', async (seconds, afterMs) => {
    const delivery = await statusOf(429, { 'retry-after': seconds })
    expect(delivery).toEqual({ kind: 'retry', why: 'answered 429', afterMs })
  })
})

describe('a receiver that cannot be reached', () => {
  it('is tried again when its name does not resolve', async () => {
    const lookup = () => Promise.reject(new Error('getaddrinfo ENOTFOUND hook.test'))
    const delivery = await deliver('http://hook.test/', { lookup })
    expect(delivery).toEqual({ kind: 'retry', why: 'getaddrinfo ENOTFOUND hook.test' })
  })

  it('is tried again when it hangs', async () => {
    const url = await receiver(() => {})
    const delivery = await deliver(url, { limits: { connect: 100, total: 200, responseBytes: 1_000 } })
    expect(delivery).toEqual({ kind: 'retry', why: 'no answer within 200ms' })
  })

  it('is refused when it is not for webhooks, and the reason names the address but not the path', async () => {
    const delivery = await deliver('http://hook.test/secret-path', {
      guard: createGuard([]),
      lookup: async () => ['10.0.0.1', 'fe80::1'],
    })
    expect(delivery).toEqual({
      kind: 'refused',
      why: 'hook.test leads to 10.0.0.1, fe80::1, which webhooks may not reach unless webhooks.allow names it',
    })
  })

  it('is tried again when the gateway stops under way', async () => {
    const stop = new AbortController()
    const url = await receiver(() => stop.abort())
    const guard = createGuard(['127.0.0.0/8'])
    const channel = createWebhookChannel({ name: 'ops', url, secrets: [], guard, now: () => NOW })
    expect(await channel.deliver(PAGE, stop.signal)).toEqual({ kind: 'retry', why: 'the gateway is stopping' })
  })
})
