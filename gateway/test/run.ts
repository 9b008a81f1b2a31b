// Everything that has to hold, in one command: formatting and lint, types, tests. Installs the real clients that tests
// talk to where it may; what had to be skipped without them is listed by name at the end.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const TOOLS = join(ROOT, 'node_modules/.bin')
/** Commands that tests start, or files that they need, and the Debian package of each. */
const CLIENTS: Readonly<Record<string, string>> = {
  amtool: 'prometheus-alertmanager',
  chromium: 'chromium',
  crontab: 'cron',
  '/usr/lib/python3/dist-packages/paho': 'python3-paho-mqtt',
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi',
  'avr-gcc': 'gcc-avr',
  curl: 'curl',
  'docker-compose': 'docker-compose',
  'g++': 'g++',
  gcc: 'gcc',
  influx: 'influxdb-client',
  influxd: 'influxdb',
  jq: 'jq',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  'nats-server': 'nats-server',
  paho_c_pub: 'paho.mqtt.c-examples',
  patch: 'patch',
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  promtool: 'prometheus',
  python3: 'python3',
  'systemd-analyze': 'systemd',
  'victoria-metrics': 'victoria-metrics',
}
/** What Debian asks before a package starts its service: 101 says no. */
const MAY_START = '/usr/sbin/policy-rc.d'

type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function step(title: string, command: string, ...args: readonly string[]): boolean {
  console.log(`\n== ${title}`)
  return spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}

function isThere(command: string): boolean {
  return command.startsWith('/') ? existsSync(command) : spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

function installClients(): void {
  const missing = Object.keys(CLIENTS).filter((command) => !isThere(command))
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  const packages = [...new Set(missing.map((command) => CLIENTS[command] as string))]
  step('install package lists', 'apt-get', 'update', '-qq')
  const install = ['-o', 'Dpkg::Use-Pty=0', 'install', '-y', '-qq', '--no-install-recommends']
  withoutStarting(() =>
    step(`install ${packages.join(', ')}`, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...install, ...packages),
  )
}

/** Tests start their own servers; a service that runs on after them is nobody's wish. */
function withoutStarting(install: () => void): void {
  if (existsSync(MAY_START)) return install()
  writeFileSync(MAY_START, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    install()
  } finally {
    rmSync(MAY_START, { force: true })
  }
}

function runTests(args: readonly string[]): Report | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'overdue-test-'))
  const file = join(folder, 'report.json')
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  step('tests', process.execPath, vitest, 'run', ...reporters, ...args)
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function listSkipped({ testResults }: Report): void {
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'skipped' || status === 'pending')
      .map(({ fullName }) => fullName),
  )
  if (skipped.length === 0) return
  console.log('\nSkipped, because this machine lacks what they need:')
  for (const name of skipped) console.log(`  - ${name}`)
}

const startedAt = performance.now()
installClients()
const isTidy = step('formatting and lint', join(TOOLS, 'biome'), 'ci', '.')
const isTyped = step('types', join(TOOLS, 'tsc'), '--build')
const report = runTests(process.argv.slice(2))
if (report !== undefined) listSkipped(report)
if (!isTidy) console.log('\nFormatting or lint failed: `npm run format` repairs most of it.')
if (!isTyped) console.log('\nTypes failed.')
console.log(`\nTook ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`)
const failedFiles = report?.testResults.filter(({ status }) => status === 'failed').length ?? 0
const checks = Number(!isTidy) + Number(!isTyped)
const failed = report === undefined ? 1 : Math.max(report.numFailedTests, report.success ? 0 : failedFiles) + checks
console.log(`${report?.numPassedTests ?? 0} passed, ${failed} failed, ${report?.numPendingTests ?? 0} skipped`)
process.exitCode = failed === 0 && report !== undefined && report.numPassedTests > 0 ? 0 : 1
