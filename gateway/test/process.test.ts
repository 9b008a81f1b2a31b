import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')

describe('the process', () => {
  it('starts without a file, says where it listens, and makes an admin token that only its owner can read', async () => {
    await using gateway = new GatewayProcess()
    await gateway.start({ OVERDUE_ADMIN_TOKEN: '' })
    const token = readFileSync(join(gateway.folder, 'data/admin-token'), 'utf8').trim()
    expect(gateway.output).toContain(`Overdue listens on ${gateway.url} and mqtt://127.0.0.1:${gateway.mqttPort}.`)
    expect(gateway.output).toContain(`curl -fsS '${gateway.url}/ping/nightly-backup?create=1&every=10s'`)
    expect(gateway.output).toContain(token)
    for (const file of readdirSync(join(gateway.folder, 'data')))
      expect([file, statSync(join(gateway.folder, 'data', file)).mode & 0o077]).toEqual([file, 0])
    await gateway.end('SIGTERM')
    gateway.output = ''
    await gateway.start({ OVERDUE_ADMIN_TOKEN: '' })
    expect(gateway.output).not.toContain(token)
  })

  it('owns its data folder: a second one says whose it is and exits 1', async () => {
    await using gateway = await new GatewayProcess().start()
    const second = await run(gateway.folder, { OVERDUE_HTTP: '127.0.0.1:0', OVERDUE_MQTT: 'off' })
    expect(second.code).toBe(1)
    expect(second.output).toContain(`is in use by process ${gateway.pid}`)
    expect(await gateway.isHealthy()).toBe(true)
  })

  it('says who else listens where it should, and exits 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await using gateway = new GatewayProcess()
    const { code, output } = await run(gateway.folder, { OVERDUE_HTTP: `127.0.0.1:${port}`, OVERDUE_MQTT: 'off' })
    other.close()
    expect(code).toBe(1)
    expect(output).toContain(`cannot listen on 127.0.0.1:${port}`)
  })

  it('lists every problem of its configuration and of its environment, and exits 1', async () => {
    await using gateway = new GatewayProcess(
      'heartbeats:\n  - { name: a, cron: "0 2 * *" }\n  - { nam: b, every: 1m }\n',
    )
    const { code, output } = await run(gateway.folder, {})
    expect(code).toBe(1)
    expect(output).toContain('heartbeats[0].cron: expected')
    expect(output).toContain('heartbeats[1].nam: expected a key that exists, nearest: "name"')
    expect(output).toContain('heartbeats[1].name: expected a name, got nothing')
    expect(existsSync(join(gateway.folder, 'data'))).toBe(false)
  })

  it('ends on SIGTERM with everything saved, and comes back with the same states', async () => {
    await using gateway = await new GatewayProcess().start()
    await fetch(`${gateway.url}/ping/a?create=1&every=1h`)
    await fetch(`${gateway.url}/ping/b/start?create=1&every=1h`)
    const before = await gateway.get('/heartbeats')
    expect(await gateway.end('SIGTERM')).toBe(0)
    await gateway.start()
    expect(await gateway.get('/heartbeats')).toEqual(before)
  })

  it('takes over a changed file while it runs, and keeps the old one when the new one has a problem', async () => {
    await using gateway = await new GatewayProcess('heartbeats:\n  - { name: a, every: 1h }\n').start({
      OVERDUE_LOG: 'info',
    })
    const file = join(gateway.folder, 'overdue.yaml')
    writeFileSync(file, 'heartbeats:\n  - { name: a, every: 2h }\n  - { name: b, every: 1h }\n')
    process.kill(gateway.pid, 'SIGHUP')
    const schedules = async (): Promise<string> => {
      const { items } = (await gateway.get('/heartbeats')).body as { items: { name: string; schedule: string }[] }
      return items.map(({ name, schedule }) => `${name} ${schedule}`).join(', ')
    }
    while ((await schedules()) !== 'a every 2h, b every 1h') await sleep(20)
    writeFileSync(file, 'heartbeats:\n  - { name: a, every: 2 }\n')
    process.kill(gateway.pid, 'SIGHUP')
    while (!gateway.output.includes('config.refused')) await sleep(20)
    expect(gateway.output).toContain('heartbeats[0].every')
    rmSync(file)
    process.kill(gateway.pid, 'SIGHUP')
    while (!gateway.output.includes('expected a file, got none')) await sleep(20)
    expect(await schedules()).toBe('a every 2h, b every 1h')
  })

  it('keeps a ping, its run, its exit code and its body over kill -9', async () => {
    await using gateway = await new GatewayProcess().start()
    await fetch(`${gateway.url}/ping/a?create=1`)
    await fetch(`${gateway.url}/ping/a/3?msg=disk+full&m.rows=12`, { method: 'POST', body: 'the log' })
    await gateway.end('SIGKILL')
    await gateway.start()
    const { body } = await gateway.get('/heartbeats/a/signals')
    const [newest] = (body as { items: { seq: number }[] }).items
    expect(newest).toMatchObject({ kind: 'fail', exit: 3, message: 'disk full', metrics: { rows: 12 }, bodyBytes: 7 })
    const kept = await fetch(`${gateway.url}/api/v1/heartbeats/a/signals/${newest?.seq}/body`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
    })
    expect(await kept.text()).toBe('the log')
    expect(kept.headers.get('content-disposition')).toContain('attachment')
  })
})

describe.skipIf(spawnSync('mosquitto_pub', ['--help']).error !== undefined)('mosquitto_pub against the gateway', () => {
  it('is acknowledged, and counts as a beat', async () => {
    await using gateway = await new GatewayProcess('heartbeats:\n  - { name: pump-17, every: 1h }\n').start()
    const to = ['-h', '127.0.0.1', '-p', String(gateway.mqttPort), '-q', '1', '-t', 'hb/pump-17', '-n']
    const [code] = await once(spawn('mosquitto_pub', to, { stdio: 'inherit' }), 'exit')
    expect(code).toBe(0)
    const { body } = await gateway.get('/heartbeats/pump-17')
    expect(body).toMatchObject({ verdict: 'ok', signals: 1 })
  })
})

async function run(cwd: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN], { cwd, env: { PATH: process.env['PATH'], ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  const [code] = await once(child, 'close')
  return { code: code as number | null, output }
}
