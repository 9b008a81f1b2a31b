import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EventListener } from './event-listener.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const gateway = new GatewayProcess(`heartbeats:
  - { name: backup, every: 1h, group: vault }
  - { name: pump, every: 1h, group: hall-7 }
`)
const open: EventListener[] = []

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterEach(() => {
  for (const listener of open.splice(0)) listener.close()
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe('events', () => {
  it('tell of signals, verdicts, incidents and mutes, and how their heartbeat stands', async () => {
    const listener = await listen()
    await ping('backup')
    await soon(() => listener.events).toEqual(expect.arrayContaining(['verdict', 'signal']))
    await ping('backup/fail')
    await act('POST', '/silences', { match: { names: ['backup'] }, for: '1h', by: 'ana' })
    await soon(() => listener.events).toEqual(expect.arrayContaining(['incident', 'mute']))
    const verdicts = listener.heard.filter(({ event }) => event === 'verdict').map(({ data }) => data)
    expect(verdicts[0]).toEqual({
      ...{
        seq: expect.any(Number),
        type: 'verdict.changed',
        at: expect.stringMatching(/Z$/),
        seenAt: expect.any(String),
      },
      ...{ heartbeat: 'backup', group: 'vault', from: 'unseen', to: 'ok', rule: 'signal' },
      now: {
        ...{ verdict: 'ok', since: expect.any(String), lastSignalAt: expect.any(String) },
        ...{ dueAt: expect.any(String), deadlineAt: expect.any(String) },
      },
    })
    expect(verdicts.at(-1)).toMatchObject({ from: 'ok', to: 'failed', now: { verdict: 'failed' } })
    expect(listener.heard.find(({ event }) => event === 'mute')?.data).toMatchObject({ of: 'silence', by: 'ana' })
    const ids = listener.heard.filter(({ event }) => event !== 'signal').map(({ data }) => data['seq'] as number)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  it('tell of the signals of one heartbeat at most once a second', async () => {
    const listener = await listen('heartbeat=pump')
    const signals = () => listener.events.filter((event) => event === 'signal').length
    for (let n = 0; n < 200; n++) await ping('pump')
    await soon(signals).toBeGreaterThan(0)
    expect(signals()).toBeLessThan(20)
  })

  it('are those of one heartbeat or one group where that is asked, and what is for everybody', async () => {
    const [one, group] = [await listen('heartbeat=pump'), await listen('group=vault')]
    await ping('backup')
    await ping('pump')
    await act('POST', '/silences', { match: { names: ['x'] }, for: '1h', by: 'ana' })
    for (const [listener, name] of [
      [one, 'pump'],
      [group, 'backup'],
    ] as const) {
      await soon(() => listener.events).toEqual(expect.arrayContaining(['signal', 'mute']))
      const about = listener.heard.flatMap(({ data }) => data['heartbeat'] ?? [])
      expect(new Set(about)).toEqual(new Set([name]))
    }
  })

  it('go on from the last that was heard, each once and none left out', async () => {
    const first = await listen()
    await flip('pump')
    await soon(() => first.events.filter((event) => event === 'verdict').length).toBeGreaterThanOrEqual(2)
    first.close()
    const { lastId } = first
    await flip('pump')
    await flip('backup')
    const second = await listen('', { 'last-event-id': lastId })
    await flip('pump')
    const verdicts = () =>
      second.heard.filter(({ event }) => event === 'verdict').map(({ data }) => [data['heartbeat'], data['to']])
    await soon(() => verdicts().length).toBeGreaterThanOrEqual(6)
    expect(verdicts()).toEqual([
      ...[
        ['pump', 'failed'],
        ['pump', 'ok'],
        ['backup', 'failed'],
        ['backup', 'ok'],
      ],
      ...[
        ['pump', 'failed'],
        ['pump', 'ok'],
      ],
    ])
    expect(Number(second.heard[0]?.id)).toBeGreaterThan(Number(lastId))
    const third = await listen(`after=${lastId}`)
    await soon(() => third.heard.filter(({ event }) => event === 'verdict').length).toBe(6)
  })

  it('begin anew where the last that was heard is not known', async () => {
    const listener = await listen('', { 'last-event-id': '999999999' })
    await soon(() => listener.events).toEqual(['reset'])
  })

  it('need a token, and end with it', async () => {
    expect((await listen('', { authorization: 'Bearer ovd_x' })).status).toBe(401)
    const { token, id } = (await act('POST', '/tokens', { name: 'viewer', scope: 'read' })) as {
      token: string
      id: string
    }
    const listener = await listen('', { authorization: `Bearer ${token}` })
    expect(listener.status).toBe(200)
    await act('DELETE', `/tokens/${id}`)
    await soon(() => listener.isOver).toBe(true)
    expect(listener.events).not.toContain('token')
  })

  it('end when the gateway does', async () => {
    const listener = await listen()
    expect(await gateway.end('SIGTERM')).toBe(0)
    await soon(() => listener.isOver).toBe(true)
  })
})

async function listen(query = '', more: Readonly<Record<string, string>> = {}): Promise<EventListener> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...more }
  const listener = await EventListener.open(`${gateway.url}/api/v1/events?${query}`, headers)
  open.push(listener)
  return listener
}

async function ping(path: string): Promise<void> {
  await (await fetch(`${gateway.url}/ping/${path}`)).text()
}

async function flip(name: string): Promise<void> {
  await ping(`${name}/fail`)
  await ping(name)
}

async function act(method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  return answer.status === 204 ? undefined : await answer.json()
}

function soon<T>(ask: () => T) {
  return expect.poll(ask, { timeout: 20_000 })
}
