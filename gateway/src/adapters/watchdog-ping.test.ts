import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from './channel-guard.ts'
import { createWatchdogPing, type WatchdogPingOptions } from './watchdog-ping.ts'

const closers: (() => void)[] = []
const lines: unknown[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
  lines.length = 0
})

async function receiver(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  closers.push(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/the-secret`
}

function pingTo(url: string, options: Partial<WatchdogPingOptions> = {}): () => Promise<boolean> {
  return createWatchdogPing({
    url,
    version: '1.2.3',
    guard: createGuard(['127.0.0.0/8']),
    stop: new AbortController().signal,
    now: () => 0,
    log: (fact, fields) => void lines.push([fact, fields]),
    ...options,
  })
}

describe('the ping of a watchdog', () => {
  it('is a POST with nothing in it', async () => {
    let method: string | undefined
    let path: string | undefined
    let headers: IncomingHttpHeaders = {}
    let body = 'something'
    const url = await receiver(async (request, response) => {
      ;({ method, url: path, headers } = request)
      body = Buffer.concat(await request.toArray()).toString()
      response.end('OK')
    })
    expect(await pingTo(url)()).toBe(true)
    expect({ method, path, body }).toEqual({ method: 'POST', path: '/ping/the-secret', body: '' })
    expect(headers).toMatchObject({ 'content-length': '0', 'user-agent': 'overdue/1.2.3' })
    expect(lines).toEqual([])
  })

  it.each([
    [200, true],
    [204, true],
    [301, false],
    [404, false],
    [429, false],
    [503, false],
  ])('answered with %d counts as taken: %s', async (status, isTaken) => {
    const url = await receiver((request, response) => {
      if (request.url === '/elsewhere') response.end()
      else response.writeHead(status, { location: '/elsewhere' }).end()
    })
    expect(await pingTo(url)()).toBe(isTaken)
  })

  it('says once why it was not taken, and nothing of the address but the host', async () => {
    let status = 404
    const url = await receiver((_, response) => response.writeHead(status).end())
    const ping = pingTo(url)
    await ping()
    await ping()
    status = 500
    await ping()
    status = 200
    await ping()
    status = 500
    await ping()
    expect(lines).toEqual([404, 500, 500].map((found) => ['watchdog.refused', { why: `answered ${found}` }]))
  })

  it('goes to no private address that the operator did not open', async () => {
    let count = 0
    const url = await receiver((_, response) => {
      count++
      response.end()
    })
    expect(await pingTo(url, { guard: createGuard([]) })()).toBe(false)
    expect(count).toBe(0)
    expect(JSON.stringify(lines)).toContain('webhooks.allow')
    expect(JSON.stringify(lines)).not.toContain('the-secret')
  })

  it('ends with the gateway', async () => {
    const stop = new AbortController()
    const url = await receiver(() => stop.abort())
    expect(await pingTo(url, { stop: stop.signal })()).toBe(false)
  })
})
