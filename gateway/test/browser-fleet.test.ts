import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSING, hasChromium, STARTING, Surfing } from './browser.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const MANY = 10_000
const nameOf = (index: number): string => `hall-${Math.floor(index / 500)}/pump-${index}`
const gateway = new GatewayProcess(
  `heartbeats:\n${Array.from({ length: MANY }, (_, index) => `  - { name: ${nameOf(index)}, every: 1h, owner: ana, group: hall-${Math.floor(index / 500)}, tags: [pump] }`).join('\n')}\n`,
)
let surfing: Surfing

beforeAll(async () => {
  if (!hasChromium) return
  await gateway.start({ OVERDUE_MQTT: 'off' })
  surfing = await Surfing.open(gateway)
  for (let index = 0; index < MANY; index += 50) await fetch(`${gateway.url}/ping/${nameOf(index)}`)
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe.skipIf(!hasChromium)('a board with 10,000 heartbeats', () => {
  it(
    'shows each group with its first, and all that is asked for as far as somebody scrolls',
    async () => {
      for (const path of ['/', '/?tag=pump', '/?q=pump-9999']) {
        const began = performance.now()
        const answer = await fetch(`${gateway.url}${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } })
        const bytes = (await answer.text()).length
        console.log(`${path}: ${(bytes / 1000).toFixed(0)} kB in ${(performance.now() - began).toFixed(0)} ms`)
        expect(bytes).toBeLessThan(400_000)
      }
      const page = await surfing.tab('/')
      await page.getByRole('heading', { name: 'All 10,000 are fine' }).waitFor()
      expect(await page.locator('#groups .grp').count()).toBe(20)
      await page.getByRole('link', { name: '490 more in hall-0' }).click()
      const rows = page.locator('#list tbody tr[id]')
      expect(await rows.count()).toBeGreaterThanOrEqual(100)
      for (let wanted = 200; wanted <= 500; wanted += 100) {
        await page.locator('#list tbody').last().scrollIntoViewIfNeeded()
        await rows.nth(wanted - 1).waitFor()
      }
      expect(await rows.count()).toBe(500)
      expect(await page.locator('.more').count()).toBe(0)
      expect(new Set(await rows.locator('th').allInnerTexts()).size).toBe(500)
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it(
    'pages through them without a script',
    async () => {
      const page = await surfing.tab('/?group=hall-3', { noScript: true })
      await page.getByRole('link', { name: 'Next' }).click()
      await page.getByRole('rowheader', { name: 'hall-3/pump-1600' }).waitFor()
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )
})
