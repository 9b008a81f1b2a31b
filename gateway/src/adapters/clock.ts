// The machine's clocks: the only file that reads them for the app.
import { uptime } from 'node:os'
import type { Clock } from '../app/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // CLOCK_BOOTTIME on Linux: goes on while the machine is suspended, which performance.now() does not.
  sinceBoot: () => uptime() * 1000,
}
