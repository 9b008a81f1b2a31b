// The package as others get it: packed by npm, small, installed into an empty project, and run under the oldest Node
// that it promises and under this one.
import { execFile, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { GatewayProcess, TOKEN } from '../../gateway/test/process.ts'
import { hearings, script } from './examples.ts'
import { STAND_INS } from './stand-ins.ts'

const ROOT = join(import.meta.dirname, '../..')
const MOST_BYTES = 10_000
const run = promisify(execFile)
/** Outside of node_modules, where it is older than the one that runs this. */
const OLDER = olderNode()

const folder = mkdtempSync(join(tmpdir(), 'overdue-sdk-'))
const project = join(folder, 'project')
const installed = join(project, 'node_modules/@overdue/device-sdk')
let gateway: GatewayProcess
/** How many signals of each name were heard before. */
const seen = new Map<string, number>()

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

beforeAll(async () => {
  gateway = await new GatewayProcess('signals: { create: true }\n').start()
  const tarball = await pack()
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  await npm(project, 'install', '--offline', '--no-audit', '--no-fund', tarball)
  // Its optional dependency, where npm's cache has none, and what the examples use besides.
  for (const library of ['mqtt', 'fastify']) {
    const place = join(project, 'node_modules', library)
    if (!existsSync(place)) symlinkSync(join(ROOT, 'node_modules', library), place)
  }
  for (const [name, code] of Object.entries(STAND_INS)) {
    mkdirSync(join(project, 'node_modules', name))
    writeFileSync(join(project, 'node_modules', name, 'index.mjs'), code)
    writeFileSync(join(project, 'node_modules', name, 'package.json'), '{ "exports": "./index.mjs" }\n')
  }
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await gateway[Symbol.asyncDispose]()
})

describe('the package', () => {
  it(`has at most ${MOST_BYTES} bytes of JavaScript, compressed`, () => {
    const code = globSync('**/*.{js,mjs,cjs}', { cwd: installed }).map((file) => readFileSync(join(installed, file)))
    expect(code.length).toBeGreaterThan(10)
    expect(gzipSync(Buffer.concat(code)).length).toBeLessThanOrEqual(MOST_BYTES)
  })

  it('has types for everything, no sources, no scripts, and one dependency, which is optional', () => {
    const { exports, scripts, dependencies, optionalDependencies } = manifest()
    expect(exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } })
    expect([scripts, dependencies, Object.keys(optionalDependencies as object)]).toEqual([
      undefined,
      undefined,
      ['mqtt'],
    ])
    const files = globSync('**/*.*', { cwd: installed }).sort()
    const sources = files.filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3))
    const types = sources.map((file) => `${file}.d.ts`)
    expect(files).toEqual(['README.md', 'package.json', ...types, ...sources.map((file) => `${file}.js`)].sort())
  })

  it('has types that an older compiler setting reads without skipping what it finds in libraries', async () => {
    writeFileSync(join(project, 'typed.ts'), TYPED)
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--module', 'nodenext', '--types', '']
    const { stdout } = await run(tsc, [...strict, 'typed.ts'], { cwd: project }).catch((error) => error)
    expect(stdout).toBe('')
  })
})

describe.each([
  ['the Node of the tests', process.execPath],
  ['the oldest Node here', OLDER],
])('under %s', (_, node) => {
  it.skipIf(node === undefined)('every example does what it says', async () => {
    writeFileSync(join(project, 'examples.js'), script())
    const env = { OVERDUE_URL: gateway.url, OVERDUE_TOKEN: TOKEN }
    expect(await run(node as string, ['examples.js'], { cwd: project, env })).toEqual({ stdout: '', stderr: '' })
    for (const [name, kinds] of Object.entries(hearings())) expect([name, await heardNow(name)]).toEqual([name, kinds])
  })

  it.skipIf(node === undefined)('a job speaks MQTT, or says what is missing where there is no mqtt', async () => {
    writeFileSync(join(project, 'job.js'), JOB)
    const args = ['job.js', `mqtt://127.0.0.1:${gateway.mqttPort}`]
    expect(await run(node as string, args, { cwd: project, env: {} })).toEqual({ stdout: 'done true\n', stderr: '' })
    expect(await heardNow('job')).toEqual(['start', 'ok'])
    const bare = join(
      folder,
      `bare-${Buffer.from(node as string)
        .toString('hex')
        .slice(-20)}`,
    )
    cpSync(installed, join(bare, 'node_modules/@overdue/device-sdk'), { recursive: true })
    writeFileSync(join(bare, 'package.json'), '{ "type": "module" }\n')
    writeFileSync(join(bare, 'job.js'), JOB)
    const { stdout } = await run(node as string, args, { cwd: bare, env: {} })
    expect(stdout).toContain('the package mqtt is not installed: npm install mqtt')
    expect(stdout).toContain('done false')
  })
})

const JOB = `import { heartbeat } from '@overdue/device-sdk'
const job = heartbeat('job', { mqtt: process.argv[2], onProblem: ({ text }) => console.log(text) })
const result = await job.around(() => 'done')
console.log(result, await job.flush())
`

const TYPED = `import { type Details, followTask, followWorker, heartbeat, healthHandler, type Problem } from '@overdue/device-sdk'
const backup = heartbeat('nightly-backup', { url: 'http://gateway:8080', onProblem: ({ text }: Problem) => void text })
const rows: number = await backup.around(async (run) => (run.log('copying'), 120))
const details: Details = { metrics: { rows }, next: '6h' }
const stop: () => void = backup.every('30s', async () => {})
stop()
backup.ok(details)
const delivered: boolean = await backup.flush(2000)
followWorker({ on: (event: 'active' | 'failed', listener: (job: { id?: string }) => void) => 1 }, backup)
followTask({ on: (event: 'execution:started', listener: (context: { date: number }) => Promise<void> | void) => {} }, backup)
healthHandler([backup], { staleAfter: '2m' })({}, { status: () => ({ send: () => delivered }) })
// @ts-expect-error a heartbeat has a name and options
heartbeat('nightly-backup')
`

/** In a copy, so that a run of the tests leaves nothing behind in the sources. */
async function pack(): Promise<string> {
  const copy = join(folder, 'device-sdk')
  const isKept = (file: string): boolean => !/\/(?:dist|\.tsc|node_modules)$/.test(file)
  cpSync(join(ROOT, 'device-sdk'), copy, { recursive: true, filter: isKept })
  cpSync(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const before = readFileSync(join(copy, 'package.json'), 'utf8')
  await npm(copy, 'pack', '--pack-destination', folder)
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(before)
  rmSync(join(folder, 'node_modules'))
  return join(folder, globSync('*.tgz', { cwd: folder })[0] as string)
}

/** Without what the npm that runs the tests tells those below it. */
async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const { PATH, HOME } = process.env
  await run('npm', [...args], { cwd, env: { PATH, HOME } })
}

function manifest(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
}

/** Since it was asked before, oldest first. */
async function heardNow(name: string): Promise<readonly string[]> {
  const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/signals?limit=1000`)
  const kinds = (body as { items: { kind: string }[] }).items.map(({ kind }) => kind).reverse()
  const before = seen.get(name) ?? 0
  seen.set(name, kinds.length)
  return kinds.slice(before)
}

function olderNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => !place.includes('node_modules'))
  return places
    .map((place) => join(place, 'node'))
    .find((node) => {
      const major = Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1])
      return major >= 20 && major < Number(process.versions.node.split('.')[0])
    })
}
