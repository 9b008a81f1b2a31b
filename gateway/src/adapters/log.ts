// Log lines are facts with the fact's name and fields: no prose, no payloads, no keys.
import { type Logger, pino } from 'pino'

export type Log = (fact: string, fields: Readonly<Record<string, unknown>>) => void

const WARNINGS: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.worsened',
  'blind.begun',
  'blind.passed',
  'bridge.lost',
  'bridge.refused',
  'clock.stepped',
  'channel.failed',
  'ledger.full',
  'ledger.damaged',
  'ledger.unread',
  'page.retried',
  'watchdog.failing',
  'watchdog.refused',
  'watchdog.stopped',
  'config.refused',
  'oncall.gap',
  'influx.waiting',
  'influx.refused',
  'influx.damaged',
  'influx.broken',
])
/** What goes as it should. */
const DETAILS: ReadonlySet<string> = new Set(['watchdog.pinged'])
const ERRORS: ReadonlySet<string> = new Set(['ledger.broken', 'ledger.lost', 'api.failed'])

export function createLog(level: string): { readonly log: Log; readonly logger: Logger } {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
  const log: Log = (fact, fields) => {
    if (ERRORS.has(fact)) logger.error(fields, fact)
    else if (WARNINGS.has(fact)) logger.warn(fields, fact)
    else if (DETAILS.has(fact)) logger.debug(fields, fact)
    else logger.info(fields, fact)
  }
  return { log, logger }
}
