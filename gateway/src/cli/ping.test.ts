import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ping } from './ping.ts'
import { serve as gateway, type Ran, run as runCommand } from './shell.stage.ts'

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return runCommand(ping, args, { env })
}

describe('overdue ping', () => {
  it('sends the event with what was said of it, and the key in the head', async () => {
    const asked: string[] = []
    const url = await gateway((req, res) => {
      asked.push(`${req.method} ${req.url} ${req.headers.authorization}`)
      res.writeHead(asked.length === 1 ? 201 : 200).end('OK')
    })
    const env = { OVERDUE_URL: `${url}/`, OVERDUE_TOKEN: 'the-key\n' }
    const rid = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'
    const good = { code: 0, lines: [], pauses: [] }
    expect(await run(['backup', '--create', '--every', '5m', '--msg', 'größer & mehr'], env)).toEqual(good)
    expect(await run(['pump-17/battery', '7', '--rid', rid, '--duration', '1m30s'], env)).toEqual(good)
    expect(await run(['backup', 'TERM', '--msg', 'help'], { OVERDUE_URL: url })).toEqual(good)
    expect(await run(['backup', '--url', url, '--key', 'other'], { OVERDUE_URL: 'nowhere' })).toEqual(good)
    expect(asked).toEqual([
      'POST /hb/backup/ok?every=5m&msg=gr%C3%B6%C3%9Fer+%26+mehr&create=1 Bearer the-key',
      `POST /hb/pump-17/battery/7?rid=${rid}&duration=1m30s Bearer the-key`,
      'POST /hb/backup/TERM?msg=help undefined',
      'POST /hb/backup/ok Bearer other',
    ])
  })

  it('sends no more of a message than the gateway keeps', async () => {
    let asked = 0
    const url = await gateway((req, res) => {
      asked = (req.url as string).length
      res.end('OK')
    })
    expect(await run(['backup', '--msg', 'x'.repeat(100_000)], { OVERDUE_URL: url })).toMatchObject({ code: 0 })
    expect(asked).toBe('/hb/backup/ok?msg='.length + 2000)
  })

  it('tries again while the gateway can’t take it, with growing pauses', async () => {
    let asked = 0
    const url = await gateway((_req, res) => res.writeHead(++asked < 3 ? 503 : 200).end())
    expect(await run(['backup'], { OVERDUE_URL: url })).toEqual({ code: 0, lines: [], pauses: [1000, 2000] })
  })

  it('gives up after the third try, and says what the gateway said last', async () => {
    let asked = 0
    const url = await gateway((_req, res) => res.writeHead(503).end(`not recorded, try ${++asked}`))
    const { code, lines } = await run(['backup'], { OVERDUE_URL: url })
    expect([code, lines]).toEqual([1, [`${url} answered 503: not recorded, try 3`]])
  })

  it.each([
    ['that hangs up', (...[req]: Parameters<RequestListener>) => void req.socket.destroy(), /can't be reached: /],
    ['that never answers', () => {}, /can't be reached: no answer in time$/],
  ])('tries a gateway %s three times', async (_, answer, problem) => {
    let asked = 0
    const url = await gateway((req, res) => {
      asked++
      answer(req, res)
    })
    const { code, lines } = await run(['backup', '--timeout', '50ms'], { OVERDUE_URL: url })
    expect([code, asked, lines.length]).toEqual([1, 3, 1])
    expect(lines[0]).toMatch(problem)
  })

  it.each([
    [404, 'not found'],
    [401, 'unauthorized'],
    [400, 'invalid uuid format'],
    [302, 'elsewhere'],
    [204, ''],
  ])('takes an answer %i as it is', async (status, text) => {
    let asked = 0
    const url = await gateway((_req, res) => {
      asked++
      res.writeHead(status, { location: '/elsewhere' }).end(text)
    })
    expect(await run(['backup'], { OVERDUE_URL: url })).toEqual({
      ...{ code: 1, pauses: [] },
      lines: [`${url} answered ${status}: ${text}`],
    })
    expect(asked).toBe(1)
  })

  it.each([
    [[], 'expected the name of a heartbeat'],
    [['a', 'ok', 'b'], 'expected a name and an event, got "b" too'],
    [['a/b/c'], 'name: expected one or two levels, got 3'],
    [['../api'], /^name: /],
    [['a', 'Fail'], /^event: expected .* got "Fail"/],
    [['a', '256'], /^event: /],
    [['a', 'exit'], /^event: /],
    [['a', 'silence'], /^event: /],
    [['a', '--every', '5m'], '--every: expected only beside --create'],
    [['a', '--timeout', '0'], '--timeout: expected 1ms to 10m, got "0"'],
    [['a', '--timeout', 'soon'], /^--timeout: /],
    [['a', '--msg'], /--msg/],
    [['a', '--nope'], /--nope/],
  ])('%j is a usage error', async (args, problem) => {
    const { code, lines } = await run(args)
    const [first, ...usage] = (lines[0] as string).split('\n')
    expect([code, usage[0]]).toEqual([2, expect.stringMatching(/^overdue ping NAME /)])
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })

  it.each(['gateway:8080', 'ftp://gateway', 'http://ana:s3cret@gateway', 'http://gateway/?x=s3cret'])(
    'OVERDUE_URL=%s is none, and not shown',
    async (url) => {
      const { code, lines } = await run(['backup'], { OVERDUE_URL: url })
      expect([code, lines.length]).toEqual([2, 1])
      expect(lines[0]).toMatch(/^OVERDUE_URL: expected /)
      expect(lines[0]).not.toContain('s3cret')
    },
  )
})
