// Verdicts as topics of a real gateway, for clients of each version of MQTT.
import { type ChildProcess, spawn } from 'node:child_process'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GatewayProcess } from './process.ts'

const CONFIG = `signals: { open: true }
heartbeats:
  - { name: pump-1, every: 1h, unseen: wait }
  - { name: pump-1/battery, every: 1h, unseen: wait }
  - { name: pump-10/battery, every: 1h, unseen: wait }
  - { name: job, every: 1s, grace: 1s, unseen: wait }
`
let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await new GatewayProcess(CONFIG).start()
}, 90_000)
afterAll(async () => await gateway[Symbol.asyncDispose]())

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill()
})

/** Lines as mosquitto_sub prints them: topic, retained or not, payload. */
function watch(
  version: string,
  ...filters: readonly string[]
): { lines: string[]; until(isSo: () => boolean): Promise<void> } {
  const wanted = filters.flatMap((filter) => ['-t', filter])
  const child = spawn('mosquitto_sub', [
    '-p',
    String(gateway.mqttPort),
    '-V',
    version,
    '-q',
    '1',
    '-F',
    '%t %r %p',
    ...wanted,
  ])
  children.push(child)
  const lines: string[] = []
  let wake = (): void => {}
  child.stdout.on('data', (text: Buffer) => {
    lines.push(
      ...text
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    )
    wake()
  })
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve))
  }
  return { lines, until }
}

test.each(['311', '5'])(
  'version %s: whoever subscribes is told how things stand, and of each change',
  async (version) => {
    const all = watch(version, 'hbstate/#')
    const one = watch(version, 'hbstate/pump-1/#', 'hbstate/job')
    await all.until(() => all.lines.length >= 4)
    await one.until(() => one.lines.length >= 3)
    expect(one.lines.map((line) => line.split(' ', 2).join(' ')).sort()).toEqual([
      ...['hbstate/job 1', 'hbstate/pump-1 1', 'hbstate/pump-1/battery 1'],
    ])
    expect(all.lines.map((line) => line.split(' ')[0]).sort()).toEqual([
      ...['hbstate/job', 'hbstate/pump-1', 'hbstate/pump-1/battery', 'hbstate/pump-10/battery'],
    ])
    expect((await fetch(`${gateway.url}/ping/pump-1/fail`)).status).toBe(200)
    await one.until(() => one.lines.includes('hbstate/pump-1 0 failed'))
    expect((await fetch(`${gateway.url}/ping/pump-1`)).status).toBe(200)
    await one.until(() => one.lines.includes('hbstate/pump-1 0 ok'))
    expect((await fetch(`${gateway.url}/ping/job`)).status).toBe(200)
    await one.until(() => one.lines.includes('hbstate/job 0 missed'))
    const told = one.lines.filter((line) => line.startsWith('hbstate/job 0'))
    expect(told).toEqual(['hbstate/job 0 ok', 'hbstate/job 0 late', 'hbstate/job 0 missed'])
  },
)

test.each([4, 5] as const)('version %i: what is removed takes its state back', async (protocolVersion) => {
  const name = `gone-${protocolVersion}`
  const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, { protocolVersion, reconnectPeriod: 0 })
  const told: string[] = []
  let wake = (): void => {}
  client.on('message', (topic, payload) => {
    told.push(`${topic} ${payload}`)
    wake()
  })
  await client.subscribeAsync(`hbstate/${name}`, { qos: 1 })
  expect((await fetch(`${gateway.url}/ping/${name}?create=1&every=1h`)).status).toBe(201)
  expect(await gateway.delete(`/heartbeats/${name}`)).toBe(204)
  while (told.at(-1) !== `hbstate/${name} `) await new Promise<void>((resolve) => (wake = resolve))
  expect(told[0]).toBe(`hbstate/${name} ok`)
  await client.endAsync()
})
