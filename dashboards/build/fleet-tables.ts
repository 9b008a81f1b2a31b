// The tables of the fleet: its groups now, who is not ok, who is bad most, and storms.
import { gauge, table } from './charts.ts'
import { GROUP_OF_ROW, OF_ROW } from './links.ts'
import { column, from, type Panel } from './panel.ts'
import { IN_GROUP, IN_OWNER, NAMED, rows } from './query.ts'
import { COLOURS, EVENT_MAPPINGS, NEVER, VERDICT_MAPPINGS } from './verdicts.ts'

export const GROUPS_NOW: Panel = table(
  {
    id: 1,
    title: 'Groups now',
    description: 'Each group as it is now, the ones with bad heartbeats first. Bad: overrun, missed or failed.',
    queries: [
      rows(
        'SELECT last("bad") AS "bad", "slow", "unverified", "late", "ok", "total", "incidents", "overdue_ms" FROM "hb_fleet"',
        `WHERE $timeFilter AND ${IN_GROUP} GROUP BY "group"`,
      ),
    ],
    look: { unit: 'short', decimals: 0, noValue: '–' },
    columns: [
      column('group', { links: GROUP_OF_ROW }),
      column('bad', from([1, COLOURS.crit]), { cellOptions: { type: 'color-background', mode: 'basic' } }),
      column('slow', from([1, COLOURS.warn]), { cellOptions: { type: 'color-background', mode: 'basic' } }),
      column('overdue_ms', { unit: 'ms', displayName: 'oldest overdue' }),
    ],
    now: '2m',
  },
  {
    order: ['group', 'bad', 'slow', 'unverified', 'late', 'ok', 'total', 'incidents', 'overdue_ms'],
    sortBy: { displayName: 'bad', desc: true },
  },
)

export const AGAIN: Panel = table(
  {
    id: 5,
    title: 'Bad again and again',
    description:
      'The 20 heartbeats with the most incidents in the range above: mend them, or give them a schedule that they can keep.',
    queries: [
      rows(
        'SELECT top("incidents", 20) AS "incidents", "heartbeat", "owner" FROM (SELECT sum("n") AS "incidents" FROM "hb_incident"',
        `WHERE $timeFilter AND "kind" = 'incident' AND "event" = 'opened' AND ${IN_GROUP} AND ${IN_OWNER} AND ${NAMED}`,
        'GROUP BY "heartbeat", "owner") WHERE $timeFilter',
      ),
    ],
    look: { unit: 'short', decimals: 0, noValue: '–' },
    columns: [column('heartbeat', { links: OF_ROW }), gauge('incidents', COLOURS.warn)],
  },
  { order: ['heartbeat', 'owner', 'incidents'], sortBy: { displayName: 'incidents', desc: true } },
)

export const LEAST_WELL: Panel = table(
  {
    id: 6,
    title: 'Least well',
    description: 'The 20 heartbeats that were bad for the largest share of the range above; whole hours count.',
    queries: [
      rows(
        'SELECT bottom("well", 20) AS "well", "heartbeat" FROM (SELECT mean("ok_ratio") AS "well" FROM "hb_1h"',
        `WHERE $timeFilter AND ${IN_GROUP} AND ${NAMED} AND "heartbeat" != '' GROUP BY "heartbeat") WHERE $timeFilter`,
      ),
    ],
    look: { unit: 'percentunit', decimals: 2, noValue: '–' },
    columns: [column('heartbeat', { links: OF_ROW }), { ...gauge('well', COLOURS.ok) }, column('well', { max: 1 })],
  },
  { order: ['heartbeat', 'well'], sortBy: { displayName: 'well', desc: false } },
)

export const STORMS_LIST: Panel = table(
  {
    id: 7,
    title: 'Storms',
    description: 'Many incidents that share a cause and were paged as one, newest first.',
    queries: [
      rows(
        'SELECT "event", "group", "open", "by", "text" FROM "hb_incident"',
        `WHERE $timeFilter AND "kind" = 'storm' AND ${IN_GROUP} ORDER BY time DESC LIMIT 100`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      column('Time', { displayName: 'when', unit: 'dateTimeAsLocal' }, { width: 180 }),
      column('event', { mappings: EVENT_MAPPINGS }, { cellOptions: { type: 'color-text' } }),
      column('open', { displayName: 'storms open then' }),
    ],
  },
  { order: ['Time', 'event', 'group', 'by', 'open', 'text'] },
)

export const NOT_OK: Panel = table(
  {
    id: 11,
    title: 'Not ok now',
    description:
      'Heartbeats that are unverified, slow, overrun, missed or failed; at most 500. It looks at every heartbeat of the groups above.',
    queries: [
      rows(
        'SELECT "verdict", "heartbeat", "owner", "group", "since", "last_signal", "overdue_ms", "missed"',
        'FROM (SELECT last("code") AS "verdict", "owner", "group", "since", "last_signal", "overdue_ms", "missed" FROM "hb_state"',
        `WHERE $timeFilter AND ${IN_GROUP} AND ${IN_OWNER} AND ${NAMED} GROUP BY "heartbeat")`,
        'WHERE "verdict" >= 4 AND "verdict" <= 8 LIMIT 500',
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      column('verdict', { mappings: VERDICT_MAPPINGS }, { cellOptions: { type: 'color-text' }, width: 130 }),
      column('heartbeat', { links: OF_ROW }, { minWidth: 160 }),
      column('since', { unit: 'dateTimeFromNow', displayName: 'so since' }),
      column('last_signal', { unit: 'dateTimeFromNow', mappings: NEVER, displayName: 'last signal' }),
      column('overdue_ms', { unit: 'ms', decimals: 0, displayName: 'overdue' }),
      column('missed', { displayName: 'missed in a row' }),
    ],
    now: '15m',
  },
  {
    order: ['verdict', 'heartbeat', 'owner', 'since', 'last_signal', 'overdue_ms', 'missed', 'group'],
    sortBy: { displayName: 'overdue', desc: true },
  },
)
