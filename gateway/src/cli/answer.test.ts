import { expect, it } from 'vitest'
import { ack, resolve } from './answer.ts'
import { run as runCommand, type Said, serveApi } from './shell.stage.ts'

const ID = 'inc-0a1b2c'
const HEARTBEAT: Said = {
  body: { name: 'pump-17', verdict: 'failed', since: '2026-03-02T10:00:00.000Z', incident: ID },
}
const ANSWERED: Said = { body: { id: ID, heartbeat: 'pump-17' } }

async function run(command: typeof ack, args: string[], url: string): Promise<[number, readonly string[]]> {
  const env = { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine', USER: 'ana' }
  const { code, lines } = await runCommand(command, args, { env })
  return [code, lines]
}

it('acknowledges the open incident of a heartbeat', async () => {
  const { url, asked } = await serveApi(HEARTBEAT, ANSWERED)
  expect(await run(ack, ['pump-17', '--note', 'on it'], url)).toEqual([
    0,
    ['inc-0a1b2c of pump-17 is acknowledged by ana'],
  ])
  expect(asked).toEqual([
    'GET /api/v1/heartbeats/pump-17 Bearer ovd_mine',
    'POST /api/v1/incidents/inc-0a1b2c/acknowledge Bearer ovd_mine {"by":"ana","note":"on it"}',
  ])
})

it('takes the id of an incident or of a storm, and somebody else’s name', async () => {
  const { url, asked } = await serveApi(ANSWERED, { body: { id: 'storm-1' } })
  expect(await run(resolve, [ID, '--by', 'ben'], url)).toEqual([0, ['inc-0a1b2c of pump-17 is resolved by ben']])
  expect(await run(ack, ['storm-1'], url)).toEqual([0, ['storm-1 is acknowledged by ana']])
  expect(asked).toEqual([
    'POST /api/v1/incidents/inc-0a1b2c/resolve Bearer ovd_mine {"by":"ben"}',
    'POST /api/v1/storms/storm-1/acknowledge Bearer ovd_mine {"by":"ana"}',
  ])
})

it.each([
  [
    'there is none',
    [{ body: { ...(HEARTBEAT.body as object), verdict: 'ok', incident: null } }],
    /has no open incident: it is ok since/,
  ],
  ['it is so already', [HEARTBEAT, { status: 409, body: {} }], /^pump-17 is acknowledged already, or over$/],
  [
    'the name is unknown',
    [{ status: 404 }, { body: { items: [{ name: 'pump-71' }] } }],
    /called pump-17, nearest: "pump-71"$/,
  ],
  ['the token is', [{ status: 401 }], /does not know this token/],
])('says so where %s', async (_, answers, problem) => {
  const { url } = await serveApi(...answers)
  expect(await run(ack, ['pump-17'], url)).toEqual([1, [expect.stringMatching(problem)]])
})

it('says that no incident is called so', async () => {
  const { url } = await serveApi({ status: 404 })
  expect(await run(ack, [ID], url)).toEqual([1, ['no incident is called inc-0a1b2c']])
})

it.each([[[]], [['a', 'b']], [['a/b/c']], [['a', '--nope']]])('%j is a usage error', async (args) => {
  const [code, [text]] = await run(resolve, args, 'http://127.0.0.1:1')
  expect([code, text]).toEqual([2, expect.stringContaining('\noverdue resolve INCIDENT|NAME')])
})
