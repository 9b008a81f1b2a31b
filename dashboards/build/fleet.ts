// Fleet: how the groups fared over time, which heartbeats were bad when, and which are bad again and again.
import { BLIND, STORMS } from './annotations.ts'
import { blindWindows } from './blind-windows.ts'
import { cells, graph, timeline } from './charts.ts'
import { type Dashboard, dashboard } from './dashboard.ts'
import { AGAIN, GROUPS_NOW, LEAST_WELL, NOT_OK, STORMS_LIST } from './fleet-tables.ts'
import { OF_SERIES, UID } from './links.ts'
import { from } from './panel.ts'
import { IN_GROUP, IN_OWNER, NAMED, series } from './query.ts'
import { CONSOLE, GROUP, INFLUX, OWNER, SEARCH } from './variables.ts'
import { COLOURS, VERDICT_MAPPINGS } from './verdicts.ts'

const byGroup = timeline({
  id: 2,
  title: 'Bad heartbeats by group',
  description: 'The most heartbeats of each group that were overrun, missed or failed at once.',
  queries: [
    series(
      '$tag_group',
      'SELECT max("bad") AS "bad" FROM "hb_fleet"',
      `WHERE $timeFilter AND ${IN_GROUP} GROUP BY time($__interval), "group" fill(none)`,
    ),
  ],
  look: { unit: 'none', decimals: 0, ...from([1, COLOURS.warn], [5, COLOURS.crit]) },
  interval: '1m',
})

const well = graph({
  id: 3,
  title: 'Share that is well',
  description: 'How many of each group are not overrun, missed or failed.',
  queries: [
    series(
      '$tag_group',
      'SELECT 1 - mean("bad") / mean("total") AS "well" FROM "hb_fleet"',
      `WHERE $timeFilter AND ${IN_GROUP} GROUP BY time($__interval), "group" fill(none)`,
    ),
  ],
  look: { unit: 'percentunit', max: 1, decimals: 1 },
  interval: '1m',
})

const whoWhen = cells({
  id: 4,
  title: 'Who was bad, and when',
  description:
    'Only heartbeats that were unverified, slow, overrun, missed or failed in the range above: the worst verdict of each five minutes or more.',
  queries: [
    series(
      '$tag_heartbeat',
      'SELECT max("code") AS "verdict" FROM "hb_state"',
      `WHERE $timeFilter AND "code" >= 4 AND "code" <= 8 AND ${IN_GROUP} AND ${IN_OWNER} AND ${NAMED}`,
      'GROUP BY time($__interval), "heartbeat" fill(none)',
    ),
  ],
  look: { unit: 'none', mappings: VERDICT_MAPPINGS, links: OF_SERIES },
  interval: '5m',
})

const signals = graph(
  {
    id: 9,
    title: 'Signals by group',
    description: 'Signals a second of each group, one on top of the other.',
    queries: [
      series(
        '$tag_group',
        'SELECT mean("arrivals") / 10 AS "signals" FROM "hb_fleet"',
        `WHERE $timeFilter AND ${IN_GROUP} GROUP BY time($__interval), "group" fill(none)`,
      ),
    ],
    look: { unit: 'cps', min: 0 },
    interval: '10s',
  },
  { stack: true, fill: 30 },
)

const late = graph({
  id: 10,
  title: 'Share that is late',
  description: 'Past due and inside their grace, by group: many at once have a cause in common.',
  queries: [
    series(
      '$tag_group',
      'SELECT mean("late") / mean("total") AS "late" FROM "hb_fleet"',
      `WHERE $timeFilter AND ${IN_GROUP} GROUP BY time($__interval), "group" fill(none)`,
    ),
  ],
  look: { unit: 'percentunit', min: 0, decimals: 1 },
  interval: '1m',
})

const starts = graph({
  id: 13,
  title: 'Starts of devices, lost messages',
  description:
    'Devices that number their starts and messages (boot, seq): how often they started anew, and messages that never came. A backlog that comes late takes its messages off again.',
  queries: [
    series(
      '$col',
      'SELECT sum("reboot") AS "starts", sum("lost") AS "lost" FROM "hb_signal"',
      `WHERE $timeFilter AND ${IN_GROUP} AND ${NAMED} GROUP BY time($__interval) fill(none)`,
    ),
  ],
  look: { unit: 'none', decimals: 0 },
  interval: '5m',
})

const clocks = graph({
  id: 14,
  title: 'How old signals were',
  description:
    'From when a signal says that it was true until it arrived, the most of each group: a backlog, or a clock that is off.',
  queries: [
    series(
      '$tag_group',
      'SELECT max("skew_ms") AS "age" FROM "hb_signal"',
      `WHERE $timeFilter AND ${IN_GROUP} AND ${NAMED} GROUP BY time($__interval), "group" fill(none)`,
    ),
  ],
  look: { unit: 'ms' },
  interval: '5m',
})

export const FLEET: Dashboard = dashboard({
  uid: UID.fleet,
  title: 'Overdue: fleet',
  description: 'How the groups fared, which heartbeats were bad when, and what explains it.',
  range: 'now-24h',
  refresh: '5m',
  variables: [INFLUX, GROUP, OWNER, SEARCH, CONSOLE],
  annotations: [STORMS, BLIND],
  shelves: [
    [8, [24, GROUPS_NOW]],
    [8, [24, byGroup]],
    [8, [12, STORMS_LIST], [12, blindWindows(8)]],
    [9, [24, AGAIN]],
    [8, [8, well], [8, late], [8, signals]],
  ],
  // They look at every heartbeat of the groups that are chosen: half a minute of work for InfluxDB when there are 200,000.
  closed: {
    id: 12,
    title: 'One by one',
    shelves: [
      [9, [24, NOT_OK]],
      [12, [24, whoWhen]],
      [9, [24, LEAST_WELL]],
      [8, [12, starts], [12, clocks]],
    ],
  },
})
