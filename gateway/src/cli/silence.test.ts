import { expect, it } from 'vitest'
import { run as runCommand, type Said, serveApi } from './shell.stage.ts'
import { silence } from './silence.ts'

const NOW = Date.parse('2026-03-02T10:00:00Z')
const KNOWN: Said = { body: { name: 'a', verdict: 'ok', since: '2026-03-02T09:00:00.000Z', incident: null } }
const MUTE = {
  ...{ id: 'silence-1', match: { names: ['pump-17'], tags: ['db'] }, by: 'ana', reason: 'racks', declaredBy: 'api' },
  ...{
    active: true,
    from: '2026-03-02T10:00:00.000Z',
    until: '2026-03-02T12:00:00.000Z',
    incidents: ['inc-1', 'inc-2'],
  },
}

async function run(args: string[], url: string): Promise<[number, readonly string[]]> {
  const env = { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine', USER: 'ana' }
  const { code, lines } = await runCommand(silence, args, { env, now: () => NOW })
  return [code, lines]
}

it('silences heartbeats that there are, and says whom that mutes', async () => {
  const { url, asked } = await serveApi(KNOWN, { status: 201, body: MUTE })
  expect(await run(['pump-17', 'hall-*', '--tag', 'db', '--for', '2h', '--reason', 'racks'], url)).toEqual([
    0,
    ['silence-1: name pump-17, tag db, until 2026-03-02T12:00:00.000Z; 2 open incidents muted'],
  ])
  expect(asked).toEqual([
    'GET /api/v1/heartbeats/pump-17 Bearer ovd_mine',
    'POST /api/v1/silences Bearer ovd_mine {"match":{"names":["pump-17","hall-*"],"tags":["db"]},"for":"2h","by":"ana","reason":"racks"}',
  ])
})

it.each([
  [['--group', 'hall-7', '--for', '2h'], { groups: ['hall-7'] }, { for: '2h' }],
  [['--owner', 'ana', '--owner', 'ben', '--for', '2h'], { owners: ['ana', 'ben'] }, { for: '2h' }],
  [['--all', '--until', '2026-03-03'], { all: true }, { until: '2026-03-03' }],
])('%j', async (args, match, when) => {
  const { url, asked } = await serveApi({ status: 201, body: MUTE })
  expect((await run(args, url))[0]).toBe(0)
  expect(asked).toEqual([`POST /api/v1/silences Bearer ovd_mine ${JSON.stringify({ match, ...when, by: 'ana' })}`])
})

it('silences nobody where one of the names is unknown', async () => {
  const { url, asked } = await serveApi({ status: 404 }, { body: { items: [{ name: 'pump-18' }] } })
  expect(await run(['pump-81', '--for', '2h'], url)).toEqual([
    1,
    ['no heartbeat is called pump-81, nearest: "pump-18"'],
  ])
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([])
})

it('says what the gateway has against it', async () => {
  const problems = [{ path: 'body.for', expected: 'a duration from 1m to 31d', found: '"1s"' }]
  const { url } = await serveApi({ status: 400, body: { problems } })
  expect(await run(['--all', '--for', '1s'], url)).toEqual([
    1,
    [`${url} answered 400: body.for: expected a duration from 1m to 31d, got "1s"`],
  ])
})

it('lists what is silenced, or will be', async () => {
  const later = {
    ...MUTE,
    id: 'rack-move',
    active: false,
    from: '2026-03-02T11:00:00.000Z',
    by: '',
    declaredBy: 'file',
  }
  const { url } = await serveApi({ body: { items: [MUTE, { ...later, match: {}, incidents: [], reason: '' }] } })
  expect(await run(['--list'], url)).toEqual([
    0,
    [
      'ID         WHAT                  BEGINS  ENDS   INCIDENTS  BY    REASON',
      'silence-1  name pump-17, tag db          in 2h  2          ana   racks',
      'rack-move  everything            in 1h   in 2h             file',
    ],
  ])
  const [code, [text]] = await run(['--list', '--json'], url)
  expect([code, JSON.parse(text as string).items[0]]).toEqual([0, MUTE])
})

it('ends one', async () => {
  const { url, asked } = await serveApi({ status: 204 }, { status: 404 })
  expect(await run(['--end', 'silence-1'], url)).toEqual([0, ['silence-1 is ended: what is still wrong pages']])
  expect(asked).toEqual(['DELETE /api/v1/silences/silence-1?by=ana Bearer ovd_mine'])
  expect(await run(['--end', 'silence-2'], url)).toEqual([1, ['no silence is called silence-2']])
})

it.each([
  [[], 'expected a name, --group, --tag, --owner or --all'],
  [['--for', '2h'], 'expected a name, --group, --tag, --owner or --all'],
  [['a'], 'expected --for or --until'],
  [['a', '--for', '2h', '--until', '2026-03-03'], 'expected --for or --until'],
  [['a', '--for', 'long'], '--for: expected a duration such as 2h, got "long"'],
  [['a/b/c', '--for', '2h'], 'name: expected one or two levels, got 3'],
  [['a', '--list'], '--list and --end: expected alone'],
  [['--list', '--end', 'x'], '--list and --end: expected alone'],
])('%j is a usage error', async (args, problem) => {
  const [code, [text]] = await run(args, 'http://127.0.0.1:1')
  expect([code, (text as string).split('\n')[0]]).toEqual([2, problem])
})
