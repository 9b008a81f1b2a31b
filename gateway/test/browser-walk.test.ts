import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSING, hasChromium, STARTING, Surfing } from './browser.ts'
import { isInstalled } from './grafana-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const run = promisify(execFile)
const gateway = new GatewayProcess(`zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ben, page: [ops] }]
policies: [{ name: default, steps: [{ page: [ben] }, { after: 15m, page: [ops] }] }]
`)
let surfing: Surfing

beforeAll(async () => {
  await gateway.start()
  if (hasChromium) surfing = await Surfing.open(gateway)
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe('the two minutes to the first heartbeat', () => {
  it.skipIf(!hasChromium || !isInstalled('curl'))(
    'go from signing in to the first signal',
    async () => {
      const began = performance.now()
      const page = await surfing.tab('/new?group=data', { token: null })
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      await page.getByLabel('Token').fill('ovd_wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('This token is not known').waitFor()
      await page.getByLabel('Token').fill(TOKEN)
      await page.getByRole('button', { name: 'Sign in' }).click()

      await page.getByRole('heading', { name: 'New heartbeat' }).waitFor()
      expect(await page.getByLabel('Group').inputValue()).toBe('data')
      await page.getByLabel('Name').fill('etl-returns')
      await page.getByLabel('Cron line').fill('30 2 * * 1-5')
      await page.getByRole('table', { name: 'The next 5 times it is due' }).waitFor()
      await page.getByText(/^Empty means 5\d\smin, from the day between two runs\.$/).waitFor()
      await page.getByLabel('Owner').fill('ben')
      await page.getByRole('button', { name: 'Save' }).click()

      await page.getByRole('heading', { name: 'Waiting for the first signal…' }).waitFor()
      await page.getByText('Pages ben.').waitFor()
      await page.getByRole('button', { name: 'Copy' }).first().click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      const line = await page.evaluate<string>('navigator.clipboard.readText()')
      expect(line).toMatch(/^30 2 \* \* 1-5 {2}\/path\/to\/job && curl /)
      await run('sh', ['-c', line.replace('30 2 * * 1-5  /path/to/job', 'true')])

      await page.getByRole('heading', { name: /^Heard at \d\d:\d\d/ }).waitFor()
      console.log(`From signing in to the first signal in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
      await page.getByRole('link', { name: 'See etl-returns' }).click()
      await page.getByRole('heading', { name: 'etl-returns', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.goto('/')
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it.skipIf(!hasChromium)(
    'need no script',
    async () => {
      const page = await surfing.tab('/', { token: null, noScript: true })
      await page.getByLabel('Token').fill(TOKEN)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('link', { name: 'New heartbeat' }).first().click()
      await page.getByLabel('Name').fill('pump')
      await page.getByText('Every', { exact: true }).click()
      await page.getByLabel('Interval').fill('ten')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Expected a duration such as 90s, 15m or 1h30m, found "ten".').waitFor()
      expect(await page.getByLabel('Name').inputValue()).toBe('pump')
      await surfing.shoot(page, 'new-flawed')
      await page.getByLabel('Interval').fill('10 min')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'Waiting for the first signal…' }).waitFor()
      await fetch(`${gateway.url}/hb/pump`, { headers: { Authorization: `Bearer ${await keyOf('pump')}` } })
      await page.reload()
      await page.getByRole('heading', { name: /^Heard at/ }).waitFor()
      expect((await gateway.get('/heartbeats/pump')).body).toMatchObject({ schedule: 'every 10m', signals: 1 })
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )

  it.skipIf(!hasChromium)(
    'are good to look at, and to listen to',
    async () => {
      await fetch(`${gateway.url}/api/v1/heartbeats/silent`, {
        method: 'PUT',
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ cron: '30 2 * * 1-5', owner: 'ben' }),
      })
      for (const [name, path] of Object.entries({
        'sign-in': '/sign-in?why=unauthorized',
        new: '/new?name=etl-orders&cron=30+2+*+*+1-5&owner=ben&tags=etl,+db',
        'new-window': '/new?name=report&window=06:00-08:00&on=mon-fri&zone=America/New_York',
        lines: '/heartbeats/silent/lines',
        'lines-heard': '/heartbeats/pump/lines',
      })) {
        const page = await surfing.tab(path)
        expect(await surfing.serious(page)).toEqual([])
        await surfing.shoot(page, name)
        await page.context().close()
      }
      expect(surfing.faults).toEqual([])
    },
    BROWSING,
  )
})

async function keyOf(name: string): Promise<string> {
  const { body } = await gateway.get(`/heartbeats/${name}`)
  return (body as { key: string }).key
}
