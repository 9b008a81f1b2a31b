// Debian's Alertmanager, where it is installed: it takes our alerts, ends them, and posts the body that we post.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createWebServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAlertmanager, createAlertmanagerChannel } from '../src/adapters/channel-alertmanager.ts'
import { ACKNOWLEDGED, RESOLVED, TRIGGERED } from '../src/adapters/channel-examples.stage.ts'
import { createGuard } from '../src/adapters/channel-guard.ts'
import type { PageBody } from '../src/domain/page.ts'

const COMMAND = 'prometheus-alertmanager'
const installed = isInstalled()

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes.
type Json = any

const folder = mkdtempSync(join(tmpdir(), 'overdue-alertmanager-'))
const received: Json[] = []
let arrived = Promise.withResolvers<void>()
const sink = createWebServer(async (request, response) => {
  received.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
  arrived.resolve()
  arrived = Promise.withResolvers()
  response.end()
})
let alertmanager: ChildProcess | undefined
let url = ''

beforeAll(async () => {
  if (!installed) return
  await once(sink.listen(0, '127.0.0.1'), 'listening')
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(
    config,
    `route: { receiver: sink, group_by: [alertname, about], group_wait: 10ms, group_interval: 50ms, repeat_interval: 1h }
receivers: [{ name: sink, webhook_configs: [{ url: "http://127.0.0.1:${portOf(sink)}/", send_resolved: true }] }]
`,
  )
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const args = [`--config.file=${config}`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`]
  alertmanager = spawn(COMMAND, [...args, '--cluster.listen-address='], { stdio: 'ignore' })
  await untilReady()
})

afterAll(async () => {
  if (alertmanager !== undefined && alertmanager.exitCode === null) {
    alertmanager.kill('SIGKILL')
    await once(alertmanager, 'exit')
  }
  sink.close().closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

describe('a real Alertmanager', () => {
  it.skipIf(!installed)('takes an alert, keeps it while it is acknowledged, ends it, and tells of both', async () => {
    await deliver(TRIGGERED)
    const [alert, ...others] = await activeAlerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      labels: { alertname: 'OverdueIncident', about: 'inc-0001', heartbeat: 'nightly-backup', severity: 'critical' },
      annotations: { summary: TRIGGERED.text, owner: 'ana', state: 'triggered' },
      startsAt: TRIGGERED.incident?.openedAt,
      generatorURL: TRIGGERED.links.incident,
      status: { state: expect.stringMatching(/^(active|unprocessed)$/) },
    })
    expect(Date.parse(alert.endsAt)).toBeGreaterThan(Date.now() + 300 * 86_400_000)
    await untilReceived((body) => body.status === 'firing')

    await deliver(ACKNOWLEDGED)
    expect((await activeAlerts()).map(({ annotations }: Json) => annotations.state)).toEqual(['acknowledged'])

    await deliver(RESOLVED)
    expect(await activeAlerts()).toEqual([])
    const resolved = await untilReceived((body) => body.status === 'resolved')
    expect(resolved.alerts.every(({ status }: Json) => status === 'resolved')).toBe(true)
  })

  it.skipIf(!installed)('ends what began as a warning and grew critical', async () => {
    const about = 'inc-0002'
    await deliver({ ...TRIGGERED, about, severity: 'warning' })
    await deliver({ ...TRIGGERED, about })
    expect(await activeAlerts()).toHaveLength(2)
    await deliver({ ...RESOLVED, about })
    expect(await activeAlerts()).toEqual([])
  })

  it.skipIf(!installed)('posts bodies of the same shape as ours, firing and resolved', async () => {
    const about = 'inc-0003'
    for (const [page, status] of [
      [{ ...TRIGGERED, about }, 'firing'],
      [{ ...RESOLVED, about }, 'resolved'],
    ] as const) {
      await deliver(page)
      const theirs = await untilReceived((body) => body.status === status && body.groupLabels.about === about)
      const ours = JSON.parse(composeAlertmanager({ url, api: 'webhook' })(page, Date.now()).body)
      expect(shapeOf(ours)).toEqual(shapeOf(theirs))
      const { labels, status: alertStatus } = theirs.alerts.find(({ labels }: Json) => labels.severity === 'critical')
      expect({ labels, alertStatus }).toEqual({ labels: ours.alerts[0].labels, alertStatus: ours.alerts[0].status })
      expect(theirs.groupLabels).toEqual(ours.groupLabels)
      expect(theirs.version).toBe(ours.version)
    }
  })
})

async function deliver(page: PageBody): Promise<void> {
  const guard = createGuard(['127.0.0.0/8'])
  const channel = createAlertmanagerChannel({ name: 'am', url: `${url}/`, api: 'v2', guard, now: Date.now })
  expect(await channel.deliver(page, new AbortController().signal)).toEqual({ kind: 'delivered' })
}

async function activeAlerts(): Promise<Json[]> {
  return (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as Json[]
}

async function untilReceived(is: (body: Json) => boolean): Promise<Json> {
  for (;;) {
    const found = received.find(is)
    if (found !== undefined) return found
    await arrived.promise
  }
}

/** Keys and kinds of values; what one of several alerts has, and only that a map of labels is one. */
function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return [shapeOf(value[0])]
  if (typeof value !== 'object') return typeof value
  const isMap = (key: string): boolean => /labels|annotations/i.test(key)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, isMap(key) ? typeof inner : shapeOf(inner)]),
  )
}

async function untilReady(): Promise<void> {
  for (;;) {
    if (alertmanager?.exitCode !== null) throw new Error(`${COMMAND} ended at once`)
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port
}

function isInstalled(): boolean {
  try {
    execFileSync(COMMAND, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
