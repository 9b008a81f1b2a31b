import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ended, environment, exec, isThere, OVERDUE, start, until } from './exec-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

type Signal = {
  readonly seq: number
  readonly kind: string
  readonly run: string | null
  readonly durationMs: number | null
  readonly exit: number | null
  readonly killedBy: string | null
  readonly message: string | null
}

const gateway = new GatewayProcess('signals: { create: true }\n')
const folder = mkdtempSync(join(tmpdir(), 'overdue-exec-'))
beforeAll(() => gateway.start())
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

describe('overdue exec', () => {
  it('runs a job as if it ran alone, and tells one run from its start to its end', async () => {
    const child = start(gateway.url, ['backup', '--', 'sh', '-c', 'cat; echo done; echo hm >&2'])
    child.stdin?.end('from the pipe\n')
    expect(await ended(child)).toEqual({ code: 0, out: 'from the pipe\ndone\n', err: 'hm\n' })
    const [end, begin, ...more] = await signals('backup')
    expect(more).toEqual([])
    expect(begin).toMatchObject({ kind: 'start', exit: null })
    expect(end).toMatchObject({ kind: 'ok', exit: 0, run: begin?.run })
    expect(end?.run).toMatch(/^[0-9a-f-]{36}$/)
    expect(end?.durationMs).toBeGreaterThan(0)
    expect((await body('backup')).toString()).toBe('from the pipe\ndone\nhm\n')
    expect(await verdict('backup')).toBe('ok')
  })

  it('has the exit code of a job that fails, and tells it with the end of its output', async () => {
    const job = 'printf "\\377\\000 no UTF-8 "; echo no space left >&2; exit 28'
    expect(await exec(gateway.url, 'failing', '--tail', '20', '--', 'sh', '-c', job)).toMatchObject({ code: 28 })
    expect((await signals('failing'))[0]).toMatchObject({ kind: 'fail', exit: 28 })
    const whole = Buffer.concat([Buffer.from([255, 0]), Buffer.from(' no UTF-8 no space left\n')])
    expect(await body('failing')).toEqual(whole.subarray(whole.length - 20))
    expect(await verdict('failing')).toBe('failed')
  })

  it('answers as a shell for a job that a signal ended, and names the signal', async () => {
    expect((await exec(gateway.url, 'killed', '--', 'sh', '-c', 'kill -KILL $$')).code).toBe(137)
    expect((await signals('killed'))[0]).toMatchObject({ kind: 'fail', killedBy: 'KILL' })
  })

  it.each([
    [127, 'command not found', '/nowhere/at-all'],
    [126, 'permission denied', folder],
  ])('answers %i for a %s, and tells it', async (code, why, program) => {
    const name = `never-${code}`
    expect(await exec(gateway.url, name, '--', program)).toEqual({
      code,
      out: '',
      err: `overdue: ${program}: ${why}\n`,
    })
    expect((await signals(name))[0]).toMatchObject({ kind: 'fail', exit: code, message: why })
  })

  it.each(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2'] as const)('passes %s on, once', async (signal) => {
    const name = `told-${signal}`
    const job = `trap 'echo got ${signal}; exit 7' ${signal}; echo ready; while :; do sleep 0.05; done`
    const child = start(gateway.url, [name, '--', 'sh', '-c', job])
    const end = ended(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill(`SIG${signal}`)
    expect(await end).toMatchObject({ code: 7, out: `ready\ngot ${signal}\n` })
    expect((await signals(name))[0]).toMatchObject({ kind: 'fail', exit: 7 })
  })

  it('kills a job that does not end when it is told to again', async () => {
    const child = start(gateway.url, [
      'stubborn',
      '--',
      'sh',
      '-c',
      'trap "" TERM; echo ready; while :; do sleep 0.05; done',
    ])
    const end = ended(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    const asked = setInterval(() => child.kill('SIGTERM'), 50)
    expect((await end).code).toBe(137)
    clearInterval(asked)
    expect((await signals('stubborn'))[0]).toMatchObject({ kind: 'fail', killedBy: 'KILL' })
  })

  it('keeps the last of 100 MB, passes all of it on, and does not grow', async () => {
    const script = `head -c 100000000 /dev/zero | tr '\\0' x; echo THE END; grep VmHWM /proc/$PPID/status >&2`
    const child = start(gateway.url, ['large', '--tail', '100kB', '--', 'sh', '-c', script])
    let count = 0
    let err = ''
    child.stdout?.on('data', (chunk: Buffer) => (count += chunk.length))
    child.stderr?.on('data', (text) => (err += String(text)))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(count).toBe(100_000_008)
    const kept = await body('large')
    expect([kept.length, kept.subarray(0, 3).toString()]).toEqual([100_000, 'xxx'])
    expect(kept.toString()).toMatch(/xTHE END\nVmHWM.*\n$/)
    const most = Number(/VmHWM:\s+(\d+) kB/.exec(err)?.[1])
    const idle = await exec(gateway.url, 'small', '--', 'sh', '-c', 'grep VmHWM /proc/$PPID/status')
    expect(most - Number(/VmHWM:\s+(\d+) kB/.exec(idle.out)?.[1])).toBeLessThan(50_000)
  })

  it('passes on what a job left behind that ended before its reader came', async () => {
    const [go, pid, out] = ['ready', 'pid', 'out'].map((file) => join(folder, file)) as [string, string, string]
    const job = `head -c 150000 /dev/zero; echo THE END; echo $$ > ${pid}`
    const reader = `{ while [ ! -f ${go} ]; do sleep 0.05; done; cat; } > ${out}`
    const shell = `"$0" "$1" exec early -- sh -c '${job}' | ${reader}`
    const whole = spawn('sh', ['-c', shell, process.execPath, OVERDUE], { env: environment(gateway.url) })
    const own = await until(() => (existsSync(pid) ? Number(readFileSync(pid, 'utf8')) || undefined : undefined))
    await until(() => !isThere(own))
    writeFileSync(go, '')
    await once(whole, 'close')
    expect(readFileSync(out)).toEqual(Buffer.concat([Buffer.alloc(150_000), Buffer.from('THE END\n')]))
    expect((await body('early')).subarray(-8).toString()).toBe('THE END\n')
  })

  it('lets a reader that has seen enough end the job, as a pipe does', async () => {
    const child = start(gateway.url, ['endless', '--', 'yes'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const [code] = await once(child, 'exit')
    // `yes` dies by the signal, or says why it can't write.
    expect([141, 1]).toContain(code)
    expect((await signals('endless'))[0]).toMatchObject({ kind: 'fail' })
  })

  it('gives the job pipes that it can open, and keeps the order of what goes to one place', async () => {
    const file = join(folder, 'log')
    const script = `for i in 1 2 3 4 5 6 7 8 9; do echo out $i > /dev/stdout; echo err $i > /dev/stderr; done`
    const shell = `"$0" "$1" exec ordered -- sh -c '${script}' > ${file} 2>&1`
    const { status } = spawnSync('sh', ['-c', shell, process.execPath, OVERDUE], { env: environment(gateway.url) })
    const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`out ${i}`, `err ${i}`])
    expect([status, readFileSync(file, 'utf8').trimEnd().split('\n')]).toEqual([0, lines])
    expect((await body('ordered')).toString()).toBe(readFileSync(file, 'utf8'))
  })

  it('ends with its job, whoever the job leaves behind with its output', async () => {
    const { code, out } = await exec(gateway.url, 'daemon', '--', 'sh', '-c', 'sleep 600 & echo $!')
    const left = Number(out)
    expect([code, isThere(left)]).toEqual([0, true])
    process.kill(left)
  })

  it('keeps nothing of the output where it is told not to', async () => {
    expect(await exec(gateway.url, 'discreet', '--no-output', '--', 'echo', 'secret')).toMatchObject({
      out: 'secret\n',
    })
    expect((await signals('discreet'))[0]).toMatchObject({ kind: 'ok', bodyBytes: 0 })
  })

  it('says of a loop that it is alive, and neither that it began nor that it failed when it was told to end', async () => {
    const child = start(gateway.url, ['worker', '--every', '1s', '--', 'sh', '-c', 'echo up; exec sleep 600'])
    const end = ended(child)
    await until(async () => (await signals('worker')).length >= 2)
    child.kill('SIGTERM')
    expect((await end).code).toBe(143)
    const [last, ...beats] = await signals('worker')
    expect(last).toMatchObject({ kind: 'log', message: 'ended, as it was told to', durationMs: null })
    expect(new Set(beats.map(({ kind, run }) => `${kind} ${run}`))).toEqual(new Set(['ok null']))
    expect((await body('worker')).toString()).toBe('up\n')
  })

  it('says of a loop that ends by itself how it ended', async () => {
    expect((await exec(gateway.url, 'crashing', '--every', '5m', '--', 'sh', '-c', 'exit 9')).code).toBe(9)
    const [last, ...more] = await signals('crashing')
    expect([last, more]).toMatchObject([{ kind: 'fail', exit: 9, durationMs: null }, []])
  })
})

describe.skipIf(spawnSync('script', ['--version']).error !== undefined)('overdue exec in a terminal', () => {
  const job = (rest: string): string =>
    `echo $$ $PPID > ${folder}/pids; ${rest}; while [ ! -f ${folder}/go ]; do sleep 0.05; done`

  it('leaves the terminal to the job', async () => {
    const { out } = await inTerminal('seen --', 'test -t 0 && test -t 1 && test -t 2 && echo a terminal').ends()
    expect(out).toContain('a terminal')
    expect((await signals('seen'))[0]).toMatchObject({ kind: 'ok', bodyBytes: 0 })
    const kept = await inTerminal('kept --output --', 'test -t 0 && ! test -t 1 && echo no terminal').ends()
    expect(kept.out).toContain('no terminal')
    expect((await body('kept')).toString()).toBe('no terminal\n')
  })

  it('tells of a job that outlives its terminal, and is gone with it', async () => {
    const terminal = inTerminal('outlives --', job('trap "" HUP'))
    const [own, parent] = await pids()
    terminal.close()
    await until(() => !isThere(terminal.pid))
    expect([isThere(own), isThere(parent)]).toEqual([true, true])
    writeFileSync(join(folder, 'go'), '')
    await until(async () => (await signals('outlives'))[0]?.kind === 'ok')
    await until(() => !isThere(own) && !isThere(parent))
  })

  it('tells of a job that ended with its terminal', async () => {
    const terminal = inTerminal('hung-up --', job(':'))
    const [own] = await pids()
    terminal.close()
    const end = await until(async () => (await signals('hung-up')).find(({ kind }) => kind === 'fail'))
    expect(end).toMatchObject({ killedBy: 'HUP' })
    expect(isThere(own)).toBe(false)
  })

  function inTerminal(args: string, script: string) {
    rmSync(join(folder, 'pids'), { force: true })
    rmSync(join(folder, 'go'), { force: true })
    const line = `'${process.execPath}' '${OVERDUE}' exec ${args} sh -c '${script}'`
    const child = spawn('script', ['-qfec', line, '/dev/null'], {
      env: environment(gateway.url),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    return { pid: child.pid as number, ends: () => ended(child), close: () => child.kill('SIGKILL') }
  }

  function pids(): Promise<readonly [number, number]> {
    return until(() => {
      const text = existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8') : ''
      const [own, parent] = text.trim().split(' ').map(Number)
      return text.endsWith('\n') ? ([own as number, parent as number] as const) : undefined
    })
  }
})

async function signals(name: string): Promise<readonly Signal[]> {
  const { status, body } = await gateway.get(`/heartbeats/${name}/signals`)
  return status === 200 ? (body as { items: Signal[] }).items : []
}

async function body(name: string): Promise<Buffer> {
  const [newest] = await signals(name)
  const answer = await fetch(`${gateway.url}/api/v1/heartbeats/${name}/signals/${newest?.seq}/body`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  })
  return Buffer.from(await answer.arrayBuffer())
}

async function verdict(name: string): Promise<string> {
  return ((await gateway.get(`/heartbeats/${name}`)).body as { verdict: string }).verdict
}
