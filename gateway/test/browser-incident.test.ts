import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, STARTING, Surfing } from './browser.ts'
import { Console, openReceiver, peopled } from './console-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

/** What somebody may send who wishes harm: markup, quotes, right-to-left marks, and much of it. */
const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe\u2066'`
const receiver = await openReceiver()
const gateway = new GatewayProcess(
  peopled(
    receiver.url,
    `  - { name: evil, every: 1h, group: ${JSON.stringify(HOSTILE)}, owner: ${JSON.stringify(HOSTILE)}, description: ${JSON.stringify(HOSTILE.repeat(20))}, tags: [${JSON.stringify(HOSTILE)}] }
public: { groups: [hall-7], badges: true }
`,
  ),
)
const site = new Console(gateway)
let surfing: Surfing

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const name of ['hall-7/router', 'hall-7/pump', 'backup']) await site.ping(`/hb/${name}`)
  await site.ping('/ping/hall-7%2Fpump/fail?msg=no+space')
  await fetch(`${gateway.url}/ping/evil/fail?msg=${encodeURIComponent(HOSTILE)}`, {
    method: 'POST',
    headers: { 'User-Agent': '"><script>alert(2)</script>' },
    body: HOSTILE.repeat(700),
  })
  if (hasChromium) surfing = await Surfing.open(gateway)
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  receiver.close()
}, STARTING)

describe.skipIf(!hasChromium)('the page of an incident', () => {
  it('follows what happens without a reload, and acknowledges with one press', async () => {
    const id = await site.incidentOf('hall-7/pump')
    const page = await surfing.tab(`/incidents/${id}`)
    await page.getByText('not acknowledged').waitFor()
    await page.evaluate('window.isTheSame = true')
    await fetch(`${gateway.url}/api/v1/incidents/${id}/silence`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ by: 'ben', for: '1h', note: 'we know' }),
    })
    await page.getByText('Nobody is paged: silenced by ben: we know').waitFor()
    expect(await page.evaluate('window.isTheSame')).toBe(true)
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('acknowledged by admin').first().waitFor()
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0)
    expect(surfing.faults).toEqual([])
  }, 30_000)

  it('works without a script, on a phone, from the bar at its bottom', async () => {
    await site.ping('/ping/backup/fail')
    const page = await surfing.tab(`/incidents/${await site.incidentOf('backup')}`, { noScript: true, isPhone: true })
    const bar = await page.locator('.bar').boundingBox()
    expect(Math.round((bar?.y ?? 0) + (bar?.height ?? 0))).toBe(844)
    await page.getByRole('button', { name: 'Resolve' }).click()
    await page.getByText('resolved by admin').first().waitFor()
  }, 30_000)
})

describe.skipIf(!hasChromium)('hostile texts', () => {
  it.each(['/incidents', '/silences', '/devices?name=evil', '/status/hall-7', '/channels'])(
    'are text on %s',
    async (path) => {
      const page = await surfing.tab(path)
      expect(await page.locator('img[src="x"], main script').count()).toBe(0)
      expect(await surfing.isTooWide(page)).toBe(false)
      expect(surfing.faults).toEqual([])
    },
    30_000,
  )

  it('are text on the page of their incident, and turn nothing round', async () => {
    const page = await surfing.tab(`/incidents/${await site.incidentOf('evil')}`, { isPhone: true })
    expect(await page.locator('img[src="x"], main script').count()).toBe(0)
    const text = (await page.locator('main').textContent()) ?? ''
    expect(text).toContain('<script>alert(1)</script>')
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    expect(await surfing.isTooWide(page)).toBe(false)
    expect(await surfing.serious(page)).toEqual([])
    expect(surfing.faults).toEqual([])
  }, 30_000)
})
