// The library of https://www.standardwebhooks.com as the receiver of our webhooks.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from './channel-guard.ts'
import { createWebhookChannel } from './channel-webhook.ts'
import { pageExample } from './page-example.stage.ts'

const OLD = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const PAGE = pageExample({ explanation: 'größer als "0"' })
const MINUTE = 60_000

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

type Received = { readonly body: string; readonly headers: Record<string, string> }

async function received(secrets: readonly string[], now: () => number = Date.now): Promise<Received> {
  const arrival = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>()
  const server = createServer(async (request, response) => {
    arrival.resolve({ headers: request.headers, body: Buffer.concat(await request.toArray()).toString() })
    response.end()
  })
  closers.push(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const channel = createWebhookChannel({ name: 'ops', url, secrets, now, guard: createGuard(['127.0.0.0/8']) })
  expect(await channel.deliver(PAGE, new AbortController().signal)).toEqual({ kind: 'delivered' })
  const { headers, body } = await arrival.promise
  return { body, headers: headers as Record<string, string> }
}

const verify = (secret: string, { body, headers }: Received): unknown => new Webhook(secret).verify(body, headers)

describe('a signed webhook', () => {
  it('is verified with its secret, and is the page', async () => {
    expect(verify(OLD, await received([OLD]))).toEqual(PAGE)
  })

  it('is verified with either secret while they rotate, and with no other', async () => {
    const arrived = await received([OLD, NEW])
    expect(verify(OLD, arrived)).toEqual(PAGE)
    expect(verify(NEW, arrived)).toEqual(PAGE)
    expect(() => verify(OTHER, arrived)).toThrow('No matching signature')
  })

  it('is refused with one byte more, or under another id', async () => {
    const { body, headers } = await received([OLD])
    expect(() => verify(OLD, { body: `${body} `, headers })).toThrow('No matching signature')
    expect(() => verify(OLD, { body, headers: { ...headers, 'webhook-id': 'page-0002' } })).toThrow('No matching')
  })

  it('is refused when it is stale or of the future', async () => {
    expect(() => verify(OLD, { body: '', headers: {} })).toThrow()
    const old = await received([OLD], () => Date.now() - 6 * MINUTE)
    expect(() => verify(OLD, old)).toThrow('too old')
    const early = await received([OLD], () => Date.now() + 6 * MINUTE)
    expect(() => verify(OLD, early)).toThrow('too new')
  })
})
