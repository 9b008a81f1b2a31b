// Who is pinged for as long as the gateway is well, and how often.
import { type Duration, MINUTE, SECOND } from '../domain/time.ts'
import { readDuration } from './durations.ts'
import type { WatchdogFields } from './fields.ts'
import { isWebUrl, WEB_URL } from './literals.ts'
import type { Report } from './report.ts'
import type { Settings } from './settings.ts'

export function readWatchdog(fields: WatchdogFields | undefined, report: Report): Pick<Settings, 'watchdog'> {
  if (fields === undefined) return {}
  const { url = '' } = fields
  const isTold = report.problems.some(({ path }) => path === 'watchdog.url')
  // It is a secret: whoever has it can speak for the gateway.
  if (!isWebUrl(url) && !isTold) report.add('watchdog.url', WEB_URL, url === '' ? 'nothing' : 'something else')
  const every = readDuration(fields.every, 'watchdog.every', report, LEAST) ?? DEFAULT
  return { watchdog: { url, every } }
}

const DEFAULT: Duration = MINUTE
const LEAST: Duration = 10 * SECOND
