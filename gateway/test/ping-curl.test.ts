// The one-liners of crontabs, with the real curl, where it is installed.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE } from '../src/domain/time.ts'
import { counted, last, PING_KEY, type Stage, stage } from './ping-stage.ts'

type Ran = { readonly code: number; readonly out: string; readonly errors: string }

const folder = mkdtempSync(join(tmpdir(), 'overdue-curl-'))
const file = (name: string): string => join(folder, name)
const MEGABYTE = 1024 * 1024

beforeAll(() => {
  writeFileSync(file('small.log'), 'one\ntwo\0\xff\n', 'latin1')
  writeFileSync(file('two-megabytes.log'), Buffer.alloc(2 * MEGABYTE, 'x'))
  writeFileSync(file('large.log'), Buffer.alloc(40 * MEGABYTE, 'x'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!isInstalled())('curl', () => {
  it.each([
    ['-fsS {}', { kind: 'ok' }],
    ['-fsS -m 10 --retry 5 -o - {}', { kind: 'ok' }],
    ['-fsS --retry 4 -X POST {}/start', { kind: 'start' }],
    ['-fsS -m 10 --retry 5 --data-raw disk&state=fail {}/1', { kind: 'fail', exit: 1, bodySize: 15 }],
    ['-fsS --data-binary @small.log {}/0', { kind: 'ok', exit: 0, bodySize: 10 }],
    ['-fsS --data-binary @two-megabytes.log {}', { kind: 'ok', bodySize: 100_000 }],
    ['-fsS --data-binary @large.log {}', { kind: 'ok', bodySize: 100_000 }],
    ['-fsS -H Transfer-Encoding:chunked --data-binary @large.log {}', { kind: 'ok', bodySize: 100_000 }],
    ['-fsS -H Expect:100-continue -d log {}', { kind: 'ok', bodySize: 3 }],
    ['-fsS -F log=@small.log {}/log', { kind: 'log', bodySize: expect.any(Number) }],
    ['-fsS -G --data-urlencode msg=größer?&rid=1 {}/fail', { kind: 'fail', message: 'größer?&rid=1' }],
    ['-fsS -G -d m.rows=120 -d duration=1m30s {}', { kind: 'ok', metrics: { rows: 120 }, duration: 90_000 }],
    ['-fsS --http1.0 {}', { kind: 'ok' }],
    ['-fsS --http2 {}', { kind: 'ok' }],
    ['-fsSL --compressed -A cron/1.0 {}', { kind: 'ok' }],
  ])('%s', async (line, signal) => {
    const world = await stage()
    expect(await curl(world, line)).toEqual({ code: 0, out: 'OK', errors: '' })
    expect(last(world)).toEqual({ name: 'nightly-backup', ...signal })
    expect(world.arrivals).toHaveLength(1)
  })

  it('-I is a ping too', async () => {
    const world = await stage()
    const { code, out } = await curl(world, '-fsS -I {}')
    expect([code, out.split('\r\n')[0]]).toEqual([0, 'HTTP/1.1 200 OK'])
    expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'ok' })
  })

  it('sends several pings over one connection', async () => {
    const world = await stage()
    expect((await curl(world, '-fsS {}/start {}/log {}/0')).out).toBe('OKOKOK')
    expect(world.arrivals.map(({ signal }) => signal.kind)).toEqual(['start', 'log', 'ok'])
  })

  it('silences a heartbeat before the maintenance, and ends that after it', async () => {
    const world = await stage()
    for (const line of ['-fsS {}/silence', '-fsS -G -d for=30m --data-urlencode msg=größer?&for=1 {}/silence']) {
      expect(await curl(world, line)).toEqual({ code: 0, out: 'OK', errors: '' })
    }
    expect((await curl(world, '-fsS -X POST -d log {}/silence?for=0s')).out).toBe('OK')
    expect((await curl(world, '-fsS -I {}/silence?for=31d')).out).toMatch(/^HTTP\/1.1 200 OK/)
    const told = world.silences.map(({ name, lasts, by, reason }) => [name, lasts / MINUTE, by, reason].join(' '))
    expect(told).toEqual([
      'nightly-backup 60 url ',
      'nightly-backup 30 url größer?&for=1',
      'nightly-backup 0 url ',
      'nightly-backup 44640 url ',
    ])
    expect(world.arrivals).toEqual([])
    expect((await curl(world, '-sS {}/silence?for=5s')).out).toBe('for: expected 1m to 31d, or 0s to end it, got "5s"')
    world.outcome = 'full'
    expect((await curl(world, '-fsS {}/silence')).code).toBe(22)
  })

  it('carries a key in its head or in its URL', async () => {
    const world = await stage({ open: () => false })
    expect((await curl(world, `-fsS --oauth2-bearer ${PING_KEY} {}`)).out).toBe('OK')
    expect((await curl(world, `-fsS -H @- {}`, `Authorization: Bearer ${PING_KEY}\n`)).out).toBe('OK')
    expect((await curl(world, '-sS {}')).out).toMatch(/^unauthorized: expected the key /)
    expect(counted(world)).toEqual(['signals_accepted{http} 2', 'signals_refused{key} 1'])
  })

  it('fails where the ping was not recorded', async () => {
    const world = await stage()
    expect((await curl(world, '-fsS {}/256')).code).toBe(22)
    expect((await curl(world, '-fsS --data-binary @two-megabytes.log {}y')).code).toBe(22)
    expect((await curl(world, '-fsS -T small.log {}')).code).toBe(22)
    world.outcome = 'full'
    const { code, errors } = await curl(world, '-fsS {}')
    expect([code, errors]).toEqual([22, expect.stringContaining('503')])
  })
})

/** `{}` is the URL of nightly-backup; the words of `line` are split at spaces. */
function curl(world: Stage, line: string, input = ''): Promise<Ran> {
  const url = `${world.base}/ping/nightly-backup`
  return new Promise((resolve) => {
    const words = line.split(' ').map((word) => word.replace('{}', url))
    const child = execFile('curl', ['-q', ...words], { cwd: folder }, (error, out, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, errors }),
    )
    child.stdin?.end(input)
  })
}

function isInstalled(): boolean {
  try {
    return execFileSync('curl', ['--version']).length > 0
  } catch {
    return false
  }
}
