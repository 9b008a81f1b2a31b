import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

const OVERDUE = join(import.meta.dirname, '../bin/overdue')

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

  it('answers a batch of schedules', async () => {
    const { code, out } = await overdueWith(
      '{"every":"1m","from":"2026-01-01T00:00:00Z","count":1}\n',
      'next',
      '--batch',
    )
    expect({ code, out }).toEqual({ code: 0, out: '{"next":["2026-01-01T00:01:00Z"]}\n' })
  })

  function overdue(...args: string[]): Promise<{ code: number | null; out: string }> {
    return overdueWith('', ...args)
  }

  function overdueWith(input: string, ...args: string[]): Promise<{ code: number | null; out: string }> {
    const env = {
      PATH: process.env['PATH'],
      OVERDUE_URL: gateway.url,
      OVERDUE_TOKEN: args[0] === 'explain' ? TOKEN : '',
    }
    const child = spawn(process.execPath, [OVERDUE, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.end(input)
    let out = ''
    child.stdout.on('data', (text) => (out += String(text)))
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })))
  }
})
