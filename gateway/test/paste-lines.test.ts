import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { isInstalled } from './grafana-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const run = promisify(execFile)
const gateway = new GatewayProcess()
/** By the name of the way and the place of the block: `curl-0`. */
const lines = new Map<string, string>()
const NAME = 'hall-7/pump-17'

beforeAll(async () => {
  await gateway.start()
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' }
  const url = `${gateway.url}/api/v1/heartbeats/${encodeURIComponent(NAME)}`
  const put = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ cron: '30 2 * * 1-5' }) })
  expect(put.status).toBe(201)
  const page = await fetch(`${gateway.url}/heartbeats/${encodeURIComponent(NAME)}/lines`, { headers })
  for (const [, id = '', text = ''] of (await page.text()).matchAll(/<code id="line-(\w+-\d)">([^<]*)<\/code>/g))
    lines.set(
      id,
      text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
    )
}, 30_000)
afterAll(() => gateway[Symbol.asyncDispose]())

describe('a line that is pasted', () => {
  it.skipIf(!isInstalled('curl'))('pings by curl when the job succeeds, and only then', async () => {
    const line = lineOf('curl-0')
    expect(line).toMatch(/^30 2 \* \* 1-5 {2}\/path\/to\/job && curl /)
    const command = (job: string): string => line.replace('30 2 * * 1-5  /path/to/job', job)
    await expect(run('sh', ['-c', command('false')])).rejects.toMatchObject({ code: 1 })
    expect(await heard(() => run('sh', ['-c', command('true')]))).toEqual([{ kind: 'ok', via: 'http', exit: null }])
  })

  it('hands the job to overdue exec with all that it needs', async () => {
    const [url, token, command] = lineOf('exec-0').split('\n')
    expect([url, token]).toEqual([`OVERDUE_URL=${gateway.url}`, `OVERDUE_TOKEN=${keyIn(lineOf('python-0'))}`])
    expect(command).toBe(`30 2 * * 1-5  npx overdue exec ${NAME} -- /path/to/job`)
  })

  it.skipIf(!isInstalled('systemd-analyze'))('is a drop-in that systemd takes', async () => {
    const unit = join(gateway.folder, 'job.service')
    mkdirSync(`${unit}.d`)
    writeFileSync(unit, '[Service]\nType=oneshot\nExecStart=/bin/true\n')
    writeFileSync(join(`${unit}.d`, 'override.conf'), `${lineOf('systemd-0')}\n`)
    const { stderr } = await run('systemd-analyze', ['verify', unit])
    expect(stderr.split('\n').filter((text) => text.includes('job.service'))).toEqual([])
  })

  it.skipIf(!isInstalled('curl'))('tells by systemd how the service ended', async () => {
    const stop = /ExecStopPost=-\/bin\/sh -c '(.*)'/.exec(lineOf('systemd-0'))?.[1]?.replaceAll('$$', '$') ?? ''
    const env = { PATH: process.env['PATH'], EXIT_STATUS: '3', SERVICE_RESULT: 'exit-code' }
    const failed = await heard(() => run('sh', ['-c', stop], { env }))
    expect(failed).toEqual([{ kind: 'fail', via: 'http', exit: 3 }])
    const stopped = { ...env, EXIT_STATUS: 'TERM', SERVICE_RESULT: 'success' }
    expect(await heard(() => run('sh', ['-c', stop], { env: stopped }))).toMatchObject([{ kind: 'ok' }])
  })

  it.skipIf(!isInstalled('wget'))('tells by Kubernetes with which code the job ended, and keeps it', async () => {
    const job = parse(lineOf('k8s-0'))
    expect(job).toMatchObject({ metadata: { name: 'hall-7-pump-17' }, spec: { schedule: '30 2 * * 1-5' } })
    const [{ command, args }] = job.spec.jobTemplate.spec.template.spec.containers
    const script = args[0].replace('/path/to/job', '(exit 4)')
    const told = await heard(() => expect(run(command[0], [command[1], script])).rejects.toMatchObject({ code: 4 }))
    expect(told).toEqual([{ kind: 'fail', via: 'http', exit: 4 }])
  })

  it.skipIf(!isInstalled('curl'))('tells by a step of GitHub Actions', async () => {
    const secret = /--body (\S+)$/.exec(lineOf('gha-0'))?.[1] ?? ''
    const [step] = parse(lineOf('gha-1'))
    expect(step).toMatchObject({ if: 'always()' })
    const status = (text: string): string =>
      step.run.replace('${{ secrets.OVERDUE_PING }}', secret).replace(/\$\{\{.*?\}\}/, text)
    expect(await heard(() => run('sh', ['-c', status('0')]))).toMatchObject([{ kind: 'ok', exit: 0 }])
    expect(await heard(() => run('sh', ['-c', status('1')]))).toMatchObject([{ kind: 'fail', exit: 1 }])
  })

  it.skipIf(!isInstalled('python3'))('tells by Python, and never stops the job', async () => {
    expect(await heard(() => run('python3', ['-c', lineOf('python-0')]))).toMatchObject([{ kind: 'ok' }])
    const away = lineOf('python-0').replace(gateway.url, 'http://127.0.0.1:9')
    expect((await run('python3', ['-c', away])).stdout).toContain('Overdue did not hear')
  })

  it('tells by Node, and never stops the job', async () => {
    const node = (code: string) => run(process.execPath, ['--input-type=module', '-e', code])
    expect(await heard(() => node(lineOf('node-0')))).toMatchObject([{ kind: 'ok' }])
    expect((await node(lineOf('node-0').replace(gateway.url, 'http://127.0.0.1:9'))).stderr).toContain('did not hear')
  })

  it.skipIf(spawnSync('mosquitto_pub', ['--help']).error !== undefined)('tells by mosquitto_pub', async () => {
    expect(await heard(() => run('sh', ['-c', lineOf('mqtt-0')]))).toEqual([{ kind: 'ok', via: 'mqtt', exit: null }])
  })

  it.skipIf(!isInstalled('g++'))('is C++ for an ESP32', async () => {
    writeFileSync(join(gateway.folder, 'WiFi.h'), SERIAL)
    writeFileSync(join(gateway.folder, 'HTTPClient.h'), HTTP_CLIENT)
    writeFileSync(join(gateway.folder, 'tell.cpp'), lineOf('esp-0'))
    await run('g++', ['-fsyntax-only', '-Wall', '-Werror', '-I', gateway.folder, join(gateway.folder, 'tell.cpp')])
    expect(lineOf('esp-0')).toContain(`http.begin("${gateway.url}/ping/${keyIn(lineOf('python-0'))}")`)
  })
})

/** As much of the Arduino core for the ESP32 as the line calls. */
const SERIAL = 'struct Print { int printf(const char*, ...); };\nextern Print Serial;\n'
const HTTP_CLIENT = `#include <string>
#include <cstdint>
typedef std::string String;
class HTTPClient {
 public:
  bool begin(String url);
  int POST(String payload);
  void setTimeout(uint16_t timeout);
  void end();
};
`

function lineOf(id: string): string {
  const line = lines.get(id)
  if (line === undefined) throw new Error(`the page has no line ${id}, but ${[...lines.keys()].join(', ')}`)
  return line
}

function keyIn(line: string): string {
  return /\/ping\/([\w-]{22})/.exec(line)?.[1] ?? ''
}

/** The signals that came while something was done, oldest first. */
async function heard(act: () => Promise<unknown>): Promise<readonly object[]> {
  const before = await signals()
  await act()
  const after = await signals()
  return after
    .slice(0, after.length - before.length)
    .map(({ kind, via, exit }) => ({ kind, via, exit }))
    .reverse()
}

async function signals(): Promise<readonly { kind: string; via: string; exit: number | null }[]> {
  const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(NAME)}/signals`)
  return (body as { items: { kind: string; via: string; exit: number | null }[] }).items
}
