// Silences as Grafana makes, shows, edits and expires them, against a gateway in a process of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALERTMANAGER, type Answered, ask, CONFIG, type Json, ping } from './grafana-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const SILENCES = `${ALERTMANAGER}/api/v2/silences`
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const gateway = new GatewayProcess(CONFIG)

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
}, 60_000)
afterAll(() => gateway[Symbol.asyncDispose]())

const matcher = (name: string, value: string, isRegex = false, isEqual = true) => ({ name, value, isRegex, isEqual })
const wish = (changes: object = {}) => ({
  matchers: [matcher('heartbeat', 'pump-1'), matcher('alertname', 'OverdueFailed')],
  ...{ startsAt: instant(0), endsAt: instant(60 * MINUTE), createdBy: 'ana', comment: 'moving racks' },
  ...changes,
})
const make = (body: object): Promise<Answered> => ask(gateway, 'POST', SILENCES, body)
const one = (method: string, id: string): Promise<Answered> =>
  ask(gateway, method, `${ALERTMANAGER}/api/v2/silence/${encodeURIComponent(id)}`)
const ours = async (): Promise<Json[]> =>
  (await ask(gateway, 'GET', SILENCES)).body.filter(({ id }: Json) => id !== 'cellar' && id !== 'sundays')

describe('a silence of Grafana', () => {
  it('is a silence here: it mutes, is listed on both sides, and pages again when it is expired', async () => {
    const { status, body } = await make(wish())
    expect(status).toBe(200)
    const id = body.silenceID
    expect(await gateway.get(`/silences/${id}`)).toMatchObject({
      status: 200,
      body: { by: 'ana', reason: 'moving racks', declaredBy: 'api', match: { labels: wish().matchers }, active: true },
    })
    expect((await one('GET', id)).body).toMatchObject({
      ...{ id, status: { state: 'active' }, createdBy: 'ana', comment: 'moving racks', matchers: wish().matchers },
    })
    await ping(gateway, 'pump-1/fail')
    const [incident] = ((await gateway.get('/incidents')).body as Json).items
    expect(incident).toMatchObject({ heartbeat: 'pump-1', muted: { by: 'silence', what: id }, pages: [] })
    expect(await one('DELETE', id)).toMatchObject({ status: 200, body: {} })
    expect(await one('DELETE', id)).toMatchObject({ status: 404, body: 'silence not found' })
    await expect
      .poll(async () => (await gateway.get(`/incidents/${incident.id}`)).body, { timeout: 10_000 })
      .toMatchObject({ muted: null, pages: [{ channel: 'ops' }] })
  })

  it('is replaced by what it is edited into', async () => {
    const { body } = await make(
      wish({ matchers: [matcher('group', 'hall-.*', true), matcher('severity', 'warning', false, false)] }),
    )
    const [listed] = await ours()
    const edited = await make({ ...listed, endsAt: instant(120 * MINUTE), comment: 'takes longer' })
    expect(edited.status).toBe(200)
    expect(edited.body.silenceID).not.toBe(body.silenceID)
    expect(await ours()).toMatchObject([
      { id: edited.body.silenceID, comment: 'takes longer', matchers: listed.matchers, startsAt: listed.startsAt },
    ])
    expect(await make({ ...listed, id: body.silenceID })).toMatchObject({ status: 404, body: 'silence not found' })
    await one('DELETE', edited.body.silenceID)
  })

  it('takes no isEqual for true, and may begin later', async () => {
    const matchers = [{ name: 'owner', value: 'ana', isRegex: false }]
    const { body } = await make(wish({ matchers, startsAt: instant(DAY), endsAt: instant(2 * DAY) }))
    expect(await ours()).toMatchObject([{ status: { state: 'pending' }, matchers: [matcher('owner', 'ana')] }])
    await one('DELETE', body.silenceID)
  })

  it.each([
    ['a regular expression that can’t be read', { matchers: [matcher('a', '(', true)] }, 'matchers[0].value'],
    ['a name that is none', { matchers: [matcher('a-b', 'x')] }, 'matchers[0].name'],
    ['everything, by mistake', { matchers: [matcher('a', '.*', true)] }, 'does not fit an empty text'],
    ['no instant', { startsAt: 'now' }, 'startsAt: expected an instant'],
    ['an end before its beginning', { startsAt: instant(2 * DAY), endsAt: instant(DAY) }, 'at least 1m after from'],
    ['an end in the past', { endsAt: instant(-MINUTE) }, 'at least 1m after now'],
    ['an end beyond a month', { endsAt: instant(32 * DAY) }, 'at most 31d from now'],
  ])('is refused with %s, and a sentence says so', async (_, changes, why) => {
    expect(await make(wish(changes))).toMatchObject({ status: 400, body: expect.stringContaining(why) })
    expect(await ours()).toEqual([])
  })

  it.each([
    { matchers: [] },
    { matchers: undefined },
    { matchers: Array(101).fill(matcher('a', 'b')) },
    { comment: 'x'.repeat(3_000) },
  ])('is refused in the words of Alertmanager where it is none: %j', async (changes) => {
    expect(await make(wish(changes))).toMatchObject({ status: 400, body: { code: 400, message: expect.any(String) } })
  })
})

describe('other silences and windows', () => {
  it('are shown as matchers, and those of the file can’t be changed from here', async () => {
    const { body } = await ask(gateway, 'GET', SILENCES)
    expect(body).toMatchObject([
      {
        id: 'cellar',
        status: { state: 'active' },
        createdBy: 'the file',
        comment: expect.stringMatching(/^flooded — overdue\.yaml declares cellar/),
        matchers: [matcher('group', 'cellar.*', true)],
      },
      { id: 'sundays', status: { state: 'pending' }, matchers: [matcher('tags', '.*,db,.*', true)] },
    ])
    for (const id of ['cellar', 'sundays']) {
      const fixed = { status: 409, body: expect.stringContaining('overdue.yaml') }
      expect(await one('DELETE', id)).toMatchObject(fixed)
      expect(await make(wish({ id }))).toMatchObject(fixed)
    }
  })

  it('are found by matchers', async () => {
    const ids = async (filter: string) =>
      (await ask(gateway, 'GET', `${SILENCES}?filter=${encodeURIComponent(filter)}`)).body.map(({ id }: Json) => id)
    expect(await ids('group=~"cellar.*"')).toEqual(['cellar'])
    expect(await ids('tags=~".*db.*"')).toEqual(['sundays'])
    expect(await ids('group="hall-7"')).toEqual([])
  })

  it('that were made over the API are ended, unless they repeat', async () => {
    const api = (method: string, path: string, body?: object) =>
      ask(gateway, method, `/api/v1${path}`, body, `Bearer ${TOKEN}`)
    const common = { match: { names: ['pump-*'], owners: ['ana', 'ben'] }, by: 'ben' }
    const once = await api('POST', '/maintenance', { ...common, from: instant(DAY), until: instant(2 * DAY) })
    const often = await api('POST', '/maintenance', { ...common, cron: '0 2 * * *', for: '1h' })
    expect((await one('GET', once.body.id)).body).toMatchObject({
      status: { state: 'pending' },
      matchers: [matcher('heartbeat', 'pump-.*', true), matcher('owner', 'ana|ben', true)],
    })
    expect(await one('DELETE', often.body.id)).toMatchObject({ status: 409, body: expect.stringContaining('repeats') })
    const edited = await make({ ...wish(), ...(await one('GET', once.body.id)).body, endsAt: instant(3 * DAY) })
    expect(await gateway.get(`/maintenance/${edited.body.silenceID}`)).toMatchObject({ status: 200 })
    expect((await one('DELETE', edited.body.silenceID)).status).toBe(200)
    expect((await gateway.get('/maintenance')).body).toMatchObject({
      items: [{ id: 'sundays' }, { id: often.body.id }],
    })
  })
})

function instant(ahead: number): string {
  return new Date(Date.now() + ahead).toISOString()
}
