// Every line for a shell on the page "Connect a device" is run, block after block, and its code by Node.
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDocument } from '../src/config/document.ts'
import { DeviceStage } from './device-stage.ts'
import { ended, type Ran } from './exec-stage.ts'
import { TOKEN } from './process.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'gateway/docs/devices.md'), 'utf8')
const stage = new DeviceStage(`signals: { open: false }
heartbeats: [{ name: pump-17, every: 5m }, { name: pump-17/battery, every: 1d }]
`)
const { gateway } = stage

beforeAll(async () => {
  await gateway.start()
  symlinkSync(join(ROOT, 'firmware-examples'), join(gateway.folder, 'firmware-examples'))
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

it('its lines do what it says', async () => {
  expect(await run('sh', script())).toMatchObject({ code: 0 })
  expect(await stage.signalsOf('pump-17')).toBe(5)
  expect(await stage.signalsOf('pump-17/battery')).toBe(1)
  expect((await stage.act('GET', '/heartbeats/valve-1')).body).toMatchObject({ group: 'hall-7', signals: 4 })
  const devices = (await stage.act('GET', '/devices')).body.items
  expect(devices.map(({ device, state }) => [device, state])).toEqual([
    ['pump-17', 'revoked'],
    ['valve-1', 'good'],
  ])
  expect((await stage.act('GET', '/heartbeats/valve-1/signals')).body.items[0]).toMatchObject({ kind: 'bye' })
}, 60_000)

it('its code does, too', async () => {
  const file = join(gateway.folder, 'pump.mjs')
  const [code = ''] = blocks('js')
  writeFileSync(file, here(code).replace("'@overdue/device-sdk'", `'${join(ROOT, 'device-sdk/src/index.ts')}'`))
  const { token } = (await stage.act('POST', '/devices/valve-1/rotate', { overlap: '0s' })).body
  const before = await stage.signalsOf('valve-1')
  expect(await run(process.execPath, file, { OVERDUE_TOKEN: token })).toMatchObject({ code: 0 })
  expect(await stage.signalsOf('valve-1')).toBe(before + 1)
}, 60_000)

it('its file is taken, with a token made as it says', () => {
  const [, line = ''] = /`(echo "dev_[^`]+)`/.exec(PAGE) ?? []
  const token = execFileSync('sh', ['-c', line], { encoding: 'utf8' })
  const around = { env: {}, environment: {}, file: 'overdue.yaml', readFile: () => token, hostZone: 'UTC' }
  expect(readDocument(blocks('yaml').join(''), around)).toMatchObject({ value: { devices: [{ name: 'pump-17' }] } })
})

/** One script, so that what a line keeps the next one has; a line that says how it exits is held to that. */
function script(): string {
  const file = join(gateway.folder, 'page.sh')
  const lines = blocks('sh')
    .join('')
    .replaceAll(/^(.*?) +# exits (\d+):.*$/gm, 'status=0; $1 || status=$?; test "$status" = $2')
  writeFileSync(file, `set -e\n${here(lines)}`)
  return file
}

function blocks(language: string): readonly string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block)
}

/** Where the gateway of this test is. */
function here(text: string): string {
  const port = String(gateway.mqttPort)
  return text
    .replaceAll('http://gateway:8080', gateway.url)
    .replaceAll('mqtt://gateway:1883', `mqtt://127.0.0.1:${port}`)
    .replaceAll('-h gateway', `-h 127.0.0.1 -p ${port}`)
}

function run(command: string, file: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const env = { PATH: process.env['PATH'], ADMIN: TOKEN, ...more }
  return ended(spawn(command, [file], { cwd: gateway.folder, env, stdio: ['ignore', 'pipe', 'pipe'] }))
}
