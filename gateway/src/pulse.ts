// The gateway's own pulse, told to somebody outside: the watchdog put together, and anew when the configuration changes.
import { createGuard } from './adapters/channel-guard.ts'
import { systemClock as clock } from './adapters/clock.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Log } from './adapters/log.ts'
import { startTicker } from './adapters/ticker.ts'
import { createWatchdogPing } from './adapters/watchdog-ping.ts'
import type { Watch } from './app/watch.ts'
import { type Health, Watchdog, type WatchdogStatus } from './app/watchdog.ts'
import type { Settings } from './config/settings.ts'
import { SECOND } from './domain/time.ts'

export type Pulse = {
  configure(settings: Settings): void
  /** Undefined: nobody outside is told. */
  status(): WatchdogStatus | undefined
  stop(): void
}

type Around = { readonly version: string; readonly log: Log; readonly stop: AbortSignal }

export function startPulse(watch: Watch<SqliteLedger>, { version, log, stop }: Around): Pulse {
  let watchdog: Watchdog | undefined
  let known = ''
  // A timer of its own, so that it notices when the evaluator's stands still.
  const stopTicker = startTicker(SECOND, clock.now, (now) => watchdog?.tick(now))
  return {
    configure({ watchdog: rules, allow }) {
      const text = JSON.stringify([rules, allow])
      if (text === known) return
      known = text
      const { now } = clock
      const common = { version, log, now, stop, guard: createGuard(allow) }
      watchdog =
        rules &&
        new Watchdog({
          ...{ every: rules.every, now, log, stop },
          ping: createWatchdogPing({ ...common, url: rules.url }),
          health: () => healthOf(watch),
        })
    },
    status: () => watchdog?.status,
    stop: stopTicker,
  }
}

function healthOf({ lastTickAt, ledger, scene, registry }: Watch<SqliteLedger>): Health {
  const { committingSince } = ledger
  return {
    ...{ lastTickAt, ledger: ledger.state },
    ...(committingSince !== undefined && { committingSince }),
    channels: scene.channels.length,
    failedChannels: scene.channels.filter((name) => registry.failedChannels.has(name)).length,
  }
}
