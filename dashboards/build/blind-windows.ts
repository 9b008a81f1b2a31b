// The list of times in which a gateway could not hear.
import { table } from './charts.ts'
import { column, type Panel } from './panel.ts'
import { rows } from './query.ts'

/** Of all gateways, or of those that fit `where`. */
export function blindWindows(id: number, where?: string): Panel {
  return table(
    {
      id,
      title: 'Blind windows',
      description:
        'Times in which the gateway could not hear, newest first: who was due in them is unverified, not missed.',
      queries: [
        rows(
          'SELECT "blind_ms", "unverified", "cause", "source", "instance" FROM "hb_gateway"',
          `WHERE $timeFilter AND "blind_ms" > 0${where === undefined ? '' : ` AND ${where}`} ORDER BY time DESC LIMIT 200`,
        ),
      ],
      look: { unit: 'none', noValue: '–' },
      columns: [
        column('Time', { displayName: 'heard again', unit: 'dateTimeAsLocal' }, { width: 180 }),
        column('blind_ms', { unit: 'ms', displayName: 'blind for' }),
        column('unverified', { displayName: 'heartbeats unverified' }),
      ],
    },
    { order: ['Time', 'blind_ms', 'cause', 'source', 'unverified', 'instance'] },
  )
}
