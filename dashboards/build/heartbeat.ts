// Heartbeat: one of them, from what it is now over when it came and how long it took to who was paged for it.
import { BLIND, INCIDENTS_OF_HEARTBEAT } from './annotations.ts'
import { graph, stat, text, timeline } from './charts.ts'
import { type Dashboard, dashboard } from './dashboard.ts'
import { INCIDENTS, PAGES, RUNS } from './heartbeat-tables.ts'
import { UID } from './links.ts'
import { column, fixed, from } from './panel.ts'
import { OF_HEARTBEAT, rows, series } from './query.ts'
import { CONSOLE, GROUP, HEARTBEAT, INFLUX, SEARCH } from './variables.ts'
import { COLOURS, NEVER, VERDICT_MAPPINGS } from './verdicts.ts'

const verdict = stat(
  {
    id: 1,
    title: '$heartbeat',
    description:
      'Its verdict now. No data: nothing was written about it for a quarter of an hour, so look at the gateway first.',
    queries: [rows(`SELECT last("code") AS "verdict" FROM "hb_state" WHERE $timeFilter AND ${OF_HEARTBEAT}`)],
    look: { unit: 'none', mappings: VERDICT_MAPPINGS, color: fixed(COLOURS.mute) },
    now: '15m',
  },
  { order: ['verdict'] },
)

const NOW = ['owner', 'since', 'last_signal', 'due', 'deadline', 'overdue_ms', 'missed']
const now = stat(
  {
    id: 2,
    title: 'Since when, and what is next',
    description:
      'Whose it is, since when it is so, when it was last heard, when it is due, and when silence becomes a miss.',
    queries: [
      rows(
        'SELECT last("code") AS "verdict", "owner", "since", "last_signal", "due", "deadline", "overdue_ms", "missed"',
        `FROM "hb_state" WHERE $timeFilter AND ${OF_HEARTBEAT}`,
      ),
    ],
    look: { unit: 'dateTimeFromNow', noValue: '–' },
    columns: [
      column('last_signal', { mappings: NEVER, displayName: 'last signal' }),
      column('overdue_ms', { unit: 'ms', displayName: 'overdue' }),
      column('missed', { unit: 'short', decimals: 0, displayName: 'missed in a row' }),
    ],
    now: '15m',
  },
  { order: NOW, colour: 'none', fields: `/^(${[...NOW, 'last signal', 'overdue', 'missed in a row'].join('|')})$/` },
)

const states = timeline({
  id: 3,
  title: 'Verdict',
  description:
    'What it was. Spells shorter than one step of this graph may be missing: the incidents below have all of them.',
  queries: [
    series(
      'verdict',
      'SELECT last("code") AS "verdict" FROM "hb_state"',
      `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
    ),
  ],
  look: { unit: 'none', mappings: VERDICT_MAPPINGS },
  interval: '10s',
})

const lag = graph(
  {
    id: 4,
    title: 'Arrivals against the schedule',
    description:
      'How long after its due instant each awaited ok came; below zero it came early. The latest of each step.',
    queries: [
      series(
        'after due',
        'SELECT max("lag_ms") AS "after due" FROM "hb_signal"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
      ),
    ],
    look: { unit: 'ms', color: fixed(COLOURS.run) },
    interval: '10s',
  },
  { draw: 'points' },
)

const duration = graph({
  id: 5,
  title: 'Duration',
  description:
    'How long its runs took, the median of the good ones before, and three times that: where slow begins, unless the heartbeat says otherwise.',
  queries: [
    series(
      'took',
      'SELECT max("duration_ms") AS "took" FROM "hb_signal"',
      `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
    ),
    series(
      'baseline',
      'SELECT last("baseline_ms") AS "baseline" FROM "hb_signal"',
      `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
    ),
    series(
      '3 × baseline',
      'SELECT last("baseline_ms") * 3 AS "limit" FROM "hb_signal"',
      `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
    ),
  ],
  look: { unit: 'ms', min: 0 },
  columns: [
    column('took', { color: fixed(COLOURS.run) }, { drawStyle: 'points', showPoints: 'always', pointSize: 6 }),
    column('baseline', { color: fixed(COLOURS.mute) }, { fillOpacity: 0, spanNulls: true }),
    column(
      '3 × baseline',
      { color: fixed(COLOURS.ok) },
      { fillBelowTo: 'baseline', fillOpacity: 12, lineStyle: { fill: 'dash', dash: [6, 6] }, spanNulls: true },
    ),
  ],
  interval: '10s',
})

const gap = graph(
  {
    id: 6,
    title: 'Time between signals',
    description: 'The longest silence before a signal, in each step.',
    queries: [
      series(
        'gap',
        'SELECT max("gap_ms") AS "gap" FROM "hb_signal"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
      ),
    ],
    look: { unit: 'ms', min: 0, color: fixed(COLOURS.run) },
    interval: '10s',
  },
  { draw: 'points' },
)

const KINDS = { ok: 'ok', start: 'run', fail: 'crit', log: 'mute', bye: 'mute', will: 'warn' } as const
const signals = graph(
  {
    id: 7,
    title: 'Signals',
    description: 'How many came in each step, by kind.',
    queries: [
      series(
        '$tag_kind',
        'SELECT sum("n") AS "signals" FROM "hb_signal"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval), "kind" fill(none)`,
      ),
    ],
    look: { unit: 'short', decimals: 0, min: 0 },
    columns: Object.entries(KINDS).map(([kind, family]) => column(kind, { color: fixed(COLOURS[family]) })),
    interval: '1m',
  },
  { draw: 'bars', stack: true },
)

const hours = graph(
  {
    id: 8,
    title: 'Share of each hour in which it was not bad',
    description: 'From the hourly figures, which outlive the single signals.',
    queries: [
      series(
        'well',
        'SELECT mean("ok_ratio") AS "well" FROM "hb_1h"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} GROUP BY time($__interval) fill(none)`,
      ),
    ],
    look: { unit: 'percentunit', min: 0, max: 1, ...from([0, COLOURS.crit], [0.99, COLOURS.ok]) },
    interval: '1h',
  },
  { draw: 'bars' },
)

const elsewhere = text(
  12,
  'In the console',
  'The page of this heartbeat at the gateway: the address above is yours to change.',
  '[${heartbeat} in the console](${console}/heartbeats/${heartbeat:percentencode}): its runbook, why it is what it is, silence it, pause it.',
)

export const HEARTBEAT_DASHBOARD: Dashboard = dashboard({
  uid: UID.heartbeat,
  title: 'Overdue: heartbeat',
  description: 'One heartbeat: what it is now, when it came, how long it took, and who was paged for it.',
  range: 'now-24h',
  refresh: '30s',
  variables: [INFLUX, GROUP, SEARCH, HEARTBEAT, CONSOLE],
  annotations: [INCIDENTS_OF_HEARTBEAT, BLIND],
  shelves: [
    [5, [5, verdict], [19, now]],
    [5, [24, states]],
    [3, [24, elsewhere]],
    [8, [12, lag], [12, duration]],
    [8, [8, gap], [8, signals], [8, hours]],
    [9, [12, INCIDENTS], [12, PAGES]],
    [10, [24, RUNS]],
  ],
})
