// Ends a connection so that what was said last still arrives, and no peer can keep it open.
import type { Duplex } from 'node:stream'
import { type Duration, SECOND } from '../domain/time.ts'

export function endSoon(wire: Duplex): void {
  const timer = setTimeout(() => wire.destroy(), FAREWELL_TIME).unref()
  wire.once('close', () => clearTimeout(timer))
  wire.end()
  // A socket that is not read does not notice that its peer ended.
  wire.resume()
}

/** What was said last has so long to arrive. */
const FAREWELL_TIME: Duration = 2 * SECOND
