import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

type Ran = { readonly code: number | null; readonly out: string }

const OVERDUE = join(import.meta.dirname, '../bin/overdue')
const OLD_NODE = findOldNode()
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

describe('the command line against a running gateway', () => {
  const gateway = new GatewayProcess()
  beforeAll(() => gateway.start())
  afterAll(() => gateway[Symbol.asyncDispose]())

  it('creates a heartbeat, pings it, and explains it', async () => {
    expect(await overdue('ping', 'nightly-backup', '--create', '--every', '1h')).toEqual({ code: 0, out: '' })
    expect(await overdue('ping', 'nightly-backup', 'start')).toEqual({ code: 0, out: '' })
    const { code, out } = await overdue('explain', 'nightly-backup')
    expect(code).toBe(0)
    expect(out).toMatch(/^nightly-backup is running since /)
    expect(out).toContain('every 1h')
  })

  it('answers 1 where a heartbeat is bad', async () => {
    await overdue('ping', 'broken-job', '--create')
    await overdue('ping', 'broken-job', '17', '--msg', 'no space left')
    const { code, out } = await overdue('explain', 'broken-job')
    expect(code).toBe(1)
    expect(out).toContain('exit code 17')
    expect(out).toContain('no space left')
  })

  it('says what the gateway said when it refuses', async () => {
    const { code, out } = await overdue('ping', 'nobody-knows-me')
    expect(code).toBe(1)
    expect(out).toContain('answered 404: not found')
    expect(await overdue('explain', 'nobody-knows-me')).toEqual({
      code: 1,
      out: 'no heartbeat is called nobody-knows-me\n',
    })
  })

  it('answers 2 and the usage for what it does not understand', async () => {
    for (const args of [
      ['png'],
      ['ping'],
      ['ping', 'a', 'b', 'c'],
      ['ping', 'a/b/c'],
      ['explain'],
      ['next', '--nope'],
    ]) {
      const { code, out } = await overdue(...args)
      expect({ args, code }).toEqual({ args, code: 2 })
      expect(out).toContain('overdue ')
    }
  })

  function overdue(...args: string[]): Promise<Ran> {
    return run(process.execPath, args, '', {
      OVERDUE_URL: gateway.url,
      OVERDUE_TOKEN: args[0] === 'explain' ? TOKEN : '',
    })
  }
})

describe('the command line by itself', () => {
  it('shows its version', async () => {
    expect(await run(process.execPath, ['--version'])).toEqual({ code: 0, out: `${version}\n` })
  })

  it.each([
    [0, ['help']],
    [0, ['--help']],
    [2, []],
  ])('shows its commands, with %i for %j', async (code, args) => {
    const shown = await run(process.execPath, args)
    expect(shown.code).toBe(code)
    expect([...shown.out.matchAll(/^overdue (\w+)/gm)].map(([, name]) => name)).toEqual([
      ...['exec', 'ping', 'next', 'next', 'check', 'explain', 'status', 'ack', 'resolve'],
      ...['silence', 'silence', 'silence', 'drill', 'drill', 'audit', 'export', 'completion', 'completion'],
    ])
  })

  it('shows how one command is used', async () => {
    expect((await run(process.execPath, ['check', '--help'])).out).toBe('overdue check FILE\n')
    expect((await run(process.execPath, ['help', 'check'])).out).toBe('overdue check FILE\n')
  })

  it('names the nearest command for one that does not exist', async () => {
    const { code, out } = await run(process.execPath, ['explian', 'pump-17'])
    expect([code, out.split('\n')[0]]).toEqual([2, 'expected a command, nearest: "explain", got "explian"'])
    expect((await run(process.execPath, ['toString'])).code).toBe(2)
  })

  it('answers a long batch of schedules, a line each', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) =>
      JSON.stringify({ cron: `${index % 60} 3 * * *`, zone: 'Europe/Riga', from: '2026-01-01T00:00:00Z', count: 2 }),
    )
    const { code, out } = await run(process.execPath, ['next', '--batch'], lines.join('\n'))
    const answers = out.trimEnd().split('\n')
    expect([code, answers.length]).toEqual([0, 10_000])
    expect(answers.at(-1)).toBe('{"next":["2026-01-01T01:39:00Z","2026-01-02T01:39:00Z"]}')
  })

  it('ends well when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [OVERDUE, 'next', '--every', '1s', '--count', '200000'])
    child.stdout.once('data', () => child.stdout.destroy())
    let errors = ''
    child.stderr.on('data', (text) => (errors += String(text)))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, errors]).toEqual([0, ''])
  })
})

describe.skipIf(OLD_NODE === undefined)('started by an older Node, as from a crontab', () => {
  const oldNode = OLD_NODE as string

  it('goes on under the Node of the project: input, output and exit code are the same', async () => {
    expect(await run(oldNode, ['--version'])).toEqual({ code: 0, out: `${version}\n` })
    expect((await run(oldNode, ['nonsense'])).code).toBe(2)
    const line = '{"every":"1m","from":"2026-01-01T00:00:00Z","count":1}\n'
    expect(await run(oldNode, ['next', '--batch'], line)).toEqual({
      code: 0,
      out: '{"next":["2026-01-01T00:01:00Z"]}\n',
    })
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and ends by it', async (signal) => {
    const child = spawn(oldNode, [OVERDUE, 'next', '--batch'])
    child.stdin.write('{"every":"1m"}\n')
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await once(child, 'close')).toEqual([null, signal])
  })
})

function run(node: string, args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(node, [OVERDUE, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(input)
  let out = ''
  child.stdout.on('data', (text) => (out += String(text)))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })))
}

/** The first Node on the PATH that is too old to run the project itself. */
function findOldNode(): string | undefined {
  const nodes = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  return nodes.find((node) => {
    const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) < 26
  })
}
