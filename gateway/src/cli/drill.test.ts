import { expect, it } from 'vitest'
import { drill } from './drill.ts'
import { serveApi as gateway, run as runCommand, type Said } from './shell.stage.ts'

const DELIVERED = {
  step: 1,
  path: 'ana › ops',
  outcome: 'delivered',
  why: null,
  lastReachedAt: '2026-03-02T10:00:01.000Z',
}
const WAITING = { step: 2, path: 'boss', outcome: null, why: 'connection refused', lastReachedAt: null }
const REFUSED = { ...WAITING, outcome: 'refused', why: 'answered 404', lastReachedAt: '2026-02-01T10:00:00.000Z' }

function drillOf(pages: readonly object[], muted: string | null = null): Said {
  return { status: 202, body: { id: 'drill-1', muted, pages } }
}

async function run(args: string[], env: Record<string, string>): Promise<[number, readonly string[]]> {
  const { code, lines } = await runCommand(drill, args, { env, readFile: (path) => `ovd_of-${path}\n` })
  return [code, lines]
}

it('starts a drill, waits until each page is settled, and says of each way whether it arrived', async () => {
  const { url, asked } = await gateway(
    drillOf([DELIVERED, WAITING], 'silenced by ben'),
    drillOf([DELIVERED, WAITING]),
    { status: 500, body: '' },
    drillOf([DELIVERED, REFUSED], 'silenced by ben'),
  )
  expect(await run(['pump-17/battery'], { OVERDUE_URL: url, USER: 'ana' })).toEqual([
    1,
    [
      'A real miss would page nobody now: silenced by ben',
      'step 1, ana › ops: delivered; last reached somebody at 2026-03-02T10:00:01.000Z',
      'step 2, boss: refused, answered 404; last reached somebody at 2026-02-01T10:00:00.000Z',
    ],
  ])
  const token = 'Bearer ovd_of-data/admin-token'
  expect(asked).toEqual([
    `POST /api/v1/heartbeats/pump-17%2Fbattery/drill ${token} {"by":"ana"}`,
    ...Array(3).fill(`GET /api/v1/drills/drill-1 ${token}`),
  ])
})

it('is good news only where every page was delivered', async () => {
  const good = await gateway(drillOf([DELIVERED]))
  expect((await run(['pump-17'], { OVERDUE_URL: good.url }))[0]).toBe(0)
  expect(good.asked).toEqual([expect.stringContaining('{"by":"overdue drill"}')])
  const nobody = await gateway(drillOf([]))
  expect(await run(['pump-17'], { OVERDUE_URL: nobody.url })).toEqual([
    1,
    ['drill-1 reaches nobody: its policy has no step that pages anybody now'],
  ])
})

it('tells what is still tried when the wait is over', async () => {
  const { url } = await gateway(drillOf([WAITING]))
  for (const wait of ['0s', '50ms'])
    expect(await run(['pump-17', '--wait', wait], { OVERDUE_URL: url })).toEqual([
      1,
      ['step 2, boss: still trying, connection refused; never reached anybody'],
    ])
})

it('tries a channel alone', async () => {
  const { url, asked } = await gateway(drillOf([DELIVERED]))
  expect((await run(['--channel', 'ops'], { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine', LOGNAME: 'ben\n' }))[0]).toBe(
    0,
  )
  expect(asked).toEqual(['POST /api/v1/channels/ops/test Bearer ovd_mine {"by":"ben"}'])
})

it('shows no control characters of what others answered', async () => {
  const { url } = await gateway(drillOf([{ ...REFUSED, why: 'said \u001b[2Jhello' }]))
  expect((await run(['pump-17'], { OVERDUE_URL: url }))[1][0]).toMatch(/^step 2, boss: refused, said {2}\[2Jhello; /)
})

it.each([
  [404, '{}', ['pump-17'], 'no heartbeat is called pump-17'],
  [404, '{}', ['--channel', 'ops'], 'no channel is called ops'],
  [401, '{}', ['pump-17'], /does not know this token: set OVERDUE_TOKEN/],
  [200, '<html>', ['pump-17'], /answered something else: is it Overdue\?$/],
  [503, '{}', ['pump-17'], /answered 503$/],
])('an answer %i with %j is bad news', async (status, body, args, problem) => {
  const { url } = await gateway({ status, body })
  expect(await run(args, { OVERDUE_URL: url })).toEqual([1, [expect.stringMatching(problem)]])
})

it('a gateway that can’t be reached is bad news', async () => {
  const [code, lines] = await run(['pump-17'], { OVERDUE_URL: 'http://127.0.0.1:1' })
  expect([code, lines[0]]).toEqual([1, expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 can't be reached: .+/)])
})

it.each([
  [[]],
  [['a', 'b']],
  [['a', '--channel', 'ops']],
  [['--all']],
  [['a/b/c']],
  [['a', '--wait', 'soon']],
  [['a', '--wait', '2h']],
  [['--channel', '']],
])('%j is a usage error', async (args) => {
  const [code, lines] = await run(args, {})
  expect([code, lines[0]]).toEqual([2, expect.stringContaining('\noverdue drill NAME')])
})

it('an address that is none is a usage error', async () => {
  expect(await run(['pump-17'], { OVERDUE_URL: 'pump' })).toEqual([2, [expect.stringMatching(/^OVERDUE_URL: /)]])
})
