import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Console, openReceiver, peopled, STARTING } from './console-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const receiver = await openReceiver()
const gateway = new GatewayProcess(peopled(receiver.url))
const site = new Console(gateway)

beforeAll(async () => {
  await gateway.start({ OVERDUE_MQTT: 'off' })
  for (const name of ['hall-7/router', 'hall-7/pump', 'backup']) await site.ping(`/hb/${name}`)
}, STARTING)
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  receiver.close()
}, STARTING)

describe('silences', () => {
  it('say beforehand whom they would mute', async () => {
    const preview = async (query: string): Promise<string> => (await site.page(`/silences/preview?${query}`)).text
    expect(await preview('groups=hall-*')).toContain('It mutes 2\u00a0heartbeats:</b> hall-7/router, hall-7/pump.')
    expect(await preview('names=backup,+hall-7/p*&severity=warning')).toContain('It mutes 2\u00a0heartbeats')
    expect(await preview('owners=nobody')).toContain('It mutes nobody now.')
    expect(await preview('all=1')).toContain('It mutes 3\u00a0heartbeats')
    expect(await preview('all=1&names=x')).toContain('match.all: expected either it or what it matches, got both')
    expect(await preview('')).toContain('Write what it matches')
  })

  it('are made and ended, with a form and nothing else', async () => {
    const made = await site.post('/silences', { names: 'backup', for: '2h', reason: '<b>disk</b>' })
    expect(made).toMatchObject({ status: 303, location: '/silences' })
    const { text } = await site.page('/silences')
    expect(text).toContain('<th scope="row">name backup<small>silence by admin</small>')
    expect(text).toContain('&#60;b&#62;disk&#60;/b&#62;')
    const [, path = ''] = /action="(\/silences\/silence-[\w-]+\/end)"/.exec(text) ?? []
    expect(await site.post(path)).toMatchObject({ status: 303 })
    expect((await site.page('/silences')).text).not.toContain('name backup')
    expect((await site.post(path)).status).toBe(404)
  })

  it('are planned as maintenance windows by cron, in the zone of the gateway', async () => {
    const window = { kind: 'maintenance', tags: 'pump', cron: '0 2 * * sun', for: '2h' }
    expect((await site.post('/silences', window)).status).toBe(303)
    expect((await site.page('/silences')).text).toContain('0 2 * * sun for 2h, Europe/Riga')
  })

  it.each([
    [{}, 'match: expected names, tags'],
    [{ names: 'x', for: 'for ever' }, 'for: expected a duration from 1m to 31d'],
    [{ names: 'x', from: 'tomorrow' }, 'from: expected an instant'],
    [{ names: 'x', kind: 'maintenance', cron: 'never' }, 'cron: expected'],
  ])('are refused with what was expected: %#', async (form, expected) => {
    const { status, text } = await site.post('/silences', form)
    expect(status).toBe(400)
    expect(text).toContain(expected)
  })

  it('of the file are ended in the file', async () => {
    expect((await site.page('/silences')).text).toContain('in overdue.yaml')
    const { status, text } = await site.post('/silences/of-file/end')
    expect(status).toBe(409)
    expect(text).toContain('overdue.yaml')
  })
})

describe('on call', () => {
  it('says who is, and lets somebody stand in until it is ended', async () => {
    expect((await site.page('/oncall')).text).toContain('<h1>ana is on call</h1>')
    const times = { from: '2026-01-01T00:00', to: '2099-01-01T00:00' }
    expect((await site.post('/oncall/overrides', { oncall: 'primary', who: 'ben', ...times })).status).toBe(400)
    const now = Temporal.Now.zonedDateTimeISO('Europe/Riga').toPlainDateTime()
    const from = now.subtract({ hours: 1 }).toString({ smallestUnit: 'minute' })
    const to = now.add({ hours: 3 }).toString({ smallestUnit: 'minute' })
    const made = await site.post('/oncall/overrides', { oncall: 'primary', who: 'ben', from, to })
    expect(made).toMatchObject({ status: 303, location: '/oncall/primary' })
    const { text } = await site.page('/oncall/primary')
    expect(text).toContain('<h1>ben is on call</h1>')
    const [, path = ''] = /action="(\/oncall\/overrides\/[\w-]+\/end)"/.exec(text) ?? []
    expect((await site.post(path)).status).toBe(303)
    expect((await site.page('/oncall')).text).toContain('<h1>ana is on call</h1>')
  })

  it.each([
    [{ oncall: 'primary', who: 'nobody', from: '2098-01-01T00:00', to: '2098-01-02T00:00' }, 404],
    [{ oncall: 'none', who: 'ben', from: '2098-01-01T00:00', to: '2098-01-02T00:00' }, 404],
    [{ oncall: 'primary', who: 'ben', from: '2098-01-02T00:00', to: '2098-01-01T00:00' }, 400],
    [{ oncall: 'primary', who: 'ben', from: 'soon', to: '' }, 400],
  ])('takes nobody who is none, and no time that is none: %#', async (form, status) => {
    expect((await site.post('/oncall/overrides', form)).status).toBe(status)
  })

  it('is not found by a name that is none', async () => {
    expect((await site.page('/oncall/none')).status).toBe(404)
  })
})

describe('channels', () => {
  it('are tried, and what was proven is shown', async () => {
    expect((await site.page('/channels')).text).toContain('No channel was ever proven')
    expect(await site.post('/channels/push/test')).toMatchObject({ status: 303, location: '/channels#drills' })
    await expect.poll(async () => (await site.page('/channels')).text).toContain('1 of 2 channels are proven')
    expect((await site.post('/channels/none/test')).status).toBe(404)
  })

  it('are tried down the whole path of a heartbeat', async () => {
    expect((await site.post('/channels/drill', { heartbeat: 'backup' })).status).toBe(303)
    await expect.poll(async () => (await site.page('/channels')).text).toContain('All 2 channels work')
    expect((await site.post('/channels/drill', { heartbeat: 'none' })).status).toBe(404)
  })
})

describe('tokens', () => {
  it('are shown once, and are good for what they say until they are revoked', async () => {
    const made = await site.post('/tokens', { name: '<ana>', scope: 'read', for: '30d' })
    const [, token = ''] = /<code id="token">(ovd_[\w-]{43})<\/code>/.exec(made.text) ?? []
    const guest = new Console(gateway)
    guest.token = token
    expect((await guest.page('/oncall')).status).toBe(200)
    const { text } = await site.page('/tokens')
    expect(text).toContain('&#60;ana&#62;')
    expect(text).not.toContain(token)
    const [, path = ''] = /formaction="(\/tokens\/[\w-]+\/revoke)"/.exec(text) ?? []
    const rotated = await site.post(path.replace('revoke', 'rotate'))
    expect(rotated.text).toContain('<code id="token">ovd_')
    expect((await guest.page('/oncall')).status).toBe(200)
    expect((await site.post(path)).status).toBe(303)
    expect((await guest.page('/oncall')).status).toBe(303)
  })

  it.each([[{ name: '', scope: 'read' }], [{ name: 'x', scope: 'all' }], [{ name: 'x', scope: 'read', for: '1s' }]])(
    'are not made of %j',
    async (form) => {
      expect((await site.post('/tokens', form)).status).toBe(400)
    },
  )
})

describe('an audit', () => {
  const audit = (jobs: unknown): string => JSON.stringify({ at: '', jobs, blind: [] })

  it('is shown with a button for each job that nobody watches', async () => {
    const schedule = { cron: '0 3 * * *', zone: 'Europe/Riga' }
    const jobs = [
      { name: 'backup', group: 'web-1', words: 'every day', schedule },
      { name: 'rotate', group: 'web-1', command: '<script>alert(1)</script>', owner: 'ana', schedule, pings: [] },
    ]
    expect(await site.post('/audit', { audit: audit(jobs) })).toMatchObject({ status: 303, location: '/audit' })
    const { text } = await site.page('/audit')
    expect(text).toContain('1 of 2\u00a0jobs is watched by nobody')
    expect(text).toContain(
      'href="/new?name=rotate&#38;cron=0+3+*+*+*&#38;zone=Europe%2FRiga&#38;owner=ana&#38;group=web-1"',
    )
    expect(text).toContain('&#60;script&#62;alert(1)')
  })

  it('is refused where it is none, or too long', async () => {
    expect((await site.post('/audit', { audit: 'crontab -l' })).status).toBe(400)
    expect((await site.post('/audit', { audit: 'x'.repeat(2_000_001) })).status).toBe(400)
    // What is far too long may be cut off while it is still being sent.
    const cut = () => ({ status: 413 })
    expect((await site.post('/audit', { audit: 'x'.repeat(9_000_000) }).catch(cut)).status).toBe(413)
    expect((await site.page('/audit')).text).toContain('1 of 2\u00a0jobs')
  })
})

it('no form of a session is taken without what only a page of this gateway knows', async () => {
  const login = await fetch(`${gateway.url}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: TOKEN }),
  })
  const { csrf } = (await login.json()) as { csrf: string }
  const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const post = async (form: Record<string, string>, site = 'same-origin'): Promise<number> => {
    const headers = { Cookie: cookie, 'Sec-Fetch-Site': site }
    const body = new URLSearchParams(form)
    return (await fetch(`${gateway.url}/channels/push/test`, { method: 'POST', headers, body, redirect: 'manual' }))
      .status
  }
  expect(await post({})).toBe(403)
  expect(await post({ csrf: `${csrf}x` })).toBe(403)
  expect(await post({ csrf }, 'cross-site')).toBe(403)
  expect(await post({ csrf })).toBe(303)
})
