// Prints what was measured as markdown tables: the goals first, then where the CPU time went.
import type { Latency } from './latency.ts'
import { median, type Window } from './measure.ts'
import type { Million } from './million.ts'
import type { Throughput } from './throughput.ts'

const START_GOAL_MS = 5000
const BYTES_GOAL = 400
const IDLE_GOAL = 0.05
const LATENCY_GOAL_MS = 250
/** Above this share of a core the load, not the server, may be what was measured. */
const BUSY_LOAD = 0.95

export function throughputTables(rows: readonly Throughput[]): string {
  const mosquitto = rows.some(({ servers }) => servers.some(({ name }) => name === 'mosquitto'))
  const names = ['gateway', 'yardstick', ...(mosquitto ? ['mosquitto'] : [])]
  const rates = rows.map((row) => [
    row.title,
    ...names.map((name) => rateOf(row, name)),
    row.ratio === undefined ? '–' : row.ratio.toFixed(2),
    `≥ ${row.goal.toFixed(2)}`,
    verdict(row.ratio, (ratio) => ratio >= row.goal),
  ])
  const costs = rows.flatMap((row) =>
    row.servers.map(({ name, rounds }) => [row.row, name, ...costOf(rounds), spreadOf(rounds)]),
  )
  return [
    table(['Signals', ...names, 'gateway / yardstick', 'goal', 'met'], rates),
    table(['Row', 'Server', 'server CPU µs/op', 'server cores', 'load cores', 'rounds, min–max /s'], costs),
  ].join('\n')
}

export function millionTable(million: Million): string {
  const { startMs, bytesEach, idleCores } = million
  const rows = [
    [
      'start, spawn to ready',
      `${(startMs / 1000).toFixed(2)} s`,
      '≤ 5 s',
      verdict(startMs, (ms) => ms <= START_GOAL_MS),
    ],
    ['memory per heartbeat', bytes(bytesEach), '≤ 400 B', verdict(bytesEach, (each) => each <= BYTES_GOAL)],
    ['– at the peak of the start', bytes(million.peakBytesEach), '', ''],
    ['– after one more signal each', bytes(million.signalledBytesEach), '', ''],
    ['CPU at rest', cores(idleCores), '≤ 5 % of a core', verdict(idleCores, (share) => share <= IDLE_GOAL)],
  ]
  const notes = million.notes.map((note) => `\nNote: ${note}.\n`).join('')
  const created = `created in ${million.seedSeconds.toFixed(1)} s`
  return table([`${million.heartbeats} heartbeats of 1 min, ${created}`, 'measured', 'goal', 'met'], rows) + notes
}

export function latencyTable(latency: Latency): string {
  const signals = `${Math.round(latency.signalsPerSecond)} signals/s`
  const rows = [
    ['p99', millis(latency.p99), '≤ 250 ms', verdict(latency.p99, (ms) => ms <= LATENCY_GOAL_MS)],
    ['p50', millis(latency.p50), '', ''],
    ['max', millis(latency.max), '', ''],
    [
      'webhooks that came',
      `${latency.arrived} of ${latency.probes}`,
      'all',
      latency.arrived === latency.probes ? 'yes' : 'NO',
    ],
    ['deadline off the expected', millis(latency.deadlineOff), '', ''],
    ['CPU of the gateway', cores(latency.cores), '', ''],
  ]
  return table([`deadline to webhook, ${latency.heartbeats} heartbeats, ${signals}`, 'measured', 'goal', 'met'], rows)
}

function rateOf(row: Throughput, name: string): string {
  const server = row.servers.find((one) => one.name === (name === 'yardstick' ? row.yardstick : name))
  if (server === undefined) return '–'
  const rate = Math.round(median(server.rounds.map(({ perSecond }) => perSecond))).toLocaleString('en')
  return name === 'yardstick' ? `${rate} (${row.yardstick})` : rate
}

function costOf(rounds: readonly Window[]): string[] {
  const loadCores = median(rounds.map((round) => round.loadCores))
  return [
    decimals(rounds.map(({ serverMicrosPerOp }) => serverMicrosPerOp ?? Number.NaN)),
    decimals(rounds.map(({ serverCores }) => serverCores ?? Number.NaN)),
    `${loadCores.toFixed(2)}${loadCores > BUSY_LOAD ? ' (!)' : ''}`,
  ]
}

function spreadOf(rounds: readonly Window[]): string {
  const rates = rounds.map(({ perSecond }) => Math.round(perSecond))
  return `${Math.min(...rates).toLocaleString('en')}–${Math.max(...rates).toLocaleString('en')}`
}

function decimals(values: readonly number[]): string {
  const value = median(values)
  return Number.isNaN(value) ? '–' : value.toFixed(2)
}

function bytes(value: number | undefined): string {
  return value === undefined ? '–' : `${Math.round(value)} B`
}

function cores(value: number | undefined): string {
  return value === undefined ? '–' : `${(value * 100).toFixed(1)} % of a core`
}

export function millis(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} ms` : 'never'
}

export function verdict(value: number | undefined, met: (value: number) => boolean): string {
  if (value === undefined) return '–'
  return met(value) ? 'yes' : 'NO'
}

export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `\n${lines.join('\n')}\n`
}
