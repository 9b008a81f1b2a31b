// Drills as an operator meets them: the command line and the API of a real gateway, webhooks that answer and that don't.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort, GatewayProcess, TOKEN } from './process.ts'

type Page = { step: number; path: string; outcome: string | null; why: string | null; lastReachedAt: string | null }
type Drill = { id: string; heartbeat: string; policy: string; by: string; muted: string | null; pages: Page[] }
type List<T> = { items: T[]; next: string | null }

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const received: Record<string, unknown>[] = []
const receiver = createServer(async (req, res) => {
  let text = ''
  for await (const chunk of req) text += chunk
  received.push(JSON.parse(text))
  res.end()
})
let gateway: GatewayProcess

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  gateway = new GatewayProcess(`channels:
  - { name: ops, webhook: { url: "http://127.0.0.1:${(receiver.address() as AddressInfo).port}/" } }
  - { name: dead, webhook: { url: "http://127.0.0.1:${await freePort()}/" } }
webhooks: { allow: [127.0.0.0/8] }
policies:
  - name: default
    steps:
      - { page: [ops] }
      - { after: 15m, page: [ops, dead] }
  - { name: quiet, steps: [{ page: [ops] }] }
heartbeats:
  - { name: nightly-backup, cron: "0 3 * * *" }
  - { name: pump-17/battery, every: 1h, policy: quiet }
drills:
  - { heartbeat: nightly-backup, cron: "0 10 * * mon" }
`)
  await gateway.start()
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  receiver.close()
})

it('overdue drill pages everyone whom a miss would reach, and answers 0 when all of them were', async () => {
  const { code, out } = await overdue('drill', 'pump-17/battery')
  expect([code, out]).toEqual([0, expect.stringMatching(/^step 1, ops: delivered; last reached somebody at \S+Z\n$/)])
  expect(received.splice(0)).toMatchObject([
    {
      type: 'drill',
      text: 'DRILL asked for by tester: this is what you get when pump-17/battery is missed; nothing is wrong',
      heartbeat: { name: 'pump-17/battery' },
      page: { step: 1, target: 'ops', path: 'ops' },
    },
  ])
  expect((await gateway.get('/heartbeats/pump-17%2Fbattery')).body).toMatchObject({ verdict: 'unseen', incident: null })
  expect((await gateway.get('/incidents?state=all')).body).toEqual({ items: [], next: null })
})

it('a way that does not work is named with what is wrong, and answers 1', async () => {
  const { code, out } = await overdue('drill', 'nightly-backup', '--wait', '1s')
  const [first, second, third, ...more] = out.trimEnd().split('\n')
  expect([code, first, second, more]).toEqual([
    1,
    expect.stringMatching(/^step 1, ops: delivered; last reached somebody at /),
    expect.stringMatching(/^step 2, ops: delivered; last reached somebody at /),
    [],
  ])
  expect(third).toMatch(/^step 2, dead: still trying, .*refused.*; never reached anybody$/i)
  expect(received.splice(0)).toHaveLength(1)
})

it('a channel is tried alone', async () => {
  expect((await overdue('drill', '--channel', 'ops')).code).toBe(0)
  expect(received.splice(0)).toMatchObject([
    { type: 'drill', text: 'DRILL asked for by tester: a test of channel ops; nothing is wrong' },
  ])
  expect(await overdue('drill', '--channel', 'nobody')).toEqual({ code: 1, out: 'no channel is called nobody\n' })
  expect(await overdue('drill', 'nobody')).toEqual({ code: 1, out: 'no heartbeat is called nobody\n' })
})

it('the API answers 202 with the drill, and shows why a real miss would page nobody', async () => {
  expect(await (await fetch(`${gateway.url}/ping/pump-17/battery/silence?for=30m&msg=new+battery`)).text()).toBe('OK')
  const answer = await post('/heartbeats/pump-17%2Fbattery/drill', { by: 'ana' })
  expect(answer.status).toBe(202)
  const drill = (await answer.json()) as Drill
  expect(drill).toEqual({
    id: expect.stringMatching(/^drill-/),
    ...{ heartbeat: 'pump-17/battery', policy: 'quiet', by: 'ana', at: INSTANT },
    explanation: expect.stringMatching(/^No ok by /),
    muted: 'silenced by url: new battery',
    pages: [expect.objectContaining({ step: 1, path: 'ops' })],
  })
  const test = (await (await post('/channels/dead/test', { by: 'ben' })).json()) as Drill
  expect(test).toMatchObject({ heartbeat: '', policy: '', by: 'ben', muted: null, pages: [{ step: 1, path: 'dead' }] })

  const all = (await gateway.get('/drills')).body as List<Drill>
  expect(all.items.map(({ id, by }) => `${id} ${by}`).slice(0, 2)).toEqual([`${test.id} ben`, `${drill.id} ana`])
  const second = (await gateway.get(`/drills?limit=1&after=${test.id}`)).body as List<Drill>
  expect([second.items[0]?.id, second.next]).toEqual([drill.id, drill.id])
  expect((await gateway.get('/drills?after=nothing')).body).toEqual({ items: [], next: null })
  expect((await gateway.get(`/drills/${test.id}`)).body).toMatchObject({ id: test.id })
})

it('channels and ways show when they last reached somebody', async () => {
  const { items } = (await gateway.get('/channels')).body as List<object>
  expect(items).toMatchObject([
    { name: 'ops', lastReachedAt: INSTANT, lastReachedKind: 'drill' },
    { name: 'dead', lastReachedAt: null, lastReachedKind: null },
  ])
  const ways = (await gateway.get('/ways')).body as List<{ path: string }>
  expect(ways.items.map(({ path }) => path).sort()).toEqual(['ops'])
  expect(ways.items[0]).toEqual({ path: expect.any(String), channel: 'ops', lastReachedAt: INSTANT, kind: 'drill' })
})

it('the OpenAPI document describes all of it', async () => {
  const { paths } = (await gateway.get('/openapi.json')).body as { paths: Record<string, Record<string, Operation>> }
  for (const path of ['/drills', '/ways']) expectFit(paths[`/api/v1${path}`]?.['get'], (await gateway.get(path)).body)
  const begun = await post('/channels/ops/test', { by: 'ana' })
  expectFit(paths['/api/v1/channels/{name}/test']?.['post'], await begun.json())
})

it.each([
  ['/heartbeats/nobody/drill', { by: 'ana' }, 404],
  ['/channels/nobody/test', { by: 'ana' }, 404],
  ['/heartbeats/nightly-backup/drill', {}, 400],
  ['/heartbeats/nightly-backup/drill', { by: 'a\nb' }, 400],
  ['/channels/ops/test', { by: 'ana', note: 'x' }, 400],
])('POST %s with %j is answered %i', async (path, body, status) => {
  expect((await post(path, body)).status).toBe(status)
})

it('what became of drills outlives a restart', async () => {
  const waiting = async (): Promise<number> =>
    ((await gateway.get('/channels')).body as List<{ waiting: number }>).items[0]?.waiting ?? 0
  while ((await waiting()) > 0) await sleep(20)
  const before = (await gateway.get('/ways')).body
  const drills = ((await gateway.get('/drills')).body as List<Drill>).items.map(({ id }) => id)
  await gateway.end('SIGTERM')
  await gateway.start()
  expect((await gateway.get('/ways')).body).toEqual(before)
  expect(((await gateway.get('/drills')).body as List<Drill>).items.map(({ id }) => id)).toEqual(drills)
})

type Operation = { responses: { '2XX': { content: { 'application/json': { schema: object } } } } }

function expectFit(operation: Operation | undefined, value: unknown): void {
  const schema = operation?.responses['2XX'].content['application/json'].schema as object
  expect(Compile(schema).Errors(value)).toEqual([])
}

function post(path: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  return fetch(`${gateway.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function overdue(...args: string[]): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../bin/overdue'), ...args], {
    env: { PATH: process.env['PATH'], OVERDUE_URL: gateway.url, OVERDUE_TOKEN: TOKEN, USER: 'tester' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (text) => (out += String(text)))
  const [code] = await once(child, 'close')
  return { code, out }
}
