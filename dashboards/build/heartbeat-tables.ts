// The lists below the graphs of one heartbeat: its signals, its incidents, and the pages about it, newest first.
import { table } from './charts.ts'
import { column, type Panel } from './panel.ts'
import { OF_HEARTBEAT, rows } from './query.ts'
import { COLOURS, EVENT_MAPPINGS, type Mapping, OUTCOME_MAPPINGS } from './verdicts.ts'

const WHEN = column('Time', { displayName: 'when', unit: 'dateTimeAsLocal' }, { width: 180 })

const KIND_MAPPINGS: readonly Mapping[] = [
  {
    type: 'value',
    options: {
      fail: { text: 'fail', color: COLOURS.crit, index: 0 },
      will: { text: 'will', color: COLOURS.warn, index: 1 },
    },
  },
]

export const RUNS: Panel = table(
  {
    id: 9,
    title: 'Signals and runs',
    description: 'The last 200 signals in the range above.',
    queries: [
      rows(
        'SELECT "kind", "run", "duration_ms", "lag_ms", "gap_ms", "exit", "missed", "seq", "via" FROM "hb_signal"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} ORDER BY time DESC LIMIT 200`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      WHEN,
      column('kind', { mappings: KIND_MAPPINGS }, { cellOptions: { type: 'color-text' } }),
      column('duration_ms', { unit: 'ms', displayName: 'took' }),
      column('lag_ms', { unit: 'ms', displayName: 'after due' }),
      column('gap_ms', { unit: 'ms', displayName: 'after the one before' }),
      column('missed', { displayName: 'missed before it' }),
    ],
  },
  { order: ['Time', 'kind', 'duration_ms', 'lag_ms', 'gap_ms', 'missed', 'exit', 'run', 'seq', 'via'] },
)

export const INCIDENTS: Panel = table(
  {
    id: 10,
    title: 'Incidents',
    description: 'What happened to its incidents, and who did it.',
    queries: [
      rows(
        'SELECT "event", "severity", "by", "detect_ms", "ack_ms", "duration_ms", "text" FROM "hb_incident"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} ORDER BY time DESC LIMIT 200`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      WHEN,
      column('event', { mappings: EVENT_MAPPINGS }, { cellOptions: { type: 'color-text' } }),
      column('detect_ms', { unit: 'ms', displayName: 'seen after its deadline' }),
      column('ack_ms', { unit: 'ms', displayName: 'acknowledged after' }),
      column('duration_ms', { unit: 'ms', displayName: 'lasted' }),
    ],
  },
  { order: ['Time', 'event', 'by', 'text', 'severity', 'detect_ms', 'ack_ms', 'duration_ms'] },
)

export const PAGES: Panel = table(
  {
    id: 11,
    title: 'Pages',
    description: 'Who was paged about it, where, and what became of that.',
    queries: [
      rows(
        'SELECT "kind", "responder", "channel", "outcome", "step", "attempts", "latency_ms", "why" FROM "hb_page"',
        `WHERE $timeFilter AND ${OF_HEARTBEAT} ORDER BY time DESC LIMIT 200`,
      ),
    ],
    look: { unit: 'none', noValue: '–' },
    columns: [
      WHEN,
      column('outcome', { mappings: OUTCOME_MAPPINGS }, { cellOptions: { type: 'color-text' } }),
      column('latency_ms', { unit: 'ms', displayName: 'took' }),
    ],
  },
  { order: ['Time', 'responder', 'channel', 'outcome', 'kind', 'step', 'attempts', 'latency_ms', 'why'] },
)
