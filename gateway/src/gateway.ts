// The only file that knows every adapter: what is started in which order, and ended in the reverse of it.
//
//   lock and ledger -> live state -> the watch begins to judge -> declared heartbeats -> ears -> ticks
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createGuard } from './adapters/channel-guard.ts'
import { createWebhookChannel } from './adapters/channel-webhook.ts'
import { systemClock } from './adapters/clock.ts'
import { createApi } from './adapters/http-api.ts'
import { closeHttpServer, createHttpServer, listen } from './adapters/http-server.ts'
import { createSignalHandler } from './adapters/http-signal.ts'
import { createKeys, type Keys } from './adapters/keys.ts'
import { restore } from './adapters/ledger-snapshot.ts'
import { SqliteLedger } from './adapters/ledger-sqlite.ts'
import { openStore } from './adapters/ledger-store.ts'
import { LedgerUpkeep } from './adapters/ledger-upkeep.ts'
import type { Log } from './adapters/log.ts'
import { createMqttEar } from './adapters/mqtt-ear.ts'
import { readOrMakeSecret } from './adapters/secret-file.ts'
import { startTicker } from './adapters/ticker.ts'
import { Watch, type WatchSettings } from './app/watch.ts'
import type { Address, Settings } from './config/settings.ts'

export type Gateway = AsyncDisposable & {
  readonly http: Address
  readonly mqtt: Address | undefined
  /** Takes over what can change while running. */
  reconfigure(settings: Settings): Promise<void>
  /** Resolves, with the reason, when the gateway can't go on. */
  readonly broken: Promise<string>
}

/** How often silence is looked at, in ms. */
const TICK = 25

export async function createGateway(first: Settings, log: Log, version: string): Promise<Gateway> {
  let settings = first
  const clock = systemClock
  const stop = new AbortController()
  const broken = Promise.withResolvers<string>()
  const watch = new Watch(watchSettings(settings), {
    clock,
    random: Math.random,
    stop: stop.signal,
    log,
    ledger: (judge, registry, committed) =>
      new SqliteLedger(judge, registry, clock.now, {
        committed,
        measured: () => undefined,
        wasDeaf: (since) => watch.blind({ source: 'gateway', from: since, to: clock.now(), cause: 'ledger' }),
      }),
  })
  const { ledger, registry } = watch

  await using started = new AsyncDisposableStack()
  const { store, next, aliveUntil } = await openStore(settings.data, {
    committed: (upTo) => ledger.committed(upTo),
    full: (why) => {
      log('ledger.full', { why })
      ledger.full()
    },
    recovered: () => {
      registry.forgetSnapshots()
      ledger.recovered()
      log('ledger.recovered', {})
    },
    broken: (why) => {
      log('ledger.broken', { why })
      ledger.stop()
      broken.resolve(why)
    },
  })
  started.defer(() => store.close())
  const { facts } = await restore(registry, store, next, () => undefined)
  ledger.open(store, next)
  log('ledger.opened', { heartbeats: registry.roster.size, replayed: facts })
  started.defer(() => ledger.quiet())
  return undefined as never
}
