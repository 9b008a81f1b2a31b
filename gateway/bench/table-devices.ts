// Prints what was measured of a fleet of devices as a markdown table.
import type { Devices } from './devices.ts'
import { millis, table, verdict } from './table.ts'

const BYTES_GOAL = 20_000
const ACK_GOAL_MS = 50
const BACK_GOAL_MS = 20_000

export function devicesTable(seen: Devices): string {
  const kilobytes = `${(seen.bytesPerConnection / 1_000).toFixed(1)} kB`
  const rows = [
    ['memory of an idle connection', kilobytes, '≤ 20 kB', verdict(seen.bytesPerConnection, (b) => b <= BYTES_GOAL)],
    [
      `p99 of the acknowledgement of ${seen.beats} beats`,
      millis(seen.p99),
      '≤ 50 ms',
      verdict(seen.p99, (ms) => ms <= ACK_GOAL_MS),
    ],
    ['– p50, max', `${millis(seen.p50)}, ${millis(seen.max)}`, '', ''],
    [
      'cut off at once, all are back and acknowledged',
      millis(seen.allBackMs),
      '≤ 20 s',
      verdict(seen.allBackMs, (ms) => ms <= BACK_GOAL_MS),
    ],
    ['– p99 of one, from its first byte', millis(seen.backP99), '', ''],
    [`a backlog of ${seen.backlogMessages} messages, all acknowledged`, millis(seen.backlogMs), '', ''],
    ['incidents', String(seen.falseAlarms), '0', verdict(seen.falseAlarms, (count) => count === 0)],
    ['signals accepted', String(seen.signals), '', ''],
  ]
  return table([`${seen.devices} devices, each beating every 30 s`, 'measured', 'goal', 'met'], rows)
}
