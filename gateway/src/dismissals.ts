// When devices that are connected are looked at again: at once when a token of some device was revoked or replaced, and now
// and then, since tokens also expire.
import type { Devices } from './app/devices.ts'
import { type Duration, MINUTE } from './domain/time.ts'

/** A connection outlives its token by this at most. */
const EVERY: Duration = MINUTE

export function startDismissals(devices: Devices, look: () => void): { stop(): void } {
  const timer = setInterval(look, EVERY).unref()
  let isDue = false
  devices.lost = () => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      look()
    })
  }
  return {
    stop() {
      clearInterval(timer)
      devices.lost = () => {}
    },
  }
}
