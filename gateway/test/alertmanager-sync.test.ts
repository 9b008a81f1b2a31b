// Debian's Alertmanager, where it is installed, kept up to date by a gateway in a process of its own: what is wrong is an alert
// there under the same labels and fingerprint, and a restart of either side heals.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ALERTMANAGER, ask, GRAFANA_TOKEN, isInstalled, type Json, ping } from './grafana-stage.ts'
import { freePort, GatewayProcess, TOKEN } from './process.ts'

const COMMAND = 'prometheus-alertmanager'
const installed = isInstalled(COMMAND)
const folder = mkdtempSync(join(tmpdir(), 'overdue-alertmanager-'))
const PATIENCE = { timeout: 20_000, interval: 100 }
let alertmanager: ChildProcess
let gateway: GatewayProcess
let port = 0

beforeAll(async () => {
  if (!installed) return
  writeFileSync(join(folder, 'am.yml'), 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n')
  port = await freePort()
  await startAlertmanager()
  gateway = new GatewayProcess(`zone: UTC
grafana: { token: ${GRAFANA_TOKEN} }
webhooks: { allow: [127.0.0.0/8] }
alertmanager: { url: "http://127.0.0.1:${port}/", every: 1s, username: overdue, password: a-password }
heartbeats:
  - { name: pump-1, every: 1h, group: hall-7, tags: [db, "größe"] }
  - { name: pump-2, every: 1h }
`)
  await gateway.start({ OVERDUE_MQTT: 'off' })
}, 60_000)
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]()
  if (installed) await end(alertmanager)
  rmSync(folder, { recursive: true, force: true })
})

describe('an Alertmanager', () => {
  it.skipIf(!installed)(
    'has what is wrong, under the labels that Grafana sees here, and ends it when it is over',
    async () => {
      await ping(gateway, 'pump-1/fail')
      await expect.poll(names, PATIENCE).toEqual(['pump-1'])
      const [theirs] = await alerts()
      const [ours] = (await ask(gateway, 'GET', `${ALERTMANAGER}/api/v2/alerts`)).body
      for (const key of ['labels', 'annotations', 'fingerprint', 'startsAt', 'generatorURL'])
        expect([key, theirs[key]]).toEqual([key, ours[key]])
      await ping(gateway, 'pump-1')
      await expect.poll(names, PATIENCE).toEqual([])
    },
    60_000,
  )

  it.skipIf(!installed)(
    'has nothing that is silenced here, and everything again after it was restarted',
    async () => {
      await ping(gateway, 'pump-1/fail')
      await ping(gateway, 'pump-2/fail')
      await expect.poll(names, PATIENCE).toEqual(['pump-1', 'pump-2'])
      const silence = { match: { names: ['pump-2'] }, for: '1h', by: 'ana' }
      await ask(gateway, 'POST', '/api/v1/silences', silence, `Bearer ${TOKEN}`)
      await expect.poll(names, PATIENCE).toEqual(['pump-1'])
      await end(alertmanager)
      await startAlertmanager()
      await expect.poll(names, PATIENCE).toEqual(['pump-1'])
    },
    60_000,
  )

  it.skipIf(!installed)(
    'forgets what a gateway that died does not say any more, and hears it from the one that is started again',
    async () => {
      await gateway.end('SIGKILL')
      await expect.poll(names, PATIENCE).toEqual([])
      await gateway.start({ OVERDUE_MQTT: 'off' })
      await expect.poll(names, PATIENCE).toEqual(['pump-1'])
    },
    60_000,
  )
})

async function alerts(): Promise<readonly Json[]> {
  return (await (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`)).json()) as Json[]
}

async function names(): Promise<readonly string[]> {
  return (await alerts()).map(({ labels }) => labels.heartbeat).sort()
}

async function startAlertmanager(): Promise<void> {
  const args = [`--config.file=${folder}/am.yml`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`]
  alertmanager = spawn(COMMAND, [...args, '--cluster.listen-address='], { stdio: 'ignore' })
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/-/ready`)).ok).toBe(true), PATIENCE)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
