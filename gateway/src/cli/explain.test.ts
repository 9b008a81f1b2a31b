import { expect, it } from 'vitest'
import { explain } from './explain.ts'
import { run as runCommand, serveApi } from './shell.stage.ts'

async function run(
  name: readonly string[],
  env: Record<string, string>,
  readFile?: (path: string) => string,
): Promise<[number, readonly string[]]> {
  const { code, lines } = await runCommand(explain, name, { env, ...(readFile && { readFile }) })
  return [code, lines]
}

it.each([
  ['ok', 0],
  ['running', 0],
  ['late', 0],
  ['paused', 0],
  ['failed', 1],
  ['missed', 1],
  ['overrun', 1],
])('a heartbeat that is %s gives %i', async (verdict, code) => {
  const { url } = await serveApi({ body: { verdict, text: `pump-17 is ${verdict}.` } })
  expect(await run(['pump-17'], { OVERDUE_URL: url })).toEqual([code, [`pump-17 is ${verdict}.`]])
})

it('asks with the token of the environment, else with the one in the data folder', async () => {
  const { url, asked } = await serveApi({ body: { verdict: 'ok', text: 'fine' } })
  const files = (path: string): string => `ovd_of-${path}\n`
  await run(['pump-17/battery'], { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine' }, files)
  await run(['pump-17'], { OVERDUE_URL: url }, files)
  await run(['pump-17'], { OVERDUE_URL: url, OVERDUE_DATA: '/srv/overdue' }, files)
  await run(['pump-17'], { OVERDUE_URL: url })
  expect(asked).toEqual([
    'GET /api/v1/heartbeats/pump-17%2Fbattery/explain Bearer ovd_mine',
    'GET /api/v1/heartbeats/pump-17/explain Bearer ovd_of-data/admin-token',
    'GET /api/v1/heartbeats/pump-17/explain Bearer ovd_of-/srv/overdue/admin-token',
    'GET /api/v1/heartbeats/pump-17/explain undefined',
  ])
})

it.each([
  [404, '{}', 'no heartbeat is called pump-17'],
  [404, '{"items":[{"name":"pmup-17"},{"name":"x"}]}', 'no heartbeat is called pump-17, nearest: "pmup-17"'],
  [401, '{}', /does not know this token: set OVERDUE_TOKEN/],
  [200, '<html>', /answered something else: is it Overdue\?$/],
  [200, '{"text":1}', /is it Overdue\?$/],
  [500, '', /answered 500$/],
  [302, '', /answered 302$/],
])('an answer %i with %j is bad news', async (status, body, problem) => {
  const { url } = await serveApi({ status, body })
  const [code, lines] = await run(['pump-17'], { OVERDUE_URL: url })
  expect([code, lines]).toEqual([1, [expect.stringMatching(problem)]])
})

it('a gateway that can’t be reached is bad news', async () => {
  const [code, lines] = await run(['pump-17'], { OVERDUE_URL: 'http://127.0.0.1:1' })
  expect([code, lines[0]]).toEqual([1, expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 can't be reached: .+/)])
})

it.each([[[]], [['a', 'b']], [['--all']], [['a/b/c']]])('%j is a usage error', async (args) => {
  const [code, lines] = await run(args, {})
  expect([code, lines[0]]).toEqual([2, expect.stringContaining('\noverdue explain NAME')])
})

it('an address that is none is a usage error', async () => {
  expect(await run(['pump-17'], { OVERDUE_URL: 'pump' })).toEqual([2, [expect.stringMatching(/^OVERDUE_URL: /)]])
})
