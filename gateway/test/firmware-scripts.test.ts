// The examples for machines that have a shell: run as they are, against a real gateway, or taken apart where they need more.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { EXAMPLES, Folder, heard, isInstalled, kinds, type Ran, Running, run } from './firmware-stage.ts'
import { GatewayProcess } from './process.ts'

const PING_KEY = 'ping-key-of-the-examples'
const NAMES = ['job', 'stopped', 'train-line', 'train-line/epoch', 'nightly-backup', 'nightly-ci']
const CONFIG = `signals: { open: false, pingKey: ${PING_KEY} }
heartbeats:
${NAMES.map((name) => `  - { name: ${name}, schedule: none }`).join('\n')}
`
const WITH_HEARTBEAT = join(EXAMPLES, 'shell/with-heartbeat.sh')

let gateway: GatewayProcess
let env: { OVERDUE_URL: string; OVERDUE_TOKEN: string }
beforeAll(async () => {
  gateway = await new GatewayProcess(CONFIG).start()
  env = { OVERDUE_URL: gateway.url, OVERDUE_TOKEN: PING_KEY }
}, 60_000)
afterAll(async () => await gateway?.[Symbol.asyncDispose]())

describe.skipIf(!isInstalled('curl'))('with-heartbeat.sh', () => {
  it('is a POSIX shell script', async () => {
    expect(await run('sh', ['-n', WITH_HEARTBEAT])).toEqual({ code: 0, output: '' })
    expect(await run(WITH_HEARTBEAT, ['job'])).toMatchObject({ code: 2, output: expect.stringContaining('usage') })
  })

  it('tells the beginning, the end and the exit code, which it takes over', async () => {
    expect(await run(WITH_HEARTBEAT, ['job', 'echo', 'a  b'], env)).toEqual({ code: 0, output: 'a  b\n' })
    expect((await run(WITH_HEARTBEAT, ['job', 'sh', '-c', 'exit 3'], env)).code).toBe(3)
    const signals = await heard(gateway, 'job')
    expect(signals.map(({ kind, exit }) => [kind, exit])).toEqual([
      ['start', null],
      ['ok', 0],
      ['start', null],
      ['fail', 3],
    ])
  })

  it('leaves the command its input', async () => {
    const { output } = await run('sh', ['-c', `echo text | ${WITH_HEARTBEAT} job cat`], env)
    expect(output).toBe('text\n')
  })

  it('runs the command where there is no gateway', async () => {
    const { code, output } = await run(WITH_HEARTBEAT, ['job', 'echo', 'done'], { OVERDUE_URL: 'http://127.0.0.1:1x' })
    expect([code, output.startsWith('done\n')]).toEqual([0, true])
  })

  it('hands a SIGTERM on, and tells of it', async () => {
    await using job = new Running(WITH_HEARTBEAT, ['stopped', 'sh', '-c', 'echo up; exec sleep 60'], env)
    while (job.output !== 'up\n') await sleep(20)
    expect(await job.end('SIGTERM')).toBe(143)
    expect((await heard(gateway, 'stopped')).at(-1)).toMatchObject({ kind: 'fail', exit: 143 })
  })
})

describe.skipIf(!isInstalled('python3'))('train.py', () => {
  const train = (...args: readonly string[]): Promise<Ran> =>
    run('python3', ['-B', join(EXAMPLES, 'python/train.py'), ...args], env)

  it('tells each epoch with its loss, and leaves nothing expected', async () => {
    expect(await train()).toEqual({ code: 0, output: '' })
    expect(kinds(await heard(gateway, 'train-line'))).toEqual(['start', 'ok'])
    const epochs = await heard(gateway, 'train-line/epoch')
    expect(epochs.map(({ metrics }) => metrics?.['epoch'])).toEqual([0, 1, 2, 3, 4, undefined])
    expect(epochs[4]?.metrics?.['loss']).toBeLessThan(0.05)
    expect((await gateway.get('/heartbeats/train-line%2Fepoch')).body).toMatchObject({ verdict: 'ok', dueAt: null })
  })

  it('tells why it failed', async () => {
    expect((await train('10')).code).toBe(1)
    const failed = (await heard(gateway, 'train-line')).at(-1)
    expect(failed).toMatchObject({ kind: 'fail', message: expect.stringMatching(/^ValueError: epoch \d: expected/) })
  })

  it('trains where there is no gateway', async () => {
    env.OVERDUE_URL = 'http://127.0.0.1:9'
    const { code, output } = await train()
    env.OVERDUE_URL = gateway.url
    expect([code, output]).toEqual([0, expect.stringMatching(/^(train-line[/a-z]*: .*\n){8}$/)])
  })
})

describe('units of systemd', () => {
  const units = ['nightly-backup.service', 'nightly-backup.timer', 'overdue-beat@.service', 'heartbeat.conf']

  it.skipIf(!isInstalled('systemd-analyze'))('are understood', async () => {
    using folder = new Folder()
    // Only the commands themselves are not on this machine.
    for (const unit of units)
      writeFileSync(
        join(folder.path, unit),
        textOf(`systemd/${unit}`).replace(/\/usr\/local\/bin\/[\w-]+/, '/bin/true'),
      )
    const dropIn = textOf('systemd/heartbeat.conf').replaceAll('/usr/bin/curl', '/bin/true')
    writeFileSync(
      join(folder.path, 'nightly-backup.service'),
      `${textOf('systemd/nightly-backup.service').replace(/\/usr\/local\/bin\/backup/, '/bin/true')}\n${dropIn}`,
    )
    const files = units.slice(0, 3).map((unit) => join(folder.path, unit))
    expect(await run('systemd-analyze', ['verify', '--man=no', ...files])).toEqual({ code: 0, output: '' })
  })

  it.skipIf(!isInstalled('curl'))('ping the service’s heartbeat as systemd runs them', async () => {
    using folder = new Folder()
    const curlConf = join(folder.path, 'curl.conf')
    writeFileSync(curlConf, `header = "Authorization: Bearer ${PING_KEY}"\n`)
    const [start = '', stop = ''] = [...textOf('systemd/heartbeat.conf').matchAll(/^Exec\w+=-(.*)$/gm)].map(
      ([, line]) => (line as string).replace('/etc/overdue/curl.conf', curlConf).replaceAll('%N', 'nightly-backup'),
    )
    const exec = (line: string, given: Record<string, string>): Promise<Ran> => {
      const [, ...words] = line
        .split(' ')
        .map((word) => word.replace(/\$\{(\w+)\}/g, (_, key) => ({ ...env, ...given })[key as 'OVERDUE_URL'] ?? ''))
      return run('curl', words)
    }
    const delivered = { code: 0, output: '' }
    expect(await exec(start, {})).toEqual(delivered)
    expect(await exec(stop, { EXIT_STATUS: '0', SERVICE_RESULT: 'success' })).toEqual(delivered)
    expect(await exec(stop, { EXIT_STATUS: 'TERM', SERVICE_RESULT: 'timeout' })).toEqual(delivered)
    expect(await exec(stop, { EXIT_STATUS: 'TERM', SERVICE_RESULT: 'success' })).toEqual(delivered)
    expect(kinds(await heard(gateway, 'nightly-backup'))).toEqual(['start', 'ok', 'fail', 'ok'])
  })
})

describe.skipIf(!isInstalled('curl'))('YAML for others to run', () => {
  it('a CronJob pings before and after what it does', async () => {
    using folder = new Folder()
    const [secret, job] = documentsOf('kubernetes/cronjob.yaml') as readonly [Secret, CronJob]
    const files = { ...secret.stringData, url: gateway.url }
    files['curl.conf'] = files['curl.conf'].replace(/X+/, PING_KEY)
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder.path, file), text)
    const { initContainers, containers } = job.spec.jobTemplate.spec.template.spec
    const before = (await heard(gateway, 'nightly-backup')).length
    for (const { command, args } of [initContainers[0], containers[0]]) {
      const [shell, ...words] = [...command, ...args.map((text) => text.replaceAll('/overdue/', `${folder.path}/`))]
      expect(await run(shell as string, words)).toMatchObject({ code: 0 })
    }
    expect(kinds(await heard(gateway, 'nightly-backup')).slice(before)).toEqual(['start', 'ok'])
  })

  it('a workflow tells its begin, and its end with its status', async () => {
    using folder = new Folder()
    const [workflow] = documentsOf('github-actions/nightly.yml') as readonly [Workflow]
    const steps = workflow.jobs.nightly.steps
    const script = (name: string): string => steps.find((step) => step.name === name)?.run ?? ''
    const shared = join(folder.path, 'env')
    const exec = (name: string, more: Record<string, string>): Promise<Ran> =>
      run('bash', ['-eo', 'pipefail', '-c', script(name)], { ...env, ...more })
    for (const STATUS of ['success', 'cancelled']) {
      writeFileSync(shared, '')
      expect(await exec('Begin', { GITHUB_ENV: shared })).toMatchObject({ code: 0 })
      const rid = readFileSync(shared, 'utf8').trim().replace('rid=', '')
      expect(await exec('End', { rid, STATUS, RUN: 'https://example.org/1' })).toMatchObject({ code: 0 })
    }
    const signals = await heard(gateway, 'nightly-ci')
    expect(signals.map(({ kind, message }) => [kind, message])).toEqual([
      ['start', null],
      ['ok', 'success https://example.org/1'],
      ['start', null],
      ['fail', 'cancelled https://example.org/1'],
    ])
  })
})

type Container = { readonly command: readonly string[]; readonly args: readonly string[] }
type Secret = { readonly stringData: Record<'url' | 'curl.conf', string> }
type CronJob = {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: { readonly initContainers: readonly [Container]; readonly containers: readonly [Container] }
        }
      }
    }
  }
}
type Workflow = {
  readonly jobs: { readonly nightly: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] } }
}

function textOf(file: string): string {
  return readFileSync(join(EXAMPLES, file), 'utf8')
}

function documentsOf(file: string): readonly unknown[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as unknown
  })
}
