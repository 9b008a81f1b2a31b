// Prints what was measured of the time series as markdown tables.
import type { Influx, Outage, Pace } from './influx.ts'
import { median } from './measure.ts'
import { millis, table, verdict } from './table.ts'

const DRAIN_GOAL = 50_000
const GROWTH_GOAL = 50e6

export function influxTables({ without, beside, outages }: Influx): string {
  return [paceTable(without, beside), ...outages.map(outageTable)].join('')
}

function paceTable(without: readonly Pace[], beside: readonly Pace[]): string {
  const rate = (paces: readonly Pace[]) =>
    Math.round(median(paces.map(({ perSecond }) => perSecond))).toLocaleString('en')
  const p99 = (paces: readonly Pace[]) => millis(median(paces.map(({ p99 }) => p99)))
  const share = median(beside.map(({ perSecond }, round) => perSecond / (without[round]?.perSecond ?? Number.NaN)))
  return table(
    ['pings', 'without time series', 'with them', 'share'],
    [
      ['as fast as they are answered', `${rate(without)}/s`, `${rate(beside)}/s`, share.toFixed(2)],
      ['p99 at 1,000/s', p99(without), p99(beside), ''],
    ],
  )
}

function outageTable({ server, signals, signalSeconds, rss, p99, points, drainSeconds, lost }: Outage): string {
  const growth = rss.during - rss.before
  const perSecond = points / drainSeconds
  const rows = [
    ['points lost', String(lost), '0', verdict(lost, (count) => count === 0)],
    [
      'memory while it is away',
      `${megabytes(growth)} more`,
      '≤ 50 MB more',
      verdict(growth, (bytes) => bytes <= GROWTH_GOAL),
    ],
    [
      '– before, then, at the peak, after',
      [rss.before, rss.during, rss.peak, rss.after].map(megabytes).join(', '),
      '',
      '',
    ],
    ['p99 of pings at 1,000/s before, then', `${millis(p99.before)}, ${millis(p99.during)}`, '', ''],
    [
      'points a second when it is back',
      Math.round(perSecond).toLocaleString('en'),
      '≥ 50,000',
      verdict(perSecond, (rate) => rate >= DRAIN_GOAL),
    ],
    ['– points, in', `${points.toLocaleString('en')}, ${drainSeconds.toFixed(1)} s`, '', ''],
  ]
  const title = `${signals.toLocaleString('en')} signals within ${signalSeconds.toFixed(0)} s while ${server} is away`
  return table([title, 'measured', 'goal', 'met'], rows)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
