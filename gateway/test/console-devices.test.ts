// The credentials on the page of devices, posted as a browser without a script posts them; the lines that it shows are run.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Console, STARTING } from './console-stage.ts'
import { DeviceStage, REFUSED } from './device-stage.ts'
import { TOKEN } from './process.ts'

const stage = new DeviceStage('signals: { open: false }\nheartbeats: [{ name: pump-17, every: 1h }]\n')
const { gateway } = stage
const page = new Console(gateway)

beforeAll(() => gateway.start(), STARTING)
afterAll(() => gateway[Symbol.asyncDispose]())

it('gives a device a token, shows it once, and its lines are heard', async () => {
  const { status, text } = await page.post('/devices/tokens', { device: 'pump-17', for: '30d' })
  expect(status).toBe(200)
  const shown = codes(text)
  expect(Object.keys(shown)).toEqual(['token', 'mqtt', 'http'])
  expect(shown['token']).toMatch(/^dev_[\w-]{22}$/)
  for (const line of [shown['mqtt'], shown['http']]) expect([line, runs(line)]).toEqual([line, 0])
  expect(await stage.signalsOf('pump-17')).toBe(2)
  const { text: list } = await page.page('/devices')
  expect(list).not.toContain(shown['token'])
  expect(section(list, 'tokens')).toMatch(/pump-17.*good until.*over HTTP.*Rotate.*Revoke/s)
  expect((await page.post('/devices/tokens', { device: 'pump-17' })).status).toBe(409)
  expect((await page.post('/devices/tokens', { device: 'a/b' })).status).toBe(400)
})

it('rotates it, the one before being good for a day, and revokes it', async () => {
  const first = codes((await page.post('/devices/tokens', { device: 'fan' })).text)['token'] as string
  const second = codes((await page.post('/devices/tokens/rotate', { device: 'fan' })).text)['token'] as string
  expect([await stage.publish('fan', first), await stage.publish('fan', second)]).toEqual([0, 0])
  expect(section((await page.page('/devices')).text, 'tokens')).toContain('the one before, too, until')
  expect(await page.post('/devices/tokens/revoke', { device: 'fan' })).toMatchObject({
    ...{ status: 303, location: '/devices#tokens' },
  })
  expect([await stage.publish('fan', first), await stage.publish('fan', second)]).toEqual([REFUSED, REFUSED])
  expect(section((await page.page('/devices')).text, 'tokens')).toContain('revoked by admin')
  expect((await page.post('/devices/tokens/rotate', { device: 'nobody' })).status).toBe(404)
})

it('makes an enrolment token whose lines let a device in, and revokes it', async () => {
  const wish = { name: '<b>hall</b> 7', prefix: 'valve-', count: '2', every: '5m', group: 'hall-7', for: '7d' }
  const { text } = await page.post('/devices/enrolments', wish)
  const shown = codes(text)
  expect(text).not.toContain('<b>hall')
  expect([runs(shown['mqtt']), runs(shown['enrol'])]).toEqual([0, 0])
  const { body } = await stage.act('GET', '/heartbeats/valve-1')
  expect(body).toMatchObject({ schedule: 'every 5m', group: 'hall-7', signals: 1 })
  const list = (await page.page('/devices')).text
  expect(list).not.toContain('<b>hall')
  expect(section(list, 'enrolments')).toMatch(/valve-….*1 of 2.*until/s)
  const action = /action="(\/devices\/enrolments\/[^"]+\/revoke)"/.exec(list)?.[1] as string
  expect((await page.post(action)).status).toBe(303)
  expect(await stage.publish('valve-2', shown['token'] as string)).toBe(REFUSED)
  expect(section((await page.page('/devices')).text, 'enrolments')).toContain('revoked')
  for (const wrong of [
    { count: '0' },
    { count: 'many' },
    { name: '' },
    { prefix: '+' },
    { every: 'often' },
    { for: '1s' },
  ])
    expect([wrong, (await page.post('/devices/enrolments', { ...wish, ...wrong })).status]).toEqual([wrong, 400])
})

it('shows what devices were refused, as text', async () => {
  const { token } = (await stage.act('POST', '/devices', { device: 'curious' })).body
  await stage.publish('curious', token, 'hb/<script>alert(1)</script>')
  const refused = section((await page.page('/devices')).text, 'denied')
  expect(refused).toContain('curious')
  expect(refused).toContain('hb/&#60;script&#62;')
  expect(refused).toContain('not its own')
})

it('has no buttons for who may only look, and none for tokens but for an admin', async () => {
  for (const scope of ['read', 'write'] as const) {
    page.token = (await stage.act('POST', '/tokens', { name: scope, scope })).body.token
    const { text } = await page.page('/devices')
    expect(section(text, 'tokens')).toContain('pump-17')
    expect(text).not.toContain('/devices/tokens')
    expect(text).not.toContain('/devices/enrolments')
    for (const path of ['/devices/tokens', '/devices/tokens/rotate', '/devices/tokens/revoke', '/devices/enrolments'])
      expect([path, (await page.post(path, { device: 'pump-17' })).status]).toEqual([path, 403])
  }
  page.token = TOKEN
})

it('takes no form of a session that another site posts', async () => {
  const signedIn = await fetch(`${gateway.url}/session`, {
    ...{ method: 'POST', body: JSON.stringify({ token: TOKEN }) },
    headers: { 'content-type': 'application/json' },
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] as string
  const body = new URLSearchParams({ device: 'pump-17' })
  const post = (headers: object) =>
    fetch(`${gateway.url}/devices/tokens/revoke`, { method: 'POST', body, headers: { cookie, ...headers } })
  for (const headers of [{}, { origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'same-origin' }])
    expect((await post(headers)).status).toBe(403)
  expect((await stage.act('GET', '/devices/pump-17')).body['state']).toBe('good')
})

/** What stands in the page to be copied, by its id. */
function codes(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/<code id="(\w+)">([^<]*)<\/code>/g)]
  return Object.fromEntries(found.map(([, id, code = '']) => [id, unescaped(code)]))
}

function unescaped(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}

function section(text: string, id: string): string {
  return new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(text)?.[0] ?? ''
}

function runs(line: string | undefined): number | null {
  return spawnSync('sh', ['-c', `${line} >/dev/null`]).status
}
