// Devices as they are, played by Debian's mosquitto_pub, against a whole gateway: heard, listed, adopted, missed.
import { execFile, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sparkplug } from './adopt-stage.ts'
import { Console } from './console-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'
import { isInstalled } from './real-server.ts'

const run = promisify(execFile)
const installed = isInstalled('mosquitto_pub')
const RULES = `adopt:
  - { as: tasmota, every: 2s, grace: 1s, group: hall, tags: [tasmota] }
  - { as: zigbee2mqtt, cron: "0 3 * * *", group: hall, will: down }
  - { as: sparkplug, every: 1h, will: down, create: true }
`
const gateway = new GatewayProcess(RULES)
const site = new Console(gateway)

beforeAll(() => gateway.start(), 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

type Item = { readonly name: string; readonly verdict: string; readonly terms: unknown }

test.skipIf(!installed)(
  'a plug is listed, adopted over the API as its rule says, and missed when it falls silent',
  async () => {
    await publish(
      'tele/plug/STATE',
      '{"Time":"2026-11-26T12:00:00","UptimeSec":611,"Wifi":{"RSSI":100,"Signal":-46}}',
      '-q',
      '1',
    )
    expect(await newcomers()).toEqual([
      {
        ...{ name: 'plug', firstAt: expect.any(String), lastAt: expect.any(String), signals: 1 },
        terms: { schedule: 'every 2s', group: 'hall', owner: '', parent: '', tags: ['tasmota'] },
      },
    ])
    expect(await adopt('plug', { owner: 'ana' })).toMatchObject({
      owner: 'ana',
      group: 'hall',
      schedule: 'every 2s',
      graceMs: 1_000,
    })
    await publish('tele/plug/LWT', 'Online', '-V', '5', '-q', '1', '-r')
    await verdict('plug', 'missed')
    await publish('tele/plug/STATE', '{}', '-q', '2')
    await verdict('plug', 'ok')
    expect(await newcomers()).toEqual([])
  },
)

test.skipIf(!installed)(
  'a device behind a bridge is adopted in the console with the schedule and the parent of its rule',
  async () => {
    await publish('zigbee2mqtt/Küche/Fenster', '{"contact":true,"battery":97}', '-q', '1')
    await publish('zigbee2mqtt/bridge/state', '{"state":"online"}', '-q', '1', '-r')
    const { text } = await site.page('/devices')
    expect(text).toContain('cron &#34;0 3 * * *&#34; in ')
    expect(text).toMatch(/href="\/new\?name=zigbee2mqtt%2FKuche-Fenster&(?:#38;|amp;)?[^"]*parent=zigbee2mqtt/)
    const name = 'zigbee2mqtt/Kuche-Fenster'
    expect(await site.post('/devices/adopt', { name })).toMatchObject({ status: 303 })
    expect((await site.page('/devices')).text).not.toContain('Kuche-Fenster')
    const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/explain`)
    expect(JSON.stringify(body)).toContain('cron \\"0 3 * * *\\"')
    expect(await exported()).toMatch(/- \{ name: zigbee2mqtt\/Kuche-Fenster, (?!.*parent)/)
    expect((await adopt('zigbee2mqtt', {}))['group']).toBe('hall')
    expect(await exported()).toMatch(/- \{ name: zigbee2mqtt\/Kuche-Fenster, .*parent: zigbee2mqtt/)
    await publish('zigbee2mqtt/Küche/Fenster', '{"contact":false}', '-q', '0')
    await verdict(name, 'ok')
    await publish('zigbee2mqtt/Küche/Fenster/availability', '{"state":"offline"}', '-q', '1', '-r')
    await verdict(name, 'missed')
  },
  60_000,
)

test.skipIf(!installed)(
  'an edge node that is killed leaves the death of its session',
  async () => {
    const death = writeBytes('death', sparkplug([{ name: 'bdSeq', long: 3 }]))
    const birth = writeBytes('birth', sparkplug([{ name: 'bdSeq', long: 3 }], { at: Date.now(), seq: 0 }))
    await run('mosquitto_pub', ['-p', port(), '-t', 'spBv1.0/plant/NBIRTH/press', '-f', birth, '-q', '1'])
    await verdict('plant-press', 'ok')
    const will = ['--will-topic', 'spBv1.0/plant/NDEATH/press', '--will-qos', '1', '--will-payload']
    // A payload of the command line may hold any byte but zero, and this one does.
    const node = spawn('sh', [
      '-c',
      'exec mosquitto_pub "$@" "$(cat "$0")" -l -t spBv1.0/plant/NDATA/press',
      death,
      '-p',
      port(),
      '-q',
      '1',
      ...will,
    ])
    node.stdin.write('data\n')
    await signals('plant-press', 2)
    node.kill('SIGKILL')
    await verdict('plant-press', 'missed')
  },
  60_000,
)

test.skipIf(!installed)('rules are those of the file as it is read anew', async () => {
  writeFileSync(
    join(gateway.folder, 'overdue.yaml'),
    `${RULES}  - { as: json, topic: "plant/+/status", every: 1h, create: true }\n`,
  )
  process.kill(gateway.pid, 'SIGHUP')
  const heard = async () => {
    await publish('plant/oven/status', '{"status":"fine"}', '-q', '1')
    return (await find('oven')) !== undefined
  }
  while (!(await heard())) await sleep(50)
  expect(await find('oven')).toMatchObject({ verdict: 'ok' })
})

async function publish(topic: string, payload: string, ...more: readonly string[]): Promise<void> {
  await run('mosquitto_pub', ['-p', port(), '-t', topic, '-m', payload, ...more])
}

function port(): string {
  return String(gateway.mqttPort)
}

function writeBytes(name: string, bytes: Buffer): string {
  const file = join(gateway.folder, name)
  writeFileSync(file, bytes)
  return file
}

async function newcomers(): Promise<readonly Item[]> {
  return ((await gateway.get('/newcomers')).body as { items: Item[] }).items
}

async function adopt(name: string, terms: object): Promise<Readonly<Record<string, unknown>>> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(terms) }
  const answer = await fetch(`${gateway.url}/api/v1/heartbeats/${encodeURIComponent(name)}`, init)
  expect(answer.status).toBe(201)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}

async function exported(): Promise<string> {
  const answer = await fetch(`${gateway.url}/api/v1/export`, { headers: { authorization: `Bearer ${TOKEN}` } })
  return answer.text()
}

async function find(name: string): Promise<Item | undefined> {
  const { status, body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}`)
  return status === 200 ? (body as Item) : undefined
}

/** Until the board says so. */
async function verdict(name: string, expected: string): Promise<void> {
  while ((await find(name))?.verdict !== expected) await sleep(50)
}

async function signals(name: string, count: number): Promise<void> {
  while (((await find(name)) as { signals?: number } | undefined)?.signals !== count) await sleep(50)
}
