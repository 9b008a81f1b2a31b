// Prints what was measured of storms and of channels as markdown tables.
import type { Hanging } from './hanging.ts'
import type { Storm } from './storm.ts'
import { millis, table, verdict } from './table.ts'

const DURABLE_GOAL_MS = 3000
const WEBHOOKS_GOAL = 5
const PING_GOAL_MS = 100
const DELAY_GOAL_MS = 50

export function stormTable(storm: Storm): string {
  const rows = [
    [
      'first deadline until all incidents are on disk',
      millis(storm.durableMs),
      '≤ 3,000 ms',
      verdict(storm.durableMs, (ms) => ms <= DURABLE_GOAL_MS),
    ],
    ['– from the last deadline', millis(storm.durableAfterLastMs), '', ''],
    ['webhooks in the first minute', countsOf(storm.webhooks), '≤ 5', verdict(storm.webhooks.length, atMostFive)],
    ['p99 of pings meanwhile', millis(storm.pingP99), '≤ 100 ms', verdict(storm.pingP99, (ms) => ms <= PING_GOAL_MS)],
    ['– max', millis(storm.pingMax), '', ''],
    ['– p99 before', millis(storm.quietP99), '', ''],
  ]
  const title = `${storm.silent} heartbeats of a group silent within ${millis(storm.spreadMs)}`
  return table([title, 'measured', 'goal', 'met'], rows)
}

export function hangingTable({ pages, alone, beside, hung }: Hanging): string {
  const more = beside.p99 - alone.p99
  const rows = [
    ['p99 without it', millis(alone.p99), '', ''],
    ['p99 beside it', millis(beside.p99), '', ''],
    ['– how much later', millis(more), '≤ 50 ms', verdict(more, (ms) => ms <= DELAY_GOAL_MS)],
    ['p50 without it, beside it', `${millis(alone.p50)}, ${millis(beside.p50)}`, '', ''],
    ['max without it, beside it', `${millis(alone.max)}, ${millis(beside.max)}`, '', ''],
    ['tries that were never answered', String(hung), '', ''],
  ]
  return table([`deadline to webhook beside a channel that hangs, ${pages} pages`, 'measured', 'goal', 'met'], rows)
}

function atMostFive(webhooks: number): boolean {
  return webhooks <= WEBHOOKS_GOAL
}

function countsOf(types: readonly string[]): string {
  const counts = [...Map.groupBy(types, (type) => type)].map(([type, all]) => `${all.length} ${type}`)
  return `${types.length}${types.length > 0 ? ` (${counts.join(', ')})` : ''}`
}
