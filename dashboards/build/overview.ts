// Overview: what is wrong now, whose it is and since when; then who has it; then how the day went. It asks per group and per
// incident only, never per heartbeat, so that it may refresh on a wall whatever the size of the fleet.
import { BLIND, STORMS } from './annotations.ts'
import { alertList, graph, stat, table } from './charts.ts'
import { type Dashboard, dashboard } from './dashboard.ts'
import { GROUP_OF_ROW, OF_ROW, UID } from './links.ts'
import { column, fixed, from } from './panel.ts'
import { IN_GROUP, IN_OWNER, rows, series, sumOfGroups } from './query.ts'
import { CONSOLE, GROUP, INFLUX, OWNER_OF_INCIDENT } from './variables.ts'
import { COLOURS, colourOf, EVENT_MAPPINGS, VERDICT_MAPPINGS } from './verdicts.ts'

const WRONG = ['missed', 'failed', 'overrun', 'slow', 'unverified']
const FINE = ['ok', 'running', 'late', 'unseen', 'paused', 'total']

const wrongNow = stat(
  {
    id: 1,
    title: 'Wrong now',
    description:
      'Heartbeats that are not as they should be, of the groups above. No data: the gateway has written nothing for two minutes.',
    queries: [rows(sumOfGroups(WRONG))],
    look: { unit: 'short', decimals: 0 },
    columns: WRONG.map((word) => column(word, from([1, colourOf(word)]))),
    now: '2m',
  },
  { order: WRONG },
)

const oldest = stat(
  {
    id: 2,
    title: 'Oldest overdue',
    description: 'How far past its deadline the heartbeat is that has been silent longest.',
    queries: [
      rows(
        `SELECT max("overdue_ms") AS "oldest" FROM (SELECT last("overdue_ms") AS "overdue_ms" FROM "hb_fleet"`,
        `WHERE $timeFilter AND ${IN_GROUP} GROUP BY "group") WHERE $timeFilter`,
      ),
    ],
    look: { unit: 'ms', decimals: 0, ...from([1, COLOURS.crit]) },
    now: '2m',
  },
  { order: ['oldest'] },
)

const open = stat({
  id: 3,
  title: 'Open incidents',
  description: 'Incidents that nobody has ended, in the groups above, and storms, anywhere.',
  queries: [
    series('incidents', sumOfGroups(['incidents'])),
    series(
      'storms',
      'SELECT sum("storms") AS "storms" FROM (SELECT last("storms") AS "storms" FROM "hb_gateway"',
      'WHERE $timeFilter GROUP BY "instance") WHERE $timeFilter',
    ),
  ],
  look: { unit: 'short', decimals: 0, ...from([1, COLOURS.crit]) },
  now: '2m',
})

const openIncidents = table(
  {
    id: 4,
    title: 'What is wrong, and since when',
    description:
      'Incidents of the last 30 days that nothing has ended, whatever the range above; at most 500. Click a name for its dashboard, or for its page in the console, which has the runbook.',
    queries: [
      rows(
        'SELECT "verdict", "heartbeat", "owner", "group", "text" FROM (SELECT last("code") AS "verdict", "event", "owner", "group", "text" FROM "hb_incident"',
        `WHERE $timeFilter AND "kind" = 'incident' AND "event" =~ /^(opened|worsened|resolved)$/ AND ${IN_GROUP} AND ${IN_OWNER}`,
        'GROUP BY "heartbeat") WHERE "event" != \'resolved\' LIMIT 500',
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      column('Time', { unit: 'dateTimeFromNow', displayName: 'so since' }, { width: 140 }),
      column('verdict', { mappings: VERDICT_MAPPINGS }, { cellOptions: { type: 'color-text' }, width: 130 }),
      column('heartbeat', { links: OF_ROW }, { minWidth: 160 }),
      column('group', { links: GROUP_OF_ROW }),
    ],
    now: '30d',
  },
  {
    order: ['verdict', 'heartbeat', 'owner', 'Time', 'text', 'group'],
    sortBy: { displayName: 'so since', desc: true },
  },
)

const taken = table(
  {
    id: 5,
    title: 'Who has it',
    description:
      'The last that happened to each incident that is not resolved: who has taken it, what mutes it, or that nobody has yet.',
    queries: [
      rows(
        'SELECT "event", "heartbeat", "owner", "by" FROM (SELECT last("code") AS "verdict", "event", "owner", "by" FROM "hb_incident"',
        `WHERE $timeFilter AND "kind" = 'incident' AND ${IN_GROUP} AND ${IN_OWNER}`,
        'GROUP BY "heartbeat") WHERE "event" != \'resolved\' LIMIT 500',
      ),
    ],
    look: { unit: 'none', noValue: 'nobody yet' },
    columns: [
      column('Time', { unit: 'dateTimeFromNow', displayName: 'when' }, { width: 140 }),
      column('event', { mappings: EVENT_MAPPINGS, displayName: 'last' }, { cellOptions: { type: 'color-text' } }),
      column('heartbeat', { links: OF_ROW }),
    ],
    now: '30d',
  },
  {
    order: ['heartbeat', 'event', 'by', 'Time', 'owner'],
    sortBy: { displayName: 'when', desc: true },
  },
)

const alerts = alertList(
  6,
  'Alerts of the gateway',
  'What the gateway raises, through its rules data source, which has to be called “Overdue rules”: this panel finds it by that name. The link runbook_url of an alert is its runbook.',
  'Overdue rules',
)

const rest = stat(
  {
    id: 7,
    title: 'All the others',
    description: 'Heartbeats that need nobody, of the groups above; total counts all of them.',
    queries: [rows(sumOfGroups(FINE))],
    look: { unit: 'short', decimals: 0 },
    now: '2m',
  },
  { order: FINE, colour: 'none' },
)

const wrongThen = graph(
  {
    id: 8,
    title: 'Wrong over time',
    description: 'Heartbeats that were not as they should be, by verdict.',
    queries: [series('$col', sumOfGroups(WRONG, '$__interval'))],
    look: { unit: 'short', decimals: 0, min: 0 },
    columns: WRONG.map((word, index) => column(word, { color: fixed(shade(colourOf(word), index)) })),
    interval: '10s',
  },
  { stack: true },
)

const arrivals = graph(
  {
    id: 9,
    title: 'Signals heard',
    description:
      'Signals a second, of the groups above. A fall to nothing is the network, the broker or the gateway rather than the devices.',
    queries: [
      series(
        'signals',
        'SELECT sum("arrivals") / 10 AS "signals" FROM (SELECT mean("arrivals") AS "arrivals" FROM "hb_fleet"',
        `WHERE $timeFilter AND ${IN_GROUP} GROUP BY time($__interval), "group" fill(none))`,
        'WHERE $timeFilter GROUP BY time($__interval) fill(none)',
      ),
    ],
    look: { unit: 'cps', min: 0, color: fixed(COLOURS.run) },
    interval: '10s',
  },
  { fill: 15 },
)

export const OVERVIEW: Dashboard = dashboard({
  uid: UID.overview,
  title: 'Overdue: overview',
  description: 'What is wrong now, whose it is, and since when.',
  range: 'now-24h',
  refresh: '30s',
  variables: [INFLUX, GROUP, OWNER_OF_INCIDENT, CONSOLE],
  annotations: [STORMS, BLIND],
  shelves: [
    [5, [14, wrongNow], [5, oldest], [5, open]],
    [11, [24, openIncidents]],
    [9, [15, taken], [9, alerts]],
    [4, [24, rest]],
    [8, [12, wrongThen], [12, arrivals]],
  ],
})

/** Verdicts of one family keep their hue and differ by how solid it is. */
function shade(colour: string, index: number): string {
  return `${colour}${['ff', 'd0', 'a0', 'ff', 'ff'][index]}`
}
