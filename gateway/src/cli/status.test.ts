import { expect, it } from 'vitest'
import { run as runCommand, type Said, serveApi } from './shell.stage.ts'
import { status } from './status.ts'

const NOW = Date.parse('2026-03-02T10:00:00Z')
const item = (name: string, verdict: string, since = '2026-03-02T09:00:00.000Z') => ({
  ...{ name, verdict, since, owner: name === 'a' ? 'ana' : '', incident: null },
  ...{ lastSignalAt: '2026-03-02T09:30:00.000Z', dueAt: verdict === 'unseen' ? null : '2026-03-02T10:05:00.000Z' },
})
const page = (items: object[], next: string | null = null): Said => ({ body: { items, next } })

async function run(url: string, args: string[], rows?: number): Promise<[number, readonly string[]]> {
  const { code, lines } = await runCommand(status, args, {
    ...{ env: { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine' }, now: () => NOW },
    screen: () => (rows === undefined ? undefined : { columns: 80, rows, isColoured: false }),
  })
  return [code, lines.flatMap((line) => line.split('\n'))]
}

it('shows what is wrong first, the longest first, over all pages', async () => {
  const { url, asked } = await serveApi(
    page([item('fine', 'ok'), item('a', 'late'), item('paused', 'paused')], '2'),
    page([item('new', 'missed'), item('old', 'missed', '2026-02-27T07:00:00.000Z'), item('b', 'failed')]),
  )
  expect(await run(url, ['up', '--owner', 'ana', '--group', 'hall 7'])).toEqual([
    1,
    [
      'VERDICT  HEARTBEAT  SINCE  OWNER  LAST SEEN  DUE',
      'failed   b          1h            30m ago    in 5m',
      'missed   old        3d3h          30m ago    in 5m',
      'missed   new        1h            30m ago    in 5m',
      'late     a          1h     ana    30m ago    in 5m',
      'paused   paused     1h            30m ago    in 5m',
      'ok       fine       1h            30m ago    in 5m',
      '6 heartbeats: 1 failed, 2 missed, 1 late, 1 paused, 1 ok',
    ],
  ])
  expect(asked).toEqual([
    'GET /api/v1/heartbeats?owner=ana&group=hall+7&q=up&limit=1000 Bearer ovd_mine',
    'GET /api/v1/heartbeats?owner=ana&group=hall+7&q=up&limit=1000&after=2 Bearer ovd_mine',
  ])
})

it('shows on a terminal as many as it is high, or all', async () => {
  const items = Array.from({ length: 50 }, (_, index) => item(`job-${index}`, 'ok'))
  const { url } = await serveApi(page(items))
  const [code, lines] = await run(url, [], 10)
  expect([code, lines.length, lines.at(-1)]).toEqual([0, 9, '44 more, which are no worse: --all'])
  expect((await run(url, ['--all'], 10))[1]).toHaveLength(52)
  expect((await run(url, []))[1]).toHaveLength(52)
})

it('is good where only nobody is failed, missed or overrun', async () => {
  const { url } = await serveApi(page([item('a', 'late'), item('b', 'slow'), item('c', 'unseen')]), page([]))
  expect((await run(url, []))[0]).toBe(0)
  expect(await run(url, [])).toEqual([0, ['no heartbeat']])
})

it('gives programs all that the gateway said, in the same order', async () => {
  const [fine, bad] = [item('fine', 'ok'), { ...item('bad', 'overrun'), tags: ['x'] }]
  const { url } = await serveApi(page([fine, bad]))
  const [code, lines] = await run(url, ['--json'])
  expect([code, JSON.parse(lines.join('\n'))]).toEqual([1, { items: [bad, fine] }])
})

it('looks again and again where it watches, also while nobody answers', async () => {
  const { url } = await serveApi(page([item('a', 'ok')]), { status: 503 }, page([item('a', 'failed')]))
  const shown: string[] = []
  let looks = 0
  const watch = runCommand(status, ['--watch'], {
    env: { OVERDUE_URL: url },
    write: (text) => void shown.push(text),
    now: () => NOW,
    pause: () => (++looks < 3 ? Promise.resolve() : Promise.reject(new Error('that is enough'))),
  })
  await expect(watch).rejects.toThrow('that is enough')
  expect(shown.map((text) => text.split('\n').at(-1))).toEqual([
    '1 heartbeat: 1 ok',
    `${url} answered 503`,
    '1 heartbeat: 1 failed',
  ])
})

it.each([
  [401, { title: 'no' }, /does not know this token: set OVERDUE_TOKEN/],
  [200, '<html>', /answered something else: is it Overdue\?$/],
  [200, { items: [{ name: 'a' }], next: null }, /is it Overdue\?$/],
  [400, { problems: [{ path: 'query.q', expected: 'less', found: 'more' }] }, /: query.q: expected less, got more$/],
])('an answer %i with %j is bad news', async (code, body, problem) => {
  const { url } = await serveApi({ status: code, body })
  expect(await run(url, [])).toEqual([1, [expect.stringMatching(problem)]])
})

it.each([
  [['a', 'b'], 'expected one text, got "a b"'],
  [['--verdict', 'down'], /^--verdict: expected one of paused, failed, .* got "down"$/],
  [['--json', '--watch'], '--watch: expected without --json'],
  [['--nope'], /--nope/],
])('%j is a usage error', async (args, problem) => {
  const [code, [first, second]] = await run('http://127.0.0.1:1', args)
  expect([code, first, second]).toEqual([2, expect.stringMatching(problem), expect.stringMatching(/^overdue status /)])
})
