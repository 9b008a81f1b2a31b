import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ended, exec, isThere, start, tellers, until } from './exec-stage.ts'
import { freePort, GatewayProcess } from './process.ts'

const JOB = ['--', 'sh', '-c', 'echo $$; exit 3']

describe('overdue exec while the gateway is away', () => {
  it('ends with the job’s own code where nobody listens, and tells a gateway that comes back', async () => {
    await using gateway = new GatewayProcess('signals: { create: true }\n')
    ;[gateway.httpPort, gateway.mqttPort] = [await freePort(), await freePort()]
    const mark = `MARK=${gateway.folder}`
    const { code, err } = await ended(start(gateway.url, ['backup', ...JOB], 'pipe', { MARK: gateway.folder }))
    expect(code).toBe(3)
    expect(err).toMatch(
      /^overdue: backup: http:\S+ can't be reached: .*; it is told for a minute from the background\n$/,
    )
    expect(tellers(mark)).toHaveLength(1)
    await gateway.start()
    const [end] = await until(async () => {
      const { status, body } = await gateway.get('/heartbeats/backup/signals')
      return status === 200 ? (body as { items: { at: string; receivedAt: string }[] }).items : undefined
    })
    expect(end).toMatchObject({ kind: 'fail', exit: 3 })
    // It ended before the gateway was there to hear of it.
    expect(Date.parse(end?.at ?? '')).toBeLessThan(Date.parse(end?.receivedAt ?? ''))
    await until(() => tellers(mark).length === 0)
  })

  it('is held up by a gateway that never answers no longer than it is told to, and leaves no zombie', async () => {
    const gateway = await stub()
    const { code, out } = await exec(gateway.url, 'backup', '--timeout', '500ms', '--quiet', ...JOB)
    // It is over, and nobody was answered yet.
    expect([code, gateway.waiting.length > 0, isThere(Number(out))]).toEqual([3, true, false])
    gateway.answer(200)
    await until(() => gateway.heard.some((line) => line.startsWith('POST /hb/backup/3?') && line.includes('age=')))
  })

  it('does not wait for the gateway before it starts the job', async () => {
    const gateway = await stub()
    const child = start(gateway.url, ['backup', '--', 'sh', '-c', 'echo begun; read go; echo $go'])
    await until(() => gateway.waiting.length === 1)
    const end = ended(child)
    child.stdin?.end('went on\n')
    await until(() => gateway.waiting.length === 2)
    // The job is over: what is told now is its end, although its start has had no answer.
    gateway.answer(200)
    expect(await end).toEqual({ code: 0, out: 'begun\nwent on\n', err: '' })
    expect(gateway.heard.map((line) => line.split(/[?=]/)[0])).toEqual(['POST /hb/backup/start', 'POST /hb/backup/0'])
  })

  it.each([500, 503, 429])('goes on in the background after an answer %i', async (status) => {
    const gateway = await stub(status)
    const { code, err } = await exec(gateway.url, 'backup', ...JOB)
    expect([code, err]).toEqual([3, expect.stringContaining(`answered ${status}: `)])
    gateway.answer(200)
    await until(() => gateway.heard.some((line) => line.includes('age=')))
  })

  it.each([
    [404, /answered 404: said 404: declare it, or say --create\n$/],
    [401, /answered 401: said 401\n$/],
  ])('takes an answer %i as it is, says it once, and runs the job', async (status, problem) => {
    const gateway = await stub(status)
    const { code, err } = await exec(gateway.url, 'backup', ...JOB)
    expect([code, err.split('\n').length, gateway.heard.length]).toEqual([3, 2, 2])
    expect(err).toMatch(problem)
  })

  it('stays until the gateway knows where it is told to wait', async () => {
    const gateway = await stub(503)
    const child = start(gateway.url, ['backup', '--wait', ...JOB])
    await until(() => gateway.heard.filter((line) => line.startsWith('POST /hb/backup/3')).length === 2)
    expect(child.exitCode).toBe(null)
    gateway.answer(200)
    expect((await once(child, 'close'))[0]).toBe(3)
    expect(gateway.heard.at(-1)).toContain('age=')
  })

  it('waits no longer where it is told to end, and leaves the telling to the background', async () => {
    const gateway = await stub(503)
    const child = start(gateway.url, ['backup', '--wait', ...JOB], 'pipe', { MARK: gateway.url })
    await until(() => gateway.heard.some((line) => line.startsWith('POST /hb/backup/3')))
    child.kill('SIGTERM')
    expect((await once(child, 'close'))[0]).toBe(3)
    gateway.answer(200)
    await until(() => tellers(`MARK=${gateway.url}`).length === 0)
    expect(gateway.heard.at(-1)).toContain('age=')
  })

  it('tells the start of a job that still runs when the gateway comes back', async () => {
    const gateway = await stub(503)
    const child = start(gateway.url, ['backup', '--', 'cat'])
    await until(() => gateway.heard.length === 1)
    gateway.answer(200)
    await until(() => gateway.heard.length === 2)
    child.stdin?.end()
    await once(child, 'close')
    const [first, again, end] = gateway.heard
    expect(first).toMatch(/^POST \/hb\/backup\/start\?rid=[0-9a-f-]{36} $/)
    expect(again).toMatch(/^POST \/hb\/backup\/start\?rid=[0-9a-f-]{36}&age=\d+ms $/)
    expect(end).toMatch(/^POST \/hb\/backup\/0\?rid=/)
  })

  it('keeps the key and the output of the job out of every list of processes', async () => {
    const gateway = await stub(503)
    const more = { MARK: gateway.url, OVERDUE_TOKEN: 'the-secret-key' }
    await ended(start(gateway.url, ['backup', '--', 'echo', 'the output'], 'pipe', more))
    const [teller] = tellers(`MARK=${gateway.url}`)
    expect(readFileSync(`/proc/${teller}/cmdline`, 'utf8')).not.toMatch(/secret|output|backup/)
    gateway.answer(200)
    await until(() => tellers(`MARK=${gateway.url}`).length === 0)
    expect(gateway.heard.at(-1)).toMatch(/ the output\n$/)
    expect(gateway.keys).toEqual(new Set(['Bearer the-secret-key']))
  })

  it('sends no more of the output than the gateway says that it keeps', async () => {
    const gateway = await stub(200, { 'Ping-Body-Limit': '7' })
    await exec(gateway.url, 'backup', '--', 'echo', 'much too long')
    expect(gateway.heard.at(-1)).toMatch(/ms o long\n$/)
  })

  it('runs the job where OVERDUE_URL is no address, and does not show it', async () => {
    expect(await exec('http://ana:s3cret@gateway', 'backup', '--', 'echo', 'well')).toEqual({
      code: 0,
      out: 'well\n',
      err: expect.stringMatching(
        /^overdue: OVERDUE_URL: expected an address without user [^\n]*; the command runs untold\n$/,
      ),
    })
  })

  it('runs nothing where its own line is not understood', async () => {
    expect(await exec('http://127.0.0.1:1', 'backup', '--every', 'often', '--', 'echo', 'ran')).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^--every: expected 1s to 7d, got "often"\noverdue exec NAME /),
    })
  })
})

type Stub = {
  readonly url: string
  /** Method, path and body of each request, and every key. */
  readonly heard: readonly string[]
  readonly keys: ReadonlySet<string | undefined>
  /** Those without an answer. */
  readonly waiting: readonly ServerResponse[]
  /** All that wait, and all that come. */
  answer(status: number): void
}

/** A gateway that answers nobody until it is told what. */
async function stub(status?: number, headers: Record<string, string> = {}): Promise<Stub> {
  const heard: string[] = []
  const keys = new Set<string | undefined>()
  const waiting: ServerResponse[] = []
  const server: Server = createServer(async (req: IncomingMessage, res) => {
    let body = ''
    req.on('error', () => {})
    for await (const chunk of req) body += chunk
    heard.push(`${req.method} ${req.url} ${body}`)
    keys.add(req.headers.authorization)
    if (status === undefined) waiting.push(res)
    else res.writeHead(status, headers).end(`said ${status}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ heard, keys, waiting },
    answer(next) {
      status = next
      for (const res of waiting.splice(0)) res.writeHead(next, headers).end()
    },
  }
}
