import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, STARTING, Surfing } from './browser.ts'
import { GatewayProcess } from './process.ts'

const gateway = new GatewayProcess(`zone: Europe/Riga
heartbeats:
  - { name: nightly-backup, every: 1h, owner: ana, group: data, tags: [backup] }
`)
let surfing: Surfing

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  if (hasChromium) surfing = await Surfing.open(gateway)
}, STARTING)
afterAll(async () => {
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe('the board', () => {
  it.skipIf(!hasChromium)('shows heartbeats', async () => {
    const page = await surfing.tab('/')
    await page.getByRole('rowheader', { name: 'nightly-backup' }).waitFor()
    expect(await surfing.serious(page)).toEqual([])
    await surfing.shoot(page, 'board')
    expect(surfing.faults).toEqual([])
  })
})
