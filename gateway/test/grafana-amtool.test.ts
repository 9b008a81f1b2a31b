// Debian's amtool, where it is installed, against a gateway: it lists, filters, silences and expires, and its own parser takes
// the configuration that the status shows.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERTMANAGER, CONFIG, httpConfig, isInstalled, type Json, ping } from './grafana-stage.ts'
import { GatewayProcess } from './process.ts'

const installed = isInstalled('amtool')
const run = promisify(execFile)
const gateway = new GatewayProcess(CONFIG)
let login = ''

beforeAll(async () => {
  if (!installed) return
  await gateway.start({ OVERDUE_MQTT: 'off' })
  login = httpConfig(gateway)
  for (const path of ['pump-1/fail', 'pump-2/fail', 'well-1/fail']) await ping(gateway, path)
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

async function amtool(...args: readonly string[]): Promise<string> {
  const common = [`--alertmanager.url=${gateway.url}${ALERTMANAGER}`, `--http.config.file=${login}`]
  const { stdout, stderr } = await run('amtool', [...args, ...common])
  expect(stderr).toBe('')
  return stdout
}

async function query(...args: readonly string[]): Promise<Json[]> {
  return JSON.parse(await amtool('alert', 'query', '-o', 'json', ...args))
}

async function heartbeats(...args: readonly string[]): Promise<readonly string[]> {
  return (await query(...args)).map(({ labels }) => labels.heartbeat).sort()
}

describe('amtool', () => {
  it.skipIf(!installed)('lists what is wrong, and filters it', async () => {
    expect(await heartbeats()).toEqual(['pump-1', 'pump-2'])
    expect(await heartbeats('-s')).toEqual(['well-1'])
    expect(await heartbeats('heartbeat=pump-1')).toEqual(['pump-1'])
    expect(await heartbeats('heartbeat=~pump-.*', 'owner!=ana')).toEqual(['pump-2'])
    expect(await heartbeats('tags=~.*,db,.*')).toEqual(['pump-1'])
    expect(await heartbeats('-r', 'quiet')).toEqual(['pump-2'])
  })

  it.skipIf(!installed)('makes a silence that mutes, and expires it', async () => {
    const id = (await amtool('silence', 'add', 'heartbeat=~pump-[12]', '-a', 'ana', '-c', 'racks', '-d', '2h')).trim()
    expect(await heartbeats()).toEqual([])
    expect(await heartbeats('-s')).toEqual(['pump-1', 'pump-2', 'well-1'])
    expect(await amtool('silence', 'query', 'heartbeat=~pump-[12]')).toMatch(`${id} `)
    expect(await gateway.get('/incidents')).toMatchObject({
      body: { items: expect.arrayContaining([muted('pump-1', id)]) },
    })
    await amtool('silence', 'expire', id)
    expect(await heartbeats()).toEqual(['pump-1', 'pump-2'])
    expect(await amtool('silence', 'query', '-q')).not.toContain(id)
  })

  it.skipIf(!installed)('changes the end and the comment of a silence', async () => {
    const id = (await amtool('silence', 'add', 'heartbeat=pump-1', '-c', 'racks', '-d', '2h')).trim()
    // Of the new id amtool 0.25 prints where it lies in memory.
    await amtool('silence', 'update', id, '-d', '3h', '-c', 'longer', '-q')
    const listed = JSON.parse(await amtool('silence', 'query', 'heartbeat=pump-1', '-o', 'json'))
    expect(listed).toMatchObject([{ comment: 'longer' }])
    expect(listed[0].id).not.toBe(id)
    await amtool('silence', 'expire', listed[0].id)
  })

  it.skipIf(!installed)('is told why not', async () => {
    await expect(amtool('silence', 'add', 'a=b', '-c', 'x', '-d', '40d')).rejects.toThrow('at most 31d from now')
    await expect(amtool('silence', 'expire', 'cellar')).rejects.toThrow('409')
  })

  it.skipIf(!installed)('reads the configuration: a route and a receiver for each policy', async () => {
    expect(await amtool('config', 'routes', 'show')).toMatch(
      /receiver: nobody\n.*\{policy="default"\} {2}receiver: default\n.*\{policy="quiet"\} {2}receiver: quiet/,
    )
    expect((await amtool('config', 'routes', 'test', 'policy=quiet')).trim()).toBe('quiet')
    expect((await amtool('config', 'routes', 'test', 'alertname=DiskFull')).trim()).toBe('nobody')
    expect(await amtool('config', 'show')).toContain('# after 15m, critical only: ops')
  })

  it.skipIf(!installed)('posts an alert, and a signal', async () => {
    await amtool('alert', 'add', 'DiskFull', 'host=a', '--annotation=summary=full')
    expect(await query('host=a')).toMatchObject([
      { labels: { alertname: 'DiskFull' }, receivers: [{ name: 'nobody' }] },
    ])
    await amtool('alert', 'add', 'Watchdog', 'heartbeat=watchdog')
    expect(await gateway.get('/heartbeats/watchdog')).toMatchObject({ body: { verdict: 'ok', signals: 1 } })
  })
})

function muted(heartbeat: string, what: string): unknown {
  return expect.objectContaining({ heartbeat, muted: expect.objectContaining({ by: 'silence', what }) })
}
