// Against a real gateway in a process of its own, over both protocols.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { GatewayProcess } from '../../gateway/test/process.ts'
import { heartbeat } from '../src/heartbeat.ts'
import type { Options } from '../src/options.ts'
import type { Problem } from '../src/problem.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await new GatewayProcess('signals: { create: true }\n').start()
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

type Heard = {
  readonly kind: string
  readonly at: string
  readonly receivedAt: string
  readonly run: string | null
  readonly durationMs: number | null
  readonly message: string | null
  readonly metrics: object | null
}

/** Oldest first. */
async function heard(name: string): Promise<readonly Heard[]> {
  const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/signals?limit=1000`)
  return (body as { items?: Heard[] }).items?.toReversed() ?? []
}

const CLOSED = `signals: { open: false, pingKey: a-ping-key-of-the-tests }
heartbeats:
  - { name: a, every: 1h }
  - { name: pump-17/battery, every: 1h }
`
const problems: Problem[] = []
const onProblem = (problem: Problem): void => void problems.push(problem)

describe.each<[string, () => Options]>([
  ['http', () => ({ url: gateway.url, onProblem })],
  ['mqtt', () => ({ mqtt: `mqtt://127.0.0.1:${gateway.mqttPort}`, onProblem })],
])('over %s', (via, options) => {
  it('every kind of signal arrives with all it carries', async () => {
    const pump = heartbeat(`${via}-pump/battery`, options())
    const run = pump.start({ message: 'begins' })
    run.log('half way', { metrics: { rows: 60 } })
    run.fail(new TypeError('no “space” left'), { duration: '1m30s' })
    pump.ok({ metrics: { temp: -2.5 }, next: '6h', grace: '20m' })
    pump.checkpoint({ loss: 0.3 }, 'epoch 1')
    pump.bye({ next: '1d' })
    expect(await pump.flush()).toBe(true)
    const signals = await heard(`${via}-pump/battery`)
    const own = { run: run.id, metrics: null, message: null, durationMs: null }
    expect(signals).toMatchObject([
      { ...own, kind: 'start', message: 'begins' },
      { ...own, kind: 'log', message: 'half way', metrics: { rows: 60 } },
      { ...own, kind: 'fail', message: 'TypeError: no “space” left', durationMs: 90_000 },
      { ...own, kind: 'ok', run: null, metrics: { temp: -2.5 } },
      { ...own, kind: 'ok', run: null, metrics: { loss: 0.3 }, message: 'epoch 1' },
      { ...own, kind: 'bye', run: null },
    ])
    const { body } = await gateway.get(`/heartbeats/${via}-pump%2Fbattery`)
    const { at } = signals.at(-1) as Heard
    expect(Date.parse((body as { dueAt: string }).dueAt) - Date.parse(at)).toBe(86_400_000)
  })

  it('runs overlap under ids of their own, and each has its duration', async () => {
    const job = heartbeat(`${via}-job`, options())
    const results = [1, 2, 3].map((result) => job.around(() => sleep(1, result)))
    expect(await Promise.all(results)).toEqual([1, 2, 3])
    await job.flush()
    const signals = await heard(`${via}-job`)
    const runs = Map.groupBy(signals, ({ run }) => run)
    expect(runs.size).toBe(3)
    for (const run of runs.values()) {
      expect(run.map(({ kind }) => kind)).toEqual(['start', 'ok'])
      expect(run[1]?.durationMs).toBeGreaterThan(0)
    }
    expect((await gateway.get(`/heartbeats/${via}-job`)).body).toMatchObject({ verdict: 'ok' })
  })

  it('a gateway that went away and came back has everything, once, in order, each at its own time', async () => {
    const shared = options()
    const [one, two] = [heartbeat(`${via}-away`, shared), heartbeat(`${via}-away-too`, shared)]
    one.ok()
    expect(await one.flush()).toBe(true)
    await gateway.end('SIGKILL')
    const leftAt = Date.now()
    for (let count = 0; count < 40; count++) one.log(`${count}`)
    two.ok({ message: 'two' })
    expect(await one.flush()).toBe(false)
    expect(one.courier?.pending).toBe(41)
    await gateway.start()
    const backAt = Date.now()
    expect(await two.flush()).toBe(true)
    const signals = await heard(`${via}-away`)
    expect(signals.map(({ message }) => message)).toEqual([
      null,
      ...Array.from({ length: 40 }, (_, count) => `${count}`),
    ])
    for (const { at, receivedAt } of [...signals.slice(1), ...(await heard(`${via}-away-too`))]) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(leftAt)
      expect(Date.parse(at)).toBeLessThan(backAt)
      expect(Date.parse(receivedAt)).toBeGreaterThanOrEqual(leftAt)
    }
    expect(problems.filter(({ kind }) => kind !== 'away')).toEqual([])
  })
})

it('a key opens what is closed over MQTT, too, and a wrong one is told of, without it, and tried again', async () => {
  await using closed = await new GatewayProcess(CLOSED).start()
  const { body } = await closed.get('/heartbeats/pump-17%2Fbattery')
  const told: Problem[] = []
  const mqtt = `mqtt://127.0.0.1:${closed.mqttPort}`
  const ways = [(body as { key: string }).key, 'a-wrong-key-of-the-tests'].map((key) =>
    heartbeat('pump-17/battery', { mqtt, key, onProblem: (problem) => told.push(problem) }),
  )
  for (const way of ways) way.ok()
  expect(await Promise.all(ways.map((way) => way.flush()))).toEqual([true, false])
  expect(told.map(({ kind }) => kind)).toEqual(['away'])
  expect(told[0]?.text).toMatch(/^mqtt:.* can't be reached: Connection refused: Not authorized \(1 kept\)$/)
})

it('a key opens what is closed, and a wrong one is told of, without it, and tried again', async () => {
  await using closed = await new GatewayProcess(CLOSED).start()
  const told: Problem[] = []
  const ways = ['a-ping-key-of-the-tests', 'a-wrong-key-of-the-tests'].map((key) =>
    heartbeat('a', { url: closed.url, key, onProblem: (problem) => told.push(problem) }),
  )
  for (const way of ways) way.ok()
  expect(await Promise.all(ways.map((way) => way.flush()))).toEqual([true, false])
  expect(told.map(({ kind }) => kind)).toEqual(['away'])
  expect(told[0]?.text).toContain('answered 401')
  expect(told[0]?.text).not.toContain('a-wrong-key')
  const unknown = heartbeat('b', { url: closed.url, key: 'a-ping-key-of-the-tests', onProblem: (p) => told.push(p) })
  unknown.ok()
  expect(await unknown.flush()).toBe(true)
  expect(told[1]).toEqual({ kind: 'dropped', text: `b: ok is lost: ${closed.url} answered 404: not found` })
})
