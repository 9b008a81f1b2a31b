// npm run bench: measures the gateway against its goals and prints markdown tables; progress goes to stderr.
// Flags: --rounds N, --seconds S, --only http,qos1-50,…, --heartbeats N, --signals N, --gateway <main.ts>. See README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureDevices } from './devices.ts'
import { type Bench, gatewayExists } from './gateway-process.ts'
import { measureHanging } from './hanging.ts'
import { measureInflux } from './influx.ts'
import { measureLatency } from './latency.ts'
import { listsTable, measureLists } from './lists.ts'
import { measureMillion } from './million.ts'
import { measureStorm } from './storm.ts'
import { latencyTable, millionTable, throughputTables } from './table.ts'
import { devicesTable } from './table-devices.ts'
import { influxTables } from './table-influx.ts'
import { hangingTable, stormTable } from './table-pages.ts'
import { measureThroughput, type Throughput, type ThroughputRow } from './throughput.ts'

const THROUGHPUT_ROWS: readonly ThroughputRow[] = ['http', 'qos1-50', 'qos1-200']
const ROWS: readonly string[] = [
  ...THROUGHPUT_ROWS,
  'million',
  'latency',
  'storm',
  'hanging',
  'influx',
  'lists',
  'devices',
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: ROWS.join(',') },
    heartbeats: { type: 'string', default: '1000000' },
    signals: { type: 'string', default: '3600000' },
    devices: { type: 'string', default: '10000' },
    gateway: { type: 'string', default: fileURLToPath(new URL('../src/main.ts', import.meta.url)) },
  },
})
const only = positionals.length > 0 ? positionals : values.only.split(',')
for (const row of only) if (!ROWS.includes(row)) throw new Error(`--only ${row}: the rows are ${ROWS.join(', ')}`)
const bench: Bench = {
  main: resolve(values.gateway),
  folder: mkdtempSync(join(tmpdir(), 'overdue-bench-')),
  rounds: numberOf('rounds', values.rounds, 1, 100),
  seconds: numberOf('seconds', values.seconds, 1, 300),
  heartbeats: numberOf('heartbeats', values.heartbeats, 1000, 10_000_000),
  signals: numberOf('signals', values.signals, 10_000, 100_000_000),
}
process.on('exit', () => rmSync(bench.folder, { recursive: true, force: true, maxRetries: 3 }))

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load average ${load()} at the start`,
)
if (!gatewayExists(bench)) console.log(`There is no gateway at ${bench.main}: only the yardsticks are measured.`)

const throughput: Throughput[] = []
for (const row of THROUGHPUT_ROWS) if (only.includes(row)) throughput.push(await measureThroughput(bench, row))
if (throughput.length > 0) {
  console.log(`${throughputTables(throughput)}\nMedians of ${bench.rounds} rounds of ${bench.seconds} s each.`)
}
if (gatewayExists(bench)) {
  if (only.includes('million')) console.log(millionTable(await measureMillion(bench)))
  if (only.includes('latency')) console.log(latencyTable(await measureLatency(bench)))
  if (only.includes('storm')) console.log(stormTable(await measureStorm(bench)))
  if (only.includes('hanging')) console.log(hangingTable(await measureHanging(bench)))
  if (only.includes('influx')) console.log(influxTables(await measureInflux(bench)))
  if (only.includes('devices')) {
    console.log(devicesTable(await measureDevices(bench, numberOf('devices', values.devices, 10, 18_000))))
  }
  if (only.includes('lists')) console.log(listsTable(await measureLists(bench)))
}
process.exit(0)

function numberOf(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${flag} ${text}: a whole number from ${least} to ${most}`)
  }
  return value
}

function load(): string {
  return loadavg()[0]!.toFixed(2)
}
