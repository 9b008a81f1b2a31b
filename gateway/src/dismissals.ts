// When devices that are connected are looked at again: at once when a token of theirs was revoked or replaced, and now and
// then, since tokens also expire.
import type { Pass } from './adapters/device-door.ts'
import type { Devices } from './app/devices.ts'
import { type Duration, MINUTE } from './domain/time.ts'

/** A connection outlives its token by this at most. */
const EVERY: Duration = MINUTE

/** `look`: ends the connections of those that may be looked at and may not stay. */
export function startDismissals(
  devices: Devices,
  look: (mayConcern: (pass: Pass) => boolean) => void,
): { stop(): void } {
  const timer = setInterval(() => look(everybody), EVERY).unref()
  let concerned = new Set<string | undefined>()
  devices.lost = (device) => {
    if (concerned.size === 0) setImmediate(lookSoon)
    concerned.add(device)
  }
  function lookSoon(): void {
    const names = concerned
    concerned = new Set()
    look(names.has(undefined) ? everybody : ({ user }) => names.has(user))
  }
  return {
    stop() {
      clearInterval(timer)
      devices.lost = () => {}
    },
  }
}

function everybody(): boolean {
  return true
}
