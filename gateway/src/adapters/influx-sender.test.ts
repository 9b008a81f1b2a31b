import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliver } from './influx-bisect.ts'
import { createInfluxStub, type InfluxStub, linesOf, type StubMode } from './influx-sender.stage.ts'
import { createSender, type Sender, type Sent } from './influx-sender.ts'
import type { InfluxTarget } from './influx-target.ts'

const NOW = Date.parse('2026-11-26T01:00:00Z')
const LINES = linesOf(3)
/** Only a server that never answers makes a test wait for it. */
const SHORT = 300

let stub: InfluxStub
const senders: Sender[] = []
beforeEach(async () => {
  stub = await createInfluxStub()
})
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close()
  await stub[Symbol.asyncDispose]()
})

function sender(target: Partial<InfluxTarget> = {}, timeout?: number): Sender {
  const full: InfluxTarget = { url: stub.url, flavor: 'auto', database: 'overdue', ...target }
  const made = createSender(full, { now: () => NOW, ...(timeout !== undefined && { timeout }) })
  senders.push(made)
  return made
}

async function sendAfter(mode: StubMode, timeout?: number): Promise<Sent> {
  stub.mode = mode
  const connected = sender({}, timeout)
  await connected.connect()
  return await connected.send(LINES)
}

describe('a batch', () => {
  it('arrives as one request, zipped where it is worth it, with the login of its server', async () => {
    const target = sender({ username: 'ana', password: 'pw', retentionPolicy: 'raw' })
    expect(await target.connect()).toEqual({ kind: 'connected', flavor: 'v1', hasText: true })
    expect(await target.send(LINES)).toEqual({ kind: 'taken' })
    expect(await target.send(linesOf(5_000))).toEqual({ kind: 'taken' })
    expect(await target.send([])).toEqual({ kind: 'taken' })
    expect(stub.kept).toEqual([...LINES, ...linesOf(5_000)])
    expect(stub.writes.map(({ url }) => url)).toEqual(Array(2).fill('/write?db=overdue&rp=raw&precision=ns'))
    expect(stub.writes.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip'])
    expect(stub.writes[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ana:pw').toString('base64')}`)
  })

  it('keeps the path of a proxy, in front of everything', async () => {
    stub.databases = new Set()
    const target = sender({ url: `${stub.url}/tsdb/` })
    await target.connect()
    expect(await target.send(LINES)).toEqual({ kind: 'taken' })
    expect(stub.requests.map(({ url }) => url.split('?')[0])).toEqual([
      '/tsdb/ping',
      '/tsdb/write',
      '/tsdb/query',
      '/tsdb/write',
    ])
  })

  it.each<[string, StubMode, object]>([
    ['a 200 is as good as a 204', { status: 200 }, { kind: 'taken' }],
    ['a 201 without complaint, too', { status: 201, body: '{}' }, { kind: 'taken' }],
    [
      'a 201 of which a part was refused is not',
      {
        status: 201,
        body: '{"error":"partial write of line protocol occurred","data":[{"line_number":2,"error_message":"no"}]}',
      },
      { kind: 'refused', why: 'answered 201: partial write of line protocol occurred: no' },
    ],
    [
      'Enterprise has it and will hand it on',
      {
        status: 500,
        headers: { 'Content-Type': 'application/json' },
        body: '{"error":"write failed: hinted handoff queue not empty"}',
      },
      { kind: 'taken' },
    ],
    [
      '400',
      { status: 400, body: '{"error":"unable to parse"}' },
      { kind: 'refused', why: 'answered 400: unable to parse' },
    ],
    [
      '400 with the words in a header',
      { status: 400, headers: { 'X-Influxdb-Error': 'partial write' } },
      { kind: 'refused', why: 'answered 400: partial write' },
    ],
    [
      '422 of 2.x',
      { status: 422, headers: { 'Content-Type': 'application/json' }, body: '{"code":"x","message":"dropped=1"}' },
      { kind: 'refused', why: 'answered 422: dropped=1' },
    ],
    ['413', { status: 413 }, { kind: 'refused', why: 'answered 413', isTooLarge: true }],
    ['401', { status: 401 }, { kind: 'waits', because: 'unauthorized', why: 'answered 401' }],
    ['403', { status: 403 }, { kind: 'waits', because: 'unauthorized', why: 'answered 403' }],
    ['a redirect', { status: 302 }, { because: 'unreachable', why: 'answered 302; redirects are not followed' }],
    ['405', { status: 405 }, { kind: 'waits', because: 'unreachable', why: 'answered 405' }],
    ['503', { status: 503 }, { kind: 'waits', because: 'busy', why: 'answered 503' }],
    [
      '429 with seconds',
      { status: 429, headers: { 'Retry-After': '30' } },
      { kind: 'waits', because: 'busy', why: 'answered 429', retryAfter: 30_000 },
    ],
    [
      '503 with a date, by the clock of the server',
      {
        status: 503,
        headers: { 'Retry-After': 'Thu, 26 Nov 2026 09:02:00 GMT', Date: 'Thu, 26 Nov 2026 09:00:00 GMT' },
      },
      { kind: 'waits', because: 'busy', why: 'answered 503', retryAfter: 120_000 },
    ],
    [
      '503 with a very long wait',
      { status: 503, headers: { 'Retry-After': '86400' } },
      { kind: 'waits', because: 'busy', why: 'answered 503', retryAfter: 900_000 },
    ],
    [
      '503 with a wait that nobody can read',
      { status: 503, headers: { 'Retry-After': 'soon' } },
      { kind: 'waits', because: 'busy', why: 'answered 503' },
    ],
    ['a page of a proxy', { status: 502, body: `<p>\n\0${'x'.repeat(5_000)}` }, { because: 'busy' }],
  ])('%s', async (_, mode, expected) => {
    const sent = await sendAfter(mode)
    expect(sent).toMatchObject(expected)
    expect(stub.writes.length).toBe(1)
    if (sent.kind !== 'taken') {
      expect(sent.why.length).toBeLessThan(330)
      expect(sent.why).not.toMatch(/[\n\0]/)
    }
  })

  it('waits where the connection breaks, where nobody listens, and sends again on the way back', async () => {
    expect(await sendAfter('cut')).toMatchObject({ kind: 'waits', because: 'unreachable' })
    const target = senders[0] as Sender
    await stub.leave()
    expect(await target.send(LINES)).toMatchObject({
      because: 'unreachable',
      why: expect.stringMatching(/ECONNREFUSED/),
    })
    expect(await target.connect()).toMatchObject({ kind: 'waits', because: 'unreachable' })
    await stub.listen()
    stub.mode = 'take'
    expect(await target.connect()).toMatchObject({ kind: 'connected' })
    expect(await target.send(LINES)).toEqual({ kind: 'taken' })
    expect(stub.kept).toEqual(LINES)
  })

  it.each<StubMode>(['hang', 'drip'])('is not held longer than its time by a server that does %s', async (mode) => {
    expect(await sendAfter(mode, SHORT)).toEqual({
      kind: 'waits',
      because: 'unreachable',
      why: 'no answer within 0.3 s',
    })
    stub.mode = 'take'
    expect(await senders[0]?.send(LINES)).toEqual({ kind: 'taken' })
  })

  it('is taken by a slow server that answers in time', async () => {
    expect(await sendAfter({ slow: 50 }, 10_000)).toEqual({ kind: 'taken' })
  })

  it('that is under way ends with its sender', async () => {
    const sent = sendAfter('hang')
    while (stub.writes.length === 0) await new Promise(setImmediate)
    senders[0]?.close()
    expect(await sent).toEqual({ kind: 'waits', because: 'unreachable', why: 'closed' })
  })

  it('waits for a password that no header can carry, instead of ending the process', async () => {
    const target = sender({ flavor: 'v2', org: 'o', username: 'ana', password: 'ä\n’' })
    await target.connect()
    const sent = await target.send(linesOf(100))
    expect(sent).toMatchObject({ kind: 'waits', because: 'unreachable', why: expect.stringMatching(/authorization/) })
    expect(JSON.stringify(sent)).not.toContain('ä')
  })
})

describe('a database that is missing', () => {
  it('is made and written to, also where it goes later', async () => {
    stub.databases = new Set()
    const target = sender({ database: 'a "b" \\' })
    await target.connect()
    expect(await target.send(LINES)).toMatchObject({ kind: 'waits', because: 'missing' })
    expect(stub.requests.find(({ url }) => url === '/query')?.body).toBe(
      String(new URLSearchParams({ q: 'CREATE DATABASE "a \\"b\\" \\\\"' })),
    )
    const plain = sender({ retentionPolicy: 'raw' })
    await plain.connect()
    expect(await plain.send(LINES)).toEqual({ kind: 'taken' })
    expect(stub.requests.filter(({ url }) => url === '/query').at(-1)?.body).toMatch(/WITH\+NAME\+%22raw%22$/)
    stub.databases.clear()
    expect(await plain.send(LINES)).toEqual({ kind: 'taken' })
  })

  it('waits where it may not be made, with the words of both answers', async () => {
    Object.assign(stub, { databases: new Set(), mayCreate: false })
    const target = sender()
    await target.connect()
    expect(await target.send(LINES)).toEqual({
      kind: 'waits',
      because: 'missing',
      why: 'answered 404: database not found: "overdue"; not made: answered 403: error authorizing query: requires admin privilege',
    })
    expect(stub.writes.length).toBe(1)
  })

  it('is a bucket of its organisation for 2.x', async () => {
    Object.assign(stub, { databases: new Set(), ping: { status: 204, headers: { 'X-Influxdb-Version': 'v2.7.1' } } })
    const target = sender({ org: 'my home', token: 'secret' })
    expect(await target.connect()).toMatchObject({ flavor: 'v2' })
    expect(await target.send(LINES)).toEqual({ kind: 'taken' })
    expect(stub.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /ping',
      'POST /api/v2/write?org=my%20home&bucket=overdue&precision=ns',
      'GET /api/v2/orgs?org=my%20home',
      'POST /api/v2/buckets',
      'POST /api/v2/write?org=my%20home&bucket=overdue&precision=ns',
    ])
    expect(JSON.parse(stub.requests[3]?.body ?? '')).toEqual({ orgID: '0f00', name: 'overdue', retentionRules: [] })
    expect(new Set(stub.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Token secret']))
    stub.databases?.clear()
    stub.mayCreate = false
    expect(await target.send(LINES)).toMatchObject({ because: 'missing', why: expect.stringMatching(/insufficient/) })
  })

  it('of VictoriaMetrics and 3 is not made by anybody', async () => {
    Object.assign(stub, { databases: new Set(), ping: { status: 204, headers: { 'X-Server-Hostname': 'vm' } } })
    const target = sender()
    expect(await target.connect()).toEqual({ kind: 'connected', flavor: 'victoriametrics', hasText: false })
    expect(await target.send(LINES)).toMatchObject({ kind: 'waits', because: 'missing' })
    expect(stub.requests.length).toBe(2)
  })
})

describe('a greeting', () => {
  it.each<[string, InfluxStub['ping'], Partial<InfluxTarget>, object]>([
    ['3 is known', { status: 200, headers: { 'X-Influxdb-Version': '3.0.1' } }, {}, { flavor: 'v3', hasText: true }],
    ['somebody else is not', { status: 200, body: '<html>' }, {}, { because: 'missing' }],
    ['nobody there is not', { status: 404 }, {}, { because: 'missing' }],
    ['a wrong login is', { status: 401 }, {}, { because: 'unauthorized' }],
    ['a full server is', { status: 503, headers: { 'Retry-After': '7' } }, {}, { because: 'busy', retryAfter: 7_000 }],
    ['whoever says what it is needs no ping', { status: 404 }, { flavor: 'v3' }, { kind: 'connected', flavor: 'v3' }],
    ['but what speaks something else is found', { status: 400 }, { flavor: 'v3' }, { because: 'missing' }],
    [
      '2.x needs an organisation',
      { status: 204 },
      { flavor: 'v2' },
      { because: 'missing', why: expect.stringMatching(/^influx\.org/) },
    ],
  ])('%s', async (_, ping, target, expected) => {
    stub.ping = ping
    expect(await sender(target).connect()).toMatchObject(expected)
  })

  it('with who never answers ends', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as { port: number }
    const greeting = await sender({ url: `http://127.0.0.1:${port}` }, SHORT).connect()
    mute.close()
    expect(greeting).toMatchObject({ kind: 'waits', because: 'unreachable' })
  })
})

describe('bad lines', () => {
  it.each([
    ['whole batches are refused', { keepsTheOthers: false }],
    ['the others are kept', { keepsTheOthers: true }],
    ['3 keeps the others and says 201', { refusal: { status: 201, body: '{"error":"partial write"}' } }],
    ['bodies must be small', { mostBytes: 5_000 }],
  ])('are found by what is refused, where %s', async (_, how) => {
    Object.assign(stub, how)
    const lines = linesOf(1_000).map((line, index) => (index % 300 === 7 ? line.replace('n=1i', 'n=#bad') : line))
    const target = sender()
    await target.connect()
    const delivered = await deliver(lines, target)
    const isBad = (line: string): boolean => line.includes('#bad')
    expect(delivered).toMatchObject({ kind: 'done' })
    expect(delivered.dead.map(({ line }) => line).sort()).toEqual(lines.filter(isBad).sort())
    expect(new Set(stub.kept)).toEqual(new Set(lines.filter((line) => !isBad(line))))
  })
})
