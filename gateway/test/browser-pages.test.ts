import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, STARTING, Surfing } from './browser.ts'
import { Console, openReceiver, peopled } from './console-stage.ts'
import { GatewayProcess } from './process.ts'

const receiver = await openReceiver()
const MORE = `public: { groups: [hall-7], badges: false }
adopt:
  - { as: tasmota, every: 5m, group: attic }
  - { as: homie, window: "02:00-04:00", on: mon-fri }
`
const gateway = new GatewayProcess(peopled(receiver.url, MORE))
const site = new Console(gateway)
let client: MqttClient | undefined
let surfing: Surfing

/** Connected until the end, and heard under a name that nobody declared. */
async function attend(clientId: string, topic: string): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, { clientId, reconnectPeriod: 0 })
  await client.publishAsync(topic, 'ok', { qos: 1 })
  return client
}

beforeAll(async () => {
  await gateway.start()
  for (const name of ['hall-7/router', 'hall-7/pump', 'backup']) await site.ping(`/hb/${name}`)
  await site.ping('/ping/hall-7%2Fpump/fail?msg=no+space')
  await site.post('/silences', { names: 'backup', for: '2h', reason: 'disk is being replaced' })
  await site.post('/channels/push/test')
  await site.post('/tokens', { name: 'wall display', scope: 'read', for: '90d' })
  client = await attend('<b>bench</b>', 'hb/attic/sensor')
  await client.publishAsync('tele/plug/STATE', '{}', { qos: 1 })
  await client.publishAsync('homie/boiler/$state', 'ready', { qos: 1 })
  if (hasChromium) surfing = await Surfing.open(gateway)
}, STARTING)
afterAll(async () => {
  client?.end(true)
  await surfing?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  receiver.close()
}, STARTING)

describe.skipIf(!hasChromium)('every page', () => {
  it.each([
    ['incidents', '/incidents?state=all'],
    ['oncall', '/oncall'],
    ['oncall-one', '/oncall/primary'],
    ['silences', '/silences?groups=hall-*'],
    ['channels', '/channels'],
    ['devices', '/devices?name=backup'],
    ['tokens', '/tokens'],
    ['audit', '/audit'],
    ['status', '/status/hall-7'],
    ['status-none', '/status/attic'],
  ])(
    '%s pleases axe, fits a phone, breaks no policy',
    async (name, path) => {
      const page = await surfing.tab(path, name.startsWith('status') ? { token: null } : {})
      expect(await surfing.serious(page)).toEqual([])
      await surfing.shoot(page, name)
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await surfing.isTooWide(page)).toBe(false)
      expect(surfing.faults.filter((fault) => !/404/.test(fault))).toEqual([])
    },
    60_000,
  )

  it('of an incident as well', async () => {
    const page = await surfing.tab(`/incidents/${await site.incidentOf('hall-7/pump')}`)
    expect(await surfing.serious(page)).toEqual([])
    await surfing.shoot(page, 'incident')
  }, 60_000)

  it('of a storm as well', async () => {
    for (let number = 0; number < 12; number++) await site.ping(`/ping/storm-${number}/fail?create=1&every=1d`)
    const storms = async () => (await gateway.get('/storms')).body as { items: { id: string }[] }
    await expect.poll(async () => (await storms()).items.length, { timeout: 60_000 }).toBe(1)
    const page = await surfing.tab(`/incidents/${(await storms()).items[0]?.id}`)
    await page
      .getByText(/1[0-9] of \d+/)
      .first()
      .waitFor()
    expect(await surfing.serious(page)).toEqual([])
    await surfing.shoot(page, 'storm')
  }, 120_000)
})

describe.skipIf(!hasChromium)('with a script', () => {
  it('a silence says whom it mutes while it is written', async () => {
    const page = await surfing.tab('/silences')
    await page.getByLabel('Groups').fill('hall-*')
    await page.getByText('It mutes 2').waitFor()
    await page.getByLabel('Why').fill('pump is being serviced')
    await page.getByRole('button', { name: 'Silence', exact: true }).click()
    await page.getByRole('rowheader', { name: 'group hall-*' }).waitFor()
  }, 30_000)

  it('a device gets its token, with the line to paste, and an axe finds nothing to complain of', async () => {
    const page = await surfing.tab('/devices')
    await page.getByLabel('Device', { exact: true }).fill('attic')
    await page.getByRole('button', { name: 'Make token' }).click()
    await page.getByRole('heading', { name: 'The token of attic' }).waitFor()
    await page.getByRole('button', { name: 'Copy Over MQTT' }).waitFor()
    expect(await surfing.serious(page)).toEqual([])
    await page.getByRole('link', { name: 'Done' }).click()
    await page.getByLabel('Batch').fill('hall 7')
    await page.getByLabel('Names begin with').fill('pump-')
    await page.getByRole('button', { name: 'Make enrolment token' }).click()
    await page.getByRole('heading', { name: 'The enrolment token for hall 7' }).waitFor()
    await page.getByRole('link', { name: 'Done' }).click()
    await page.getByRole('rowheader', { name: /^hall 7/ }).waitFor()
    await page.getByRole('button', { name: 'Revoke attic' }).waitFor()
    expect(await surfing.serious(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await surfing.isTooWide(page)).toBe(false)
    await surfing.shoot(page, 'devices-known')
  }, 60_000)

  it('a new arrival is adopted as what it is', async () => {
    const page = await surfing.tab('/devices')
    await page.getByRole('rowheader', { name: '<b>bench</b>' }).waitFor()
    await page.getByRole('button', { name: 'Adopt attic/sensor' }).click()
    await page.waitForURL('**/heartbeats/attic%2Fsensor')
  }, 30_000)

  it('one that a rule covers is adopted as its rule says', async () => {
    const page = await surfing.tab('/devices')
    expect(await page.getByRole('row', { name: /^plug/ }).getByLabel('every').inputValue()).toBe('5m')
    await page
      .getByRole('row', { name: /^boiler/ })
      .getByText('window 02:00-04:00 on mon-fri')
      .waitFor()
    await page.getByRole('row', { name: /^plug/ }).getByRole('link', { name: 'with more' }).click()
    expect(await page.getByLabel('Group').inputValue()).toBe('attic')
    await page.goto(`${gateway.url}/devices`)
    await page.getByRole('button', { name: 'Adopt boiler' }).click()
    await page.waitForURL('**/heartbeats/boiler')
  }, 30_000)

  it('an audit is read from a file', async () => {
    const page = await surfing.tab('/audit')
    const jobs = [{ name: 'rotate-logs', group: 'web-1', words: 'every day at 03:00', schedule: { cron: '0 3 * * *' } }]
    const buffer = Buffer.from(JSON.stringify({ at: '', jobs, blind: [] }))
    await page.getByLabel('The file').setInputFiles({ name: 'audit.json', mimeType: 'application/json', buffer })
    await page.waitForFunction("document.getElementById('audit-text').value !== ''")
    await page.getByRole('button', { name: 'Show the audit' }).click()
    await page.getByRole('heading', { name: '1 of 1 job is watched by nobody' }).waitFor()
    expect(await surfing.serious(page)).toEqual([])
    await surfing.shoot(page, 'audit-shown')
    await page.getByRole('link', { name: /^Watch it.*rotate-logs$/ }).click()
    expect(await page.getByLabel('Name').first().inputValue()).toBe('rotate-logs')
  }, 60_000)
})
