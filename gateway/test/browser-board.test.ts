import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSING, hasChromium, STARTING, Surfing } from './browser.ts'
import { GatewayProcess } from './process.ts'

const gateway = new GatewayProcess(`zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ana, page: [ops] }, { name: ben, page: [ops] }]
oncall: [{ name: primary, layers: [{ rotate: [ana, ben], every: 1w, handoff: mon 09:00 }] }]
policies: [{ name: default, steps: [{ page: [primary] }, { after: 15m, page: [ops] }] }]
heartbeats:
  - { name: nightly-backup, cron: "0 3 * * *", owner: ana, group: data, tags: [backup] }
  - { name: invoice-mailer, every: 1h, group: data }
  - { name: etl-orders, every: 1h, owner: ben, group: data, tags: [etl] }
  - { name: brisk, every: 2s, grace: 10s, owner: ben, group: workers }
  - { name: queue-worker, every: 1h, owner: ben, group: workers }
${Array.from({ length: 12 }, (_, index) => `  - { name: hall-7/pump-${index}, every: 1h, owner: ana, group: hall-7 }`).join('\n')}
`)
let surfing: Surfing

beforeAll(async () => {
  if (!hasChromium) return
  await gateway.start()
  surfing = await Surfing.open(gateway)
  for (let count = 0; count < 3; count++)
    for (const name of ['invoice-mailer', 'etl-orders', 'queue-worker', 'hall-7/pump-3']) await ping(name)
  for (let count = 0; count < 6; count++) await ping('etl-orders?duration=250s')
  await ping('etl-orders?duration=900s')
  await ping('invoice-mailer/1?msg=421%20too%20many%20connections')
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe.skipIf(!hasChromium)('the board', () => {
  it(
    'answers in its first line, and says of what is wrong why, and what happens next',
    async () => {
      const page = await surfing.tab('/')
      await page.getByRole('heading', { name: /of 17 need/ }).waitFor()
      const failed = page.locator('#wrong tbody', { hasText: 'invoice-mailer' })
      expect(await failed.innerText()).toMatch(/failed[\s\S]*Exit 1: 421 too many connections\. Nobody owns it\./)
      const slow = page.locator('#wrong tbody', { hasText: 'etl-orders' })
      expect(await slow.innerText()).toMatch(/slow[\s\S]*Took 15\smin, usually 4\smin 10\ss\./)
      expect(await slow.getByRole('img').getAttribute('aria-label')).toBe('Last 50: 9 in time, 1 slow, 40 not yet due')
      await page.getByRole('link', { name: '2 more in hall-7' }).waitFor()
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, 'board')
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'shows what is asked for, and keeps that in its address',
    async () => {
      const page = await surfing.tab('/')
      await page.getByLabel('Group').selectOption('hall-7')
      await page.getByRole('heading', { name: 'Heartbeats in hall-7' }).waitFor()
      expect(await page.locator('#list tbody tr').count()).toBe(12)
      await page.getByLabel('Search heartbeats').pressSequentially('pump-1')
      await page.getByRole('heading', { name: 'Heartbeats in hall-7, with “pump-1”' }).waitFor()
      expect(await page.locator('#list tbody tr').count()).toBe(3)
      expect(page.url()).toMatch(/\?q=pump-1&owner=&tag=&group=hall-7$/)
      await page.reload()
      expect(await page.locator('#list tbody tr').count()).toBe(3)
      await page.getByRole('link', { name: '1 failed' }).click()
      await page.getByRole('heading', { name: 'Failed heartbeats' }).waitFor()
      await surfing.shoot(page, 'board-asked')
      expect(await surfing.serious(page)).toEqual([])
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'sees a heartbeat go late and missed, and come back, without being loaded again',
    async () => {
      await ping('brisk')
      const page = await surfing.tab('/')
      await page.evaluate('document.body.dataset.same = "yes"')
      const row = page.locator('#wrong tbody', { hasText: 'brisk' })
      await row.getByText('late', { exact: true }).waitFor()
      await row.getByText(/Missed at .* if nothing comes, then it pages/).waitFor()
      await row.getByText('missed', { exact: true }).waitFor()
      expect(await page.title()).toMatch(/of 17 need you/)
      await ping('brisk')
      await row.getByText('missed', { exact: true }).waitFor({ state: 'detached' })
      expect(await page.evaluate('document.body.dataset.same')).toBe('yes')
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'is for those who only look, and for a browser without scripts',
    async () => {
      const page = await surfing.tab('/', { noScript: true, isPhone: true, scheme: 'dark' })
      await page.getByLabel('Search heartbeats').fill('queue')
      await page.getByRole('button', { name: 'Filter' }).click()
      await page.getByRole('rowheader', { name: 'queue-worker' }).waitFor()
      expect(await page.locator('#list tbody tr').count()).toBe(1)
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'says when it can’t be true any more, and goes on when it can',
    async () => {
      const page = await surfing.tab('/')
      await pulse(page, /^Listening \d\d:\d\d:\d\d$/)
      await page.context().setOffline(true)
      await pulse(page, /^Connection lost \d\d:\d\d:\d\d$/)
      await page.context().setOffline(false)
      await pulse(page, /^Listening/)
      const others = surfing.faults.filter((fault) => !fault.includes('net::ERR_'))
      expect(others).toEqual([])
    },
    BROWSING,
  )
})

async function pulse(page: Page, says: RegExp): Promise<void> {
  await page
    .getByRole('status')
    .getByText(says)
    .or(page.locator('[data-pulse]', { hasText: says }))
    .first()
    .waitFor()
}

async function ping(path: string): Promise<void> {
  const { status } = await fetch(`${gateway.url}/ping/${path}`)
  if (status !== 200) throw new Error(`/ping/${path}: ${status}`)
}
