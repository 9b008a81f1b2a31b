import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSING, hasChromium, STARTING, Surfing } from './browser.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const gateway = new GatewayProcess(`zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ben, page: [ops] }]
policies: [{ name: default, steps: [{ page: [ben] }, { after: 15m, page: [ops] }] }]
heartbeats:
  - { name: of-file, cron: "15 * * * *", owner: ben, group: data, tags: [etl, warehouse], runbook: "https://wiki.example.org/etl", description: Loads the orders }
`)
let surfing: Surfing

beforeAll(async () => {
  if (!hasChromium) return
  await gateway.start({ OVERDUE_MQTT: 'off' })
  surfing = await Surfing.open(gateway)
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe.skipIf(!hasChromium)('the page of a heartbeat', () => {
  it(
    'explains it, and shows its runs with what they said',
    async () => {
      for (const took of [240, 250, 245, 260, 250, 270, 235]) await ping(`of-file?duration=${took}s&msg=rows%3D${took}`)
      await ping('of-file/2?msg=could+not+connect', { method: 'POST', body: 'psycopg.OperationalError\nrefused\n' })
      await ping('of-file?duration=251s')
      await ping('of-file?duration=900s')
      await ping('of-file/start')
      const page = await surfing.tab('/heartbeats/of-file')
      await page.getByRole('heading', { name: 'of-file', exact: true }).waitFor()
      const rail = page.getByRole('complementary')
      expect(await rail.innerText()).toMatch(/Why slow[\s\S]*A good run is slow from 3 × its baseline on\./)
      expect(await rail.getByRole('link', { name: 'open' }).getAttribute('href')).toBe('https://wiki.example.org/etl')
      const chart = await page.getByRole('img', { name: 'Arrivals and durations' }).textContent()
      expect(chart).toMatch(/The last 11\sarrivals: .*8 in time.*1 failed.*Median duration 4\smin 10\ss\./)
      expect(await page.locator('.band .d').count()).toBe(10)
      await page.getByText('could not connect').click()
      await page.getByText('psycopg.OperationalError').waitFor()
      await ping('of-file?msg=another')
      await page.getByText('another').waitFor()
      expect(await page.getByText('psycopg.OperationalError').isVisible()).toBe(true)
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'heartbeat')
      await page.getByRole('link', { name: 'All runs' }).click()
      expect(await page.locator('tbody tr').count()).toBe(11)
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'runs')
      const { items } = (await gateway.get('/heartbeats/of-file/signals?limit=100')).body as {
        items: { seq: number; bodyBytes: number }[]
      }
      await page.goto(`/heartbeats/of-file/signals/${items.find(({ bodyBytes }) => bodyBytes > 0)?.seq}/body`)
      await page.getByText('psycopg.OperationalError').waitFor()
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'body')
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'is where its terms are changed, and where it is paused, silenced and removed',
    async () => {
      await put('mine', { every: '1h', owner: 'ana', finishWithin: '2h' })
      const page = await surfing.tab('/heartbeats/mine')
      await page.getByRole('link', { name: 'Edit' }).click()
      expect(await page.getByLabel('Finishes within').inputValue()).toBe('2h')
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'edit')
      await page.getByLabel('Interval').fill('90 min')
      await page.getByLabel('Owner').fill('ben')
      await page.getByLabel('Finishes within').fill('')
      await page.getByLabel('Slow from').fill('off')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('Nothing is judged and nobody is paged.').waitFor()
      expect((await gateway.get('/heartbeats/mine')).body).toMatchObject({ verdict: 'paused', schedule: 'every 1h30m' })
      expect((await gateway.get('/heartbeats/mine')).body).toMatchObject({ owner: 'ben' })
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('button', { name: 'Silence 1 h' }).click()
      await page.getByRole('link', { name: 'by admin' }).waitFor()
      await page.getByRole('link', { name: 'Edit' }).click()
      await page.getByRole('link', { name: 'Delete' }).click()
      await page.getByRole('link', { name: 'Keep it' }).click()
      await page.goto('/heartbeats/mine/delete')
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'delete')
      await page.getByRole('button', { name: 'Delete mine' }).click()
      await page.waitForURL('**/')
      expect((await gateway.get('/heartbeats/mine')).status).toBe(404)
      await page.goto('/heartbeats/mine')
      await page.getByRole('heading', { name: 'There is no such heartbeat' }).waitFor()
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'names the file where that declares it, and changes nothing',
    async () => {
      const page = await surfing.tab('/heartbeats/of-file/edit')
      await page.getByText('overdue.yaml declares it.').waitFor()
      expect(await page.getByLabel('Owner').isDisabled()).toBe(true)
      expect(await page.getByRole('button', { name: 'Save changes' }).count()).toBe(0)
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'edit-of-file')
      const posted = await fetch(`${gateway.url}/heartbeats/of-file/edit`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${TOKEN}` },
        body: new URLSearchParams({ kind: 'every', every: '1h' }),
      })
      expect(posted.status).toBe(409)
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'has no buttons for those who only look, whom the server refuses as well',
    async () => {
      const made = await fetch(`${gateway.url}/api/v1/tokens`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'guest', scope: 'read' }),
      })
      const { token } = (await made.json()) as { token: string }
      const page = await surfing.tab('/heartbeats/of-file', { token })
      await page.getByRole('heading', { name: 'of-file', exact: true }).waitFor()
      expect(await page.locator('main form button').count()).toBe(0)
      await page.goto('/heartbeats/of-file/lines')
      expect(await page.locator('#line-curl-0').innerText()).toContain('/ping/KEY')
      const headers = { Authorization: `Bearer ${token}` }
      const paused = await fetch(`${gateway.url}/heartbeats/of-file/pause`, {
        ...{ method: 'POST', headers, body: new URLSearchParams() },
      })
      expect(paused.status).toBe(403)
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )
})

describe.skipIf(!hasChromium)('what somebody else wrote', () => {
  it(
    'is text on every page',
    async () => {
      const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\u202eabc{{7*7}}`
      const long = '<b>x</b>'.repeat(8_192)
      await put('host', {
        every: '1h',
        owner: evil,
        group: evil,
        tags: [evil],
        description: long,
        runbook: 'javascript:alert(3)',
      })
      await put('host/le', {
        every: '1s',
        grace: '1s',
        owner: long,
        group: 'long',
        tags: ['a'],
        description: evil,
        parent: 'host',
      })
      const headers = { 'User-Agent': '<script>alert(4)</script>' }
      await ping(`host/1?msg=${encodeURIComponent(evil)}`, { method: 'POST', headers, body: long })
      await ping(`host?msg=${encodeURIComponent(evil)}&m.temp=21`, {
        method: 'POST',
        body: '<svg onload=alert(5)>\u0000\u001b[31m',
      })
      await ping('host/le')
      const { body } = await gateway.get('/heartbeats/host/signals')
      const [{ seq }] = (body as { items: [{ seq: number }] }).items
      const pages = [
        ...[
          '/',
          `/?group=${encodeURIComponent(evil)}`,
          `/?q=${encodeURIComponent(evil)}`,
          `/new?name=${encodeURIComponent(evil)}`,
        ],
        ...[
          '/heartbeats/host',
          '/heartbeats/host/runs',
          '/heartbeats/host/edit',
          '/heartbeats/host/lines',
          '/heartbeats/host/delete',
        ],
        ...[
          '/heartbeats/host%2Fle',
          `/heartbeats/host/signals/${seq}/body`,
          '/heartbeats/%3Cscript%3E',
          '/sign-in?next=%22%3E%3Cscript%3E',
        ],
      ]
      const page = await surfing.tab('/')
      for (const path of pages) {
        await page.goto(path)
        expect(await strangers(page), path).toEqual([])
        expect(await surfing.isTooWide(page), path).toBe(false)
      }
      await page.goto('/heartbeats/host')
      expect(await page.getByText('<script>alert(1)</script>').count()).toBeGreaterThan(0)
      await surfing.shoot(page, 'hostile')
      await page.goto('/')
      await surfing.shoot(page, 'hostile-board')
      const file = await fetch(`${gateway.url}/heartbeats/host/signals/${seq}/body.txt`, {
        headers: { Authorization: `Bearer ${TOKEN}` },
      })
      expect(Object.fromEntries(file.headers)).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': 'attachment; filename="body.txt"',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      })
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )
})

/** Elements that no page of ours has. */
async function strangers(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('script:not([src^="/assets/"]), img:not([src^="/badge/"]), b:not(.grp b, .steps b, .tally b, .tl b), [onerror], [onload], [style], a[href^="javascript:"]')].map((found) => found.outerHTML.slice(0, 200))`,
  )
}

async function put(name: string, said: object): Promise<void> {
  const { status } = await fetch(`${gateway.url}/api/v1/heartbeats/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(said),
  })
  if (status !== 201) throw new Error(`PUT ${name}: ${status}`)
}

async function ping(path: string, more: RequestInit = {}): Promise<void> {
  const { status } = await fetch(`${gateway.url}/ping/${path}`, more)
  if (status !== 200) throw new Error(`/ping/${path}: ${status}`)
}
