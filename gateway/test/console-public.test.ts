import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Console, openReceiver, peopled, STARTING } from './console-stage.ts'
import { GatewayProcess } from './process.ts'

const receiver = await openReceiver()
const hostile = '</title><script>alert(1)</script>'
const more = (badges: boolean): string => `  - { name: pump-17/battery, every: 1h, group: "hall 7" }
  - { name: lonely, every: 1h, group: ${JSON.stringify(hostile)}, tags: [${JSON.stringify(hostile)}] }
public: { groups: [hall-7, "hall 7", ${JSON.stringify(hostile)}], badges: ${badges} }
`
const gateway = new GatewayProcess(peopled(receiver.url, more(false)))
const site = new Console(gateway)

/** As anybody asks. */
async function ask(path: string): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { redirect: 'manual' })
}

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const name of ['hall-7/router', 'hall-7/pump', 'backup']) await site.ping(`/hb/${name}`)
}, STARTING)
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  receiver.close()
}, STARTING)

describe('the status page of a group', () => {
  it('is for anybody, and tells names and verdicts and nothing else', async () => {
    const answer = await ask('/status/hall-7')
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text).toContain('<h1>hall-7: all 2 are fine</h1>')
    expect(text).toContain('hall-7/pump')
    for (const secret of ['ana', 'Drains', 'backup', 'wiki.example.org', 'Overdue 0', 'href="/silences"'])
      expect(text).not.toContain(secret)
  })

  it('is of groups that are named only', async () => {
    for (const path of ['/status/attic', '/status/hall', '/status/']) expect((await ask(path)).status).toBe(404)
    expect((await ask('/status/hall%207')).status).toBe(200)
  })

  it('shows any name of a group as text', async () => {
    const text = await (await ask(`/status/${encodeURIComponent(hostile)}`)).text()
    expect(text).toContain('&#60;script&#62;')
    expect(text).not.toContain('<script>alert')
  })
})

describe('badges', () => {
  it('of public groups are for anybody, in SVG and for Shields', async () => {
    const svg = await ask('/badge/hall-7%2Fpump.svg')
    expect(svg.status).toBe(200)
    expect(svg.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect(svg.headers.get('cache-control')).toBe('public, max-age=60')
    expect(svg.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(await svg.text()).toContain('<title>hall-7/pump: ok</title>')
    expect(await (await ask('/badge/hall-7/pump.json')).json()).toMatchObject({ label: 'hall-7/pump', message: 'ok' })
    expect(await (await ask('/badge/group/hall-7.json')).json()).toMatchObject({ label: 'hall-7', message: 'all 2 ok' })
  })

  it('of all else look as if they were not there', async () => {
    const nothing = await (await ask('/badge/never-was.svg')).text()
    for (const path of ['/badge/backup.svg', '/badge/tag/pump.svg', '/badge/group/attic.svg', '/badge/backup'])
      expect([path, await (await ask(path)).text()]).toEqual([path, nothing])
  })

  it('of all else are found under an address that only the console tells', async () => {
    const { text } = await site.page('/heartbeats/backup')
    const [, path = ''] = /<img src="(\/badge\/signed\/[\w-]{22}\/heartbeat\/backup\.svg)"/.exec(text) ?? []
    expect(await (await ask(path)).text()).toContain('<title>backup: ok</title>')
    expect(await (await ask(path.replace('.svg', '.json'))).json()).toMatchObject({ message: 'ok' })
    for (const other of [
      path.replace('/backup.', '/lonely.'),
      path.replace('/heartbeat/', '/tag/'),
      path.replace('signed/', 'signed/x'),
    ])
      expect([other, (await ask(other)).status]).toEqual([other, 404])
  })

  it('are of everything where the file says so, from the next reload on', async () => {
    writeFileSync(join(gateway.folder, 'overdue.yaml'), peopled(receiver.url, more(true)))
    process.kill(gateway.pid, 'SIGHUP')
    await expect.poll(async () => (await ask('/badge/backup.svg')).status, { timeout: 20_000 }).toBe(200)
    const svg = await (await ask(`/badge/tag/${encodeURIComponent(hostile)}.svg`)).text()
    expect(svg).toContain('&#60;script&#62;')
    expect(svg).not.toContain('<script>')
    expect(await (await ask('/badge/tag/pump.json')).json()).toMatchObject({ label: 'pump', message: 'ok' })
  })
})
