// Gateway: whether it hears, commits, looks at the silence in time, reaches people, and keeps its series up to date.
import { BLIND } from './annotations.ts'
import { blindWindows } from './blind-windows.ts'
import { graph, stat } from './charts.ts'
import { type Dashboard, dashboard } from './dashboard.ts'
import { UID } from './links.ts'
import { column, fixed, from } from './panel.ts'
import { OF_INSTANCE, type Query, rows, series } from './query.ts'
import { CONSOLE, INFLUX, INSTANCE } from './variables.ts'
import { COLOURS } from './verdicts.ts'

const NOW = ['uptime_s', 'heartbeats', 'incidents', 'storms', 'mqtt_clients']
const now = stat(
  {
    id: 1,
    title: 'The gateway now',
    description: 'No data: it has written nothing for two minutes. Then look at the gateway itself, and at InfluxDB.',
    queries: [
      rows(
        'SELECT last("uptime_s") AS "uptime_s", "heartbeats", "incidents", "storms", "mqtt_clients" FROM "hb_gateway"',
        `WHERE $timeFilter AND ${OF_INSTANCE}`,
      ),
    ],
    look: { unit: 'short', decimals: 0 },
    columns: [
      column('uptime_s', { unit: 's', displayName: 'up for' }),
      column('mqtt_clients', { displayName: 'devices connected' }),
    ],
    now: '2m',
  },
  { order: NOW, colour: 'none' },
)

const TROUBLE = ['channels_failed', 'pages_waiting', 'influx_lag_ms', 'influx_dead']
const trouble = stat(
  {
    id: 2,
    title: 'What should be nothing',
    description:
      'Channels that can’t be reached, pages that no channel has settled, how far the series are behind, and points that InfluxDB refused for good.',
    queries: [
      rows(
        'SELECT last("channels_failed") AS "channels_failed", "pages_waiting", "influx_lag_ms", "influx_dead" FROM "hb_gateway"',
        `WHERE $timeFilter AND ${OF_INSTANCE}`,
      ),
    ],
    look: { unit: 'short', decimals: 0 },
    columns: [
      column('channels_failed', { displayName: 'channels failed', ...from([1, COLOURS.crit]) }),
      column('pages_waiting', { displayName: 'pages waiting', ...from([1, COLOURS.warn], [100, COLOURS.crit]) }),
      column('influx_lag_ms', {
        unit: 'ms',
        displayName: 'series behind',
        ...from([60_000, COLOURS.warn], [600_000, COLOURS.crit]),
      }),
      column('influx_dead', { displayName: 'dead points', ...from([1, COLOURS.warn]) }),
    ],
    now: '2m',
  },
  { order: TROUBLE },
)

/** What is counted since the point before, which is 10 s ago. */
function aSecond(field: string, name = field): Query {
  return over(`mean("${field}") / 10`, name)
}

function over(expression: string, name: string): Query {
  return series(
    name,
    `SELECT ${expression} AS "${name}" FROM "hb_gateway"`,
    `WHERE $timeFilter AND ${OF_INSTANCE} GROUP BY time($__interval) fill(none)`,
  )
}

const STEP = { interval: '10s' } as const

const throughput = graph({
  id: 3,
  title: 'Throughput',
  description: 'Signals that were acknowledged, came twice, or were refused, and points written to InfluxDB, a second.',
  queries: [
    aSecond('signals'),
    aSecond('duplicates'),
    aSecond('refused'),
    aSecond('facts'),
    aSecond('influx_points', 'points'),
  ],
  look: { unit: 'cps', min: 0 },
  columns: [
    column('signals', { color: fixed(COLOURS.ok) }),
    column('facts', { color: fixed(COLOURS.run) }),
    column('refused', { color: fixed(COLOURS.crit) }),
    column('duplicates', { color: fixed(COLOURS.warn) }),
    column('points', { color: fixed(COLOURS.mute) }),
  ],
  ...STEP,
})

const commits = graph({
  id: 4,
  title: 'Commit latency',
  description: 'From handing over facts to having them on disk: a sender waits for this.',
  queries: [over('mean("commit_p50_ms")', 'p50'), over('max("commit_p99_ms")', 'p99')],
  look: { unit: 'ms', min: 0 },
  columns: [column('p50', { color: fixed(COLOURS.ok) }), column('p99', { color: fixed(COLOURS.warn) })],
  ...STEP,
})

const ticks = graph({
  id: 5,
  title: 'Tick lag',
  description: 'How much later than due it looked at the silence. Much of it is a starved or suspended machine.',
  queries: [over('max("tick_lag_ms")', 'tick lag')],
  look: { unit: 'ms', min: 0, color: fixed(COLOURS.run) },
  ...STEP,
})

const couriers = graph({
  id: 6,
  title: 'Pages waiting, channels failed',
  description: 'Pages that no channel has settled yet, and channels that can’t be reached.',
  queries: [
    over('max("pages_waiting")', 'pages waiting'),
    over('max("channels_failed")', 'channels failed'),
    over('last("channels")', 'channels'),
  ],
  look: { unit: 'short', decimals: 0, min: 0 },
  columns: [
    column('pages waiting', { color: fixed(COLOURS.warn) }),
    column('channels failed', { color: fixed(COLOURS.crit) }),
    column('channels', { color: fixed(COLOURS.mute) }),
  ],
  ...STEP,
})

const behind = graph({
  id: 7,
  title: 'How far the series are behind',
  description:
    'The age of the oldest fact that InfluxDB has not got. It waits in the ledger and is written when InfluxDB answers again.',
  queries: [over('max("influx_lag_ms")', 'behind')],
  look: { unit: 'ms', min: 0, color: fixed(COLOURS.run) },
  ...STEP,
})

const memory = graph({
  id: 9,
  title: 'Memory and disk',
  description: 'Resident memory, the ledger on disk, and the free space beside it.',
  queries: [
    over('max("rss_bytes")', 'memory'),
    over('max("ledger_bytes")', 'ledger'),
    over('min("free_bytes")', 'free'),
  ],
  look: { unit: 'bytes', min: 0 },
  columns: [
    column('memory', { color: fixed(COLOURS.run) }),
    column('ledger', { color: fixed(COLOURS.warn) }),
    column('free', { color: fixed(COLOURS.mute) }, { axisPlacement: 'right', fillOpacity: 0 }),
  ],
  ...STEP,
})

const devices = graph({
  id: 10,
  title: 'Devices and heartbeats',
  description: 'Connected over MQTT, connections that were let in meanwhile, and heartbeats that are declared.',
  queries: [
    over('last("mqtt_clients")', 'devices'),
    over('sum("mqtt_connects")', 'connects'),
    over('last("heartbeats")', 'heartbeats'),
  ],
  look: { unit: 'short', decimals: 0, min: 0 },
  columns: [
    column('devices', { color: fixed(COLOURS.run) }),
    column('connects', { color: fixed(COLOURS.warn) }),
    column('heartbeats', { color: fixed(COLOURS.mute) }),
  ],
  ...STEP,
})

const blind = blindWindows(11, OF_INSTANCE)

export const GATEWAY: Dashboard = dashboard({
  uid: UID.gateway,
  title: 'Overdue: gateway',
  description: 'Whether the gateway hears, commits, looks in time, reaches people, and keeps its series up to date.',
  range: 'now-6h',
  refresh: '30s',
  variables: [INFLUX, INSTANCE, CONSOLE],
  annotations: [BLIND],
  shelves: [
    [5, [12, trouble], [12, now]],
    [8, [12, throughput], [12, commits]],
    [8, [8, ticks], [8, couriers], [8, behind]],
    [8, [12, memory], [12, devices]],
    [8, [24, blind]],
  ],
})
