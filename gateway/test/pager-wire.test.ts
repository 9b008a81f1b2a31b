// The pager as its users meet it: a real gateway, a real webhook, a real link, and another gateway that watches it.
import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { PageBody } from '../src/domain/page.ts'
import { GatewayProcess } from './process.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const PATIENCE = 25_000

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A webhook that takes everything. */
async function receiver(): Promise<{ readonly url: string; readonly pages: readonly PageBody[] }> {
  const pages: PageBody[] = []
  const server = createServer(async (req, res) => {
    pages.push(JSON.parse(Buffer.concat(await req.toArray()).toString()) as PageBody)
    res.end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, pages }
}

function configFor(url: string, more: string): string {
  return `channels: [{ name: ops, webhook: { url: "${url}", secret: "${SECRET}" } }]
webhooks: { allow: [127.0.0.0/8] }
responders: [{ name: ana, page: [ops] }]
policies: [{ name: default, steps: [{ page: [ana] }] }]
${more}`
}

async function pageOf(pages: readonly PageBody[], type: string): Promise<PageBody> {
  const giveUpAt = performance.now() + PATIENCE
  for (;;) {
    const found = pages.find((page) => page.type === type)
    if (found !== undefined) return found
    if (performance.now() > giveUpAt) throw new Error(`no ${type} came, only ${pages.map((page) => page.type)}`)
    await sleep(20)
  }
}

async function stateOf(gateway: GatewayProcess, id: string): Promise<unknown> {
  return ((await gateway.get(`/incidents/${id}`)).body as { readonly state: string }).state
}

describe('a page', () => {
  it('is answered by its link: a preview acknowledges nothing, the button does, once, also after a kill -9', async () => {
    const { url, pages } = await receiver()
    const config = configFor(url, 'heartbeats: [{ name: api, every: 1s, grace: 100ms, owner: ana }]\n')
    await using gateway = await new GatewayProcess(config).start()
    const { about, links, page } = await pageOf(pages, 'incident.triggered')
    expect(page.path).toBe('ana › ops')
    const link = links.acknowledge as string
    for (const init of [
      { method: 'GET', headers: { 'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' } },
      { method: 'HEAD' },
      { method: 'GET', headers: { Purpose: 'prefetch', 'Sec-Purpose': 'prefetch;prerender' } },
    ])
      expect((await fetch(link, init)).status).toBe(200)
    expect(await stateOf(gateway, about)).toBe('triggered')
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await stateOf(gateway, about)).toBe('acknowledged')
    expect((await pageOf(pages, 'incident.acknowledged')).incident?.acknowledgedBy).toBe('ana')
    await gateway.end('SIGKILL')
    await gateway.start()
    expect(await stateOf(gateway, about)).toBe('acknowledged')
    expect((await fetch(link, { method: 'POST' })).status).toBe(409)
    expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(links.resolve as string, { method: 'POST' })).status).toBe(200)
    expect(await stateOf(gateway, about)).toBe('resolved')
    expect((await fetch(links.snooze as string, { method: 'POST' })).status).toBe(410)
  })

  it('is silenced for an hour by its link, and the heartbeat with it', async () => {
    const { url, pages } = await receiver()
    const config = configFor(url, 'heartbeats: [{ name: api, every: 1s, grace: 100ms }]\n')
    await using gateway = await new GatewayProcess(config).start()
    const { about, links } = await pageOf(pages, 'incident.triggered')
    expect((await fetch(links.silence as string, { method: 'POST' })).status).toBe(200)
    expect((await fetch(links.silence as string, { method: 'POST' })).status).toBe(409)
    await fetch(`${gateway.url}/ping/api`)
    await pageOf(pages, 'incident.resolved')
    const next = async () => {
      const { items } = (await gateway.get('/incidents')).body as { readonly items: readonly { id: string }[] }
      return items.find(({ id }) => id !== about)
    }
    const giveUpAt = performance.now() + PATIENCE
    while ((await next()) === undefined && performance.now() < giveUpAt) await sleep(50)
    expect(await next()).toMatchObject({
      pages: [],
      timeline: expect.arrayContaining([expect.objectContaining({ type: 'page.dropped' })]),
    })
  })
})

describe('a gateway that another one watches', () => {
  it('is paged for when it dies', async () => {
    const { url, pages } = await receiver()
    const watching = configFor(url, 'heartbeats: [{ name: edge, every: 10s, grace: 1s, unseen: wait }]\n')
    await using hub = await new GatewayProcess(watching).start()
    const watched = configFor(url, `watchdog: { url: "${hub.url}/ping/edge", every: 10s }\n`)
    await using edge = await new GatewayProcess(watched).start()
    const giveUpAt = performance.now() + PATIENCE
    const lastSignal = async () =>
      ((await hub.get('/heartbeats/edge')).body as { readonly lastSignalAt: string | null }).lastSignalAt
    while ((await lastSignal()) === null && performance.now() < giveUpAt) await sleep(50)
    expect(await lastSignal()).not.toBeNull()
    await edge.end('SIGKILL')
    expect((await pageOf(pages, 'incident.triggered')).text).toMatch(/^edge is missed since /)
  })
})
