// On call: who was paged how often and where, how fast somebody took it, and whether the ways to people work.
import { STORMS } from './annotations.ts'
import { graph, stat } from './charts.ts'
import { type Dashboard, dashboard } from './dashboard.ts'
import { UID } from './links.ts'
import { BY_CHANNEL, BY_RESPONDER, DRILLS, LAST_INCIDENTS, LAST_PAGES } from './oncall-tables.ts'
import { column, fixed, from } from './panel.ts'
import { IN_GROUP, series } from './query.ts'
import { CONSOLE, GROUP, INFLUX } from './variables.ts'
import { COLOURS } from './verdicts.ts'

const OF_INCIDENTS = `WHERE $timeFilter AND "kind" = 'incident' AND ${IN_GROUP}`
const OF_PAGES = `WHERE $timeFilter AND ${IN_GROUP} AND "kind" != 'drill'`

const acknowledged = stat({
  id: 1,
  title: 'Time to acknowledge',
  description:
    'From the opening of an incident until somebody took it: half were faster than the median, nine of ten faster than p90.',
  queries: [
    series(
      'median',
      `SELECT median("ack_ms") AS "median" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = 'acknowledged'`,
    ),
    series(
      'p90',
      `SELECT percentile("ack_ms", 90) AS "p90" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = 'acknowledged'`,
    ),
  ],
  look: { unit: 'ms', noValue: 'none taken', ...from([900_000, COLOURS.warn], [3_600_000, COLOURS.crit]) },
})

const incidents = stat(
  {
    id: 2,
    title: 'Incidents',
    description: 'How many opened in the range above, were taken by somebody, and ended.',
    queries: ['opened', 'acknowledged', 'resolved'].map((event) =>
      series(event, `SELECT sum("n") AS "${event}" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = '${event}'`),
    ),
    look: { unit: 'short', decimals: 0, noValue: '0' },
  },
  { colour: 'none' },
)

const detected = stat(
  {
    id: 3,
    title: 'Time to detect and to end',
    description:
      'From the deadline until the incident opened, and how long incidents were open: nine of ten were faster.',
    queries: [
      series(
        'detected, p90',
        `SELECT percentile("detect_ms", 90) AS "detected" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = 'opened'`,
      ),
      series(
        'open, p90',
        `SELECT percentile("duration_ms", 90) AS "open" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = 'resolved'`,
      ),
    ],
    look: { unit: 'ms', noValue: '–' },
  },
  { colour: 'none' },
)

const lost = stat({
  id: 4,
  title: 'Pages that reached nobody',
  description:
    'Pages of the range above that a channel refused, or that were tried until they were too old. A dropped page is none: something said that nobody need be told.',
  queries: ['refused', 'expired'].map((outcome) =>
    series(
      outcome,
      `SELECT sum("n") AS "${outcome}" FROM "hb_page" WHERE $timeFilter AND ${IN_GROUP} AND "outcome" = '${outcome}'`,
    ),
  ),
  look: { unit: 'short', decimals: 0, noValue: '0', ...from([1, COLOURS.crit]) },
})

const EVENTS = { opened: COLOURS.crit, acknowledged: COLOURS.run, resolved: COLOURS.ok }
const overTime = graph(
  {
    id: 5,
    title: 'Incidents over time',
    description: 'Opened, acknowledged and resolved in each step.',
    queries: [
      series(
        '$tag_event',
        `SELECT sum("n") AS "incidents" FROM "hb_incident" ${OF_INCIDENTS}`,
        'AND "event" =~ /^(opened|acknowledged|resolved)$/ GROUP BY time($__interval), "event" fill(none)',
      ),
    ],
    look: { unit: 'short', decimals: 0, min: 0 },
    columns: Object.entries(EVENTS).map(([event, colour]) => column(event, { color: fixed(colour) })),
    interval: '10m',
  },
  { draw: 'bars' },
)

const OUTCOMES = { delivered: COLOURS.ok, refused: COLOURS.crit, expired: COLOURS.warn, dropped: COLOURS.mute }
const pages = graph(
  {
    id: 6,
    title: 'Pages over time',
    description: 'What became of the pages of each step, drills left out.',
    queries: [
      series(
        '$tag_outcome',
        `SELECT sum("n") AS "pages" FROM "hb_page" ${OF_PAGES} GROUP BY time($__interval), "outcome" fill(none)`,
      ),
    ],
    look: { unit: 'short', decimals: 0, min: 0 },
    columns: Object.entries(OUTCOMES).map(([outcome, colour]) => column(outcome, { color: fixed(colour) })),
    interval: '10m',
  },
  { draw: 'bars', stack: true },
)

const latency = graph(
  {
    id: 7,
    title: 'From a decision to somebody',
    description: 'How long pages took to be delivered, by channel: the slowest of each step.',
    queries: [
      series(
        '$tag_channel',
        `SELECT max("latency_ms") AS "latency" FROM "hb_page" ${OF_PAGES} AND "outcome" = 'delivered'`,
        'GROUP BY time($__interval), "channel" fill(none)',
      ),
    ],
    look: { unit: 'ms', min: 0 },
    interval: '10m',
  },
  { draw: 'points' },
)

const acknowledgedOverTime = graph(
  {
    id: 8,
    title: 'Time to acknowledge over time',
    description: 'The longest of each step.',
    queries: [
      series(
        '$tag_severity',
        `SELECT max("ack_ms") AS "acknowledged after" FROM "hb_incident" ${OF_INCIDENTS} AND "event" = 'acknowledged'`,
        'GROUP BY time($__interval), "severity" fill(none)',
      ),
    ],
    look: { unit: 'ms', min: 0 },
    columns: [column('critical', { color: fixed(COLOURS.crit) }), column('warning', { color: fixed(COLOURS.warn) })],
    interval: '10m',
  },
  { draw: 'points' },
)

export const ON_CALL: Dashboard = dashboard({
  uid: UID.oncall,
  title: 'Overdue: on call',
  description: 'Who was paged, how fast somebody took it, and whether the ways to people work.',
  range: 'now-7d',
  refresh: '1m',
  variables: [INFLUX, GROUP, CONSOLE],
  annotations: [STORMS],
  shelves: [
    [5, [6, acknowledged], [7, incidents], [6, detected], [5, lost]],
    [9, [24, LAST_INCIDENTS]],
    [8, [12, BY_RESPONDER], [12, BY_CHANNEL]],
    [8, [12, overTime], [12, pages]],
    [8, [12, acknowledgedOverTime], [12, latency]],
    [9, [15, LAST_PAGES], [9, DRILLS]],
  ],
})
