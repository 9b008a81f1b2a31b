// The lists of the on-call dashboard: incidents, pages and drills, newest first, and pages counted by person and by channel.
import { gauge, table } from './charts.ts'
import { OF_ROW } from './links.ts'
import { column, type Panel } from './panel.ts'
import { IN_GROUP, rows } from './query.ts'
import { COLOURS, EVENT_MAPPINGS, OUTCOME_MAPPINGS } from './verdicts.ts'

const WHEN = column('Time', { displayName: 'when', unit: 'dateTimeAsLocal' }, { width: 180 })
const OUTCOME = column('outcome', { mappings: OUTCOME_MAPPINGS }, { cellOptions: { type: 'color-text' } })
const NEWEST = 'ORDER BY time DESC'

export const LAST_INCIDENTS: Panel = table(
  {
    id: 9,
    title: 'What happened',
    description: 'The last 200 events of incidents and storms, and who made them happen.',
    queries: [
      rows(
        'SELECT "event", "heartbeat", "group", "by", "severity", "ack_ms", "duration_ms", "text" FROM "hb_incident"',
        `WHERE $timeFilter AND ${IN_GROUP} ${NEWEST} LIMIT 200`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      WHEN,
      column('event', { mappings: EVENT_MAPPINGS }, { cellOptions: { type: 'color-text' } }),
      column('heartbeat', { links: OF_ROW }),
      column('ack_ms', { unit: 'ms', displayName: 'acknowledged after' }),
      column('duration_ms', { unit: 'ms', displayName: 'lasted' }),
    ],
  },
  { order: ['Time', 'event', 'by', 'heartbeat', 'text', 'group', 'severity', 'ack_ms', 'duration_ms'] },
)

export const BY_RESPONDER: Panel = table(
  {
    id: 10,
    title: 'Who was paged how often',
    description: 'Pages that reached them in the range above. “-”: the policy named the channel itself.',
    queries: [
      rows(
        'SELECT sum("n") AS "pages" FROM "hb_page"',
        `WHERE $timeFilter AND ${IN_GROUP} AND "outcome" = 'delivered' AND "kind" != 'drill' GROUP BY "responder"`,
      ),
    ],
    look: { unit: 'short', decimals: 0, noValue: '–' },
    columns: [gauge('pages', COLOURS.run)],
  },
  { order: ['responder', 'pages'], sortBy: { displayName: 'pages', desc: true } },
)

export const BY_CHANNEL: Panel = table(
  {
    id: 11,
    title: 'Pages by channel and outcome',
    description: 'What became of the pages of the range above, drills included.',
    queries: [
      rows(`SELECT sum("n") AS "pages" FROM "hb_page" WHERE $timeFilter AND ${IN_GROUP} GROUP BY "channel", "outcome"`),
    ],
    look: { unit: 'short', decimals: 0, noValue: '–' },
    columns: [OUTCOME, gauge('pages', COLOURS.run)],
  },
  { order: ['channel', 'outcome', 'pages'], sortBy: { displayName: 'channel', desc: false } },
)

export const LAST_PAGES: Panel = table(
  {
    id: 12,
    title: 'The last pages',
    description: 'The last 200, drills left out. Why: what the channel said, or what kept it from being sent.',
    queries: [
      rows(
        'SELECT "responder", "channel", "outcome", "kind", "heartbeat", "step", "attempts", "latency_ms", "why" FROM "hb_page"',
        `WHERE $timeFilter AND ${IN_GROUP} AND "kind" != 'drill' ${NEWEST} LIMIT 200`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      WHEN,
      OUTCOME,
      column('heartbeat', { links: OF_ROW }),
      column('latency_ms', { unit: 'ms', displayName: 'took' }),
    ],
  },
  {
    order: ['Time', 'responder', 'channel', 'outcome', 'kind', 'heartbeat', 'step', 'attempts', 'latency_ms', 'why'],
  },
)

export const DRILLS: Panel = table(
  {
    id: 13,
    title: 'Drills',
    description: 'Marked tests of the ways to people. No row in weeks: nobody knows whether a page would arrive.',
    queries: [
      rows(
        'SELECT "channel", "responder", "outcome", "latency_ms" FROM "hb_page"',
        `WHERE $timeFilter AND ${IN_GROUP} AND "kind" = 'drill' ${NEWEST} LIMIT 100`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [WHEN, OUTCOME, column('latency_ms', { unit: 'ms', displayName: 'took' })],
  },
  { order: ['Time', 'responder', 'channel', 'outcome', 'latency_ms'] },
)
