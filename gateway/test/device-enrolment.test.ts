// Enrolment tokens: so many devices, whose names begin alike, are let in and make their own heartbeats.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DeviceStage, REFUSED } from './device-stage.ts'

const stage = new DeviceStage('signals: { open: false }\nheartbeats: [{ name: other, every: 1h }]\n')
const { gateway } = stage

beforeAll(() => gateway.start(), 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

it('lets in as many devices as it says, each once, and makes what they report with its terms', async () => {
  const terms = { every: '5m', group: 'hall-7', tags: ['pump'] }
  const { status, body } = await stage.act('POST', '/enrolments', { name: 'hall 7', prefix: 'pump-', count: 3, terms })
  expect([status, body]).toEqual([
    201,
    {
      ...{ id: expect.stringMatching(/^enrol-[\w-]{12}$/), token: expect.stringMatching(/^enr_[\w-]{22}$/) },
      ...{ name: 'hall 7', prefix: 'pump-', state: 'open', count: 3, taken: 0, last4: body.token.slice(-4) },
      ...{ schedule: 'every 5m', madeAt: expect.any(String), madeBy: 'admin', expiresAt: null },
    },
  ])
  const { token } = body
  for (const device of ['pump-1', 'pump-2', 'pump-1', 'pump-3', 'pump-3'])
    expect([device, await stage.publish(device, token)]).toEqual([device, 0])
  expect(await stage.publish('pump-4', token)).toBe(REFUSED)
  expect(await stage.publish('fan-1', token)).toBe(REFUSED)
  expect(await stage.publish('pump-2', token, 'hb/pump-2/battery')).toBe(0)
  expect((await stage.act('GET', '/heartbeats/pump-2%2Fbattery')).body).toMatchObject({
    ...{ group: 'hall-7', tags: ['pump'], schedule: 'every 5m', signals: 1 },
  })
  expect((await stage.act('GET', '/enrolments')).body.items[0]).toMatchObject({ state: 'full', taken: 3 })
  const devices = (await stage.act('GET', '/devices')).body.items
  expect(devices.map(({ device, state, heartbeats }) => [device, state, heartbeats])).toEqual([
    ['pump-1', 'enrolled', 1],
    ['pump-2', 'enrolled', 2],
    ['pump-3', 'enrolled', 1],
  ])
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(metrics).toContain('overdue_devices_refused_total{reason="exhausted"} 1')
  expect(metrics).toContain('overdue_devices_refused_total{reason="prefix"} 1')
})

it('lists devices page by page', async () => {
  const first = (await stage.act('GET', '/devices?limit=2')).body
  const rest = (await stage.act('GET', `/devices?limit=2&after=${first['next']}`)).body
  expect([first.items.length, rest.items.length, rest['next']]).toEqual([2, 1, null])
  expect((await stage.act('GET', '/devices?after=4000')).body).toEqual({ items: [], next: null })
})

it('lets no more in than it says when all come at once', async () => {
  const { token, id } = (await stage.act('POST', '/enrolments', { name: 'rush', prefix: 'rush-', count: 5 })).body
  const came = await Promise.all(Array.from({ length: 12 }, (_, place) => stage.publish(`rush-${place}`, token)))
  expect(came.filter((code) => code === 0)).toHaveLength(5)
  expect(came.filter((code) => code === REFUSED)).toHaveLength(7)
  const enrolment = (await stage.act('GET', '/enrolments')).body.items.find((each) => each.id === id)
  expect(enrolment).toMatchObject({ state: 'full', taken: 5 })
})

it('gives a device a token of its own over HTTP, and is good for that device no more', async () => {
  const wish = { name: 'fans', prefix: 'fan-', count: 2, terms: { every: '1m' } }
  const { token: enrolment } = (await stage.act('POST', '/enrolments', wish)).body
  expect(await stage.publish('fan-1', enrolment)).toBe(0)
  const enrolled = await stage.act('POST', '/devices/enrol', { device: 'fan-1' }, enrolment)
  expect(enrolled).toEqual({
    status: 201,
    body: { device: 'fan-1', topic: 'hb/fan-1', token: expect.stringMatching(/^dev_/) },
  })
  expect(await stage.publish('fan-1', enrolment)).toBe(REFUSED)
  expect(await stage.publish('fan-1', enrolled.body.token)).toBe(0)
  const direct = await stage.act('POST', '/devices/enrol', { device: 'fan-2' }, enrolment)
  const bearer = ['-H', `Authorization: Bearer ${direct.body.token}`]
  expect(await stage.curl('/hb/fan-2/battery', ...bearer)).toBe('201')
  expect((await stage.act('GET', '/heartbeats/fan-2%2Fbattery')).body['schedule']).toBe('every 1m')
  for (const [device, token, status, path] of [
    ['fan-3', enrolment, 403, 'token'],
    ['fan-1', enrolment, 409, undefined],
    ['pump-9', enrolment, 403, 'body.device'],
    ['fan-4', 'enr_AAAAAAAAAAAAAAAAAAAAAA', 401, 'token'],
    ['fan-4', direct.body.token, 401, 'token'],
    ['fan/4', enrolment, 400, 'body.device'],
  ] as const) {
    const refused = await stage.act('POST', '/devices/enrol', { device }, token)
    const problems = refused.body['problems'] as { path: string }[]
    expect([device, refused.status, path && problems[0]?.path]).toEqual([device, status, path])
  }
})

it('makes so many names for one device and no more', async () => {
  const { token } = (await stage.act('POST', '/enrolments', { name: 'greedy', prefix: 'greedy', count: 1 })).body
  const own = (await stage.act('POST', '/devices/enrol', { device: 'greedy' }, token)).body.token
  const statuses = []
  for (let name = 0; name < 52; name++) {
    const headers = { authorization: `Bearer ${own}` }
    statuses.push((await fetch(`${gateway.url}/hb/greedy/n${name}`, { headers })).status)
  }
  expect(statuses.filter((status) => status === 201)).toHaveLength(50)
  expect(statuses.filter((status) => status === 404)).toHaveLength(2)
})

it('ends when it is revoked, and so do the connections that it let in; own tokens stay', async () => {
  const wish = { name: 'valves', prefix: 'valve-', count: 5, terms: { every: '1m' } }
  const { token, id } = (await stage.act('POST', '/enrolments', wish)).body
  const own = (await stage.act('POST', '/devices/enrol', { device: 'valve-1' }, token)).body.token
  const [kept, gone] = [await stage.listen('valve-1', own), await stage.listen('valve-2', token)]
  const left = new Promise((resolve) => gone.once('exit', resolve))
  expect((await stage.act('DELETE', `/enrolments/${id}`)).status).toBe(204)
  expect(await left).toBe(REFUSED)
  expect(await stage.publish('valve-1', own)).toBe(0)
  expect((await stage.act('GET', '/devices/valve-1')).body['connected']).not.toBeNull()
  kept.kill()
  expect((await stage.act('DELETE', `/enrolments/${id}`)).status).toBe(409)
})

it('does not bring back a device that was revoked, and leaves its place taken', async () => {
  const { token, id } = (await stage.act('POST', '/enrolments', { name: 'doors', prefix: 'door-', count: 2 })).body
  expect(await stage.publish('door-1', token)).toBe(0)
  expect((await stage.act('DELETE', '/devices/door-1')).status).toBe(204)
  expect(await stage.publish('door-1', token)).toBe(REFUSED)
  expect((await stage.act('POST', '/devices/enrol', { device: 'door-1' }, token)).status).toBe(403)
  expect(await stage.publish('door-2', token)).toBe(0)
  expect(await stage.publish('door-3', token)).toBe(REFUSED)
  expect((await stage.act('GET', '/enrolments')).body.items.find((each) => each.id === id)).toMatchObject({ taken: 2 })
})

it('is refused for what can not be meant', async () => {
  for (const [path, body] of [
    ['body.prefix', { name: 'x', prefix: 'a/b', count: 1 }],
    ['body.prefix', { name: 'x', prefix: '+', count: 1 }],
    ['body.prefix', { name: 'x', prefix: '', count: 1 }],
    ['body.count', { name: 'x', prefix: 'a', count: 0 }],
    ['body.until', { name: 'x', prefix: 'a', count: 1, until: '2020-01-01T00:00:00Z' }],
    ['body.terms.every', { name: 'x', prefix: 'a', count: 1, terms: { every: 'often' } }],
    ['body.terms.policy', { name: 'x', prefix: 'a', count: 1, terms: { policy: 'no-such' } }],
  ] as const) {
    const { status, body: said } = await stage.act('POST', '/enrolments', body)
    expect([status, (said['problems'] as { path: string }[])[0]?.path]).toEqual([400, path])
  }
})

it('keeps its count over a kill -9', async () => {
  const { token } = (await stage.act('POST', '/enrolments', { name: 'gates', prefix: 'gate-', count: 2 })).body
  expect(await stage.publish('gate-1', token)).toBe(0)
  await gateway.end('SIGKILL')
  await gateway.start()
  for (const [device, code] of [
    ['gate-1', 0],
    ['gate-2', 0],
    ['gate-3', REFUSED],
  ] as const)
    expect([device, await stage.publish(device, token)]).toEqual([device, code])
})
