// What a running gateway takes over from its file for Grafana: the token, and where graphs are annotated.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERTMANAGER, ask, CONFIG, GRAFANA_TOKEN, type Json, ping } from './grafana-stage.ts'
import { GatewayProcess } from './process.ts'

const OTHER_TOKEN = 'another-token-for-grafana'
const seen: { method: string | undefined; url: string | undefined; body: Json }[] = []
let grafana: Server
const gateway = new GatewayProcess(CONFIG)

beforeAll(async () => {
  grafana = createServer(async (request, response) => {
    const { method, url } = request
    seen.push({ method, url, body: JSON.parse(Buffer.concat(await request.toArray()).toString()) })
    response.end('{"id":7}')
  })
  await once(grafana.listen(0, '127.0.0.1'), 'listening')
  await gateway.start({ OVERDUE_MQTT: 'off' })
}, 60_000)
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  grafana.close().closeAllConnections()
})

describe('a reload', () => {
  it('takes another token, and the place where incidents are marked', async () => {
    const { port } = grafana.address() as AddressInfo
    const place = `grafana:\n  token: ${OTHER_TOKEN}\n  annotations: { url: "http://127.0.0.1:${port}", token: glsa_x }\n`
    const others = CONFIG.replace(/^grafana:.*\n/m, '')
    writeFileSync(join(gateway.folder, 'overdue.yaml'), `${others}${place}webhooks: { allow: [127.0.0.0/8] }\n`)
    process.kill(gateway.pid, 'SIGHUP')
    const status = async (token: string) =>
      (await ask(gateway, 'GET', `${ALERTMANAGER}/api/v2/status`, undefined, `Bearer ${token}`)).status
    await expect.poll(() => status(OTHER_TOKEN), { timeout: 10_000 }).toBe(200)
    expect(await status(GRAFANA_TOKEN)).toBe(401)
    await expect
      .poll(
        async () => {
          await ping(gateway, 'pump-1')
          await ping(gateway, 'pump-1/fail')
          return seen.length
        },
        { timeout: 20_000, interval: 2_500 },
      )
      .toBeGreaterThan(0)
    expect(seen[0]).toMatchObject({
      ...{ method: 'POST', url: '/api/annotations' },
      body: {
        tags: ['overdue', 'critical', 'hall-7', 'pump-1'],
        text: expect.stringContaining('pump-1 is failed since'),
      },
    })
    await ping(gateway, 'pump-1')
    await expect
      .poll(() => seen.at(-1), { timeout: 10_000 })
      .toMatchObject({
        ...{ method: 'PATCH', url: '/api/annotations/7' },
        body: { time: expect.any(Number), timeEnd: expect.any(Number) },
      })
  }, 60_000)
})
