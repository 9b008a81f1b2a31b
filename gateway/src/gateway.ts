// Puts the rooms together: what is started in which order, and ended in the reverse of it.
//
//   lock and ledger -> live state -> the watch begins to judge -> declared heartbeats -> ears -> ticks
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type AnswerTokens, createAnswerTokens, linksFor } from './adapters/answer-tokens.ts'
import { createGuard } from './adapters/channel-guard.ts'
import { systemClock as clock } from './adapters/clock.ts'
import { restore } from './adapters/ledger-snapshot.ts'
import { SqliteLedger } from './adapters/ledger-sqlite.ts'
import { openStore } from './adapters/ledger-store.ts'
import { LedgerUpkeep } from './adapters/ledger-upkeep.ts'
import type { Log } from './adapters/log.ts'
import { collectGarbage } from './adapters/memory.ts'
import { readOrMakeSecret } from './adapters/secret-file.ts'
import { startTicker } from './adapters/ticker.ts'
import { createAdopters } from './adopters.ts'
import { Audience } from './app/audience.ts'
import { Histogram } from './app/histogram.ts'
import { Newcomers } from './app/newcomers.ts'
import { Watch, type WatchSettings } from './app/watch.ts'
import { startBridges } from './bridges.ts'
import { createChannels } from './channels.ts'
import type { Address, Settings } from './config/settings.ts'
import { SECOND } from './domain/time.ts'
import { openEars, type Refused } from './ears.ts'
import { startOutputs } from './outputs.ts'
import { startPulse } from './pulse.ts'
import { startSeries } from './series.ts'
import { sayProgress, storeEvents } from './telling.ts'

export type Gateway = AsyncDisposable & {
  readonly http: Address
  readonly mqtt: Address | undefined
  readonly mqtts: Address | undefined
  /** Made by this start, to be shown once. */
  readonly newAdminToken: string | undefined
  /** Takes over what can change while running. */
  reconfigure(settings: Settings): Promise<void>
  /** Resolves, with the reason, when the gateway can't go on. */
  readonly broken: Promise<string>
}

export type { Refused } from './ears.ts'

/** How often silence is looked at, in ms. */
const TICK = 25

export async function createGateway(first: Settings, log: Log, version: string): Promise<Gateway | Refused> {
  await using started = new AsyncDisposableStack()
  let settings = first
  const stop = new AbortController()
  const commits = {
    seconds: new Histogram(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2),
    facts: new Histogram(1, 3, 10, 30, 100, 300, 1000, 3000),
  }
  const audience = new Audience()
  let answers: AnswerTokens | undefined
  const watchSettings = (of: Settings): WatchSettings => ({
    ...rulesOf(of),
    pages: {
      url: of.url,
      answers: (about, page, by) => (answers === undefined ? {} : linksFor(answers, of.url, about, page, by)),
    },
  })
  const watch = new Watch(watchSettings(settings), {
    clock,
    random: Math.random,
    stop: stop.signal,
    log,
    ledger: (judge, registry, committed) =>
      new SqliteLedger(judge, registry, clock.now, {
        committed,
        audience,
        measured(ms, facts) {
          commits.seconds.add(ms / SECOND)
          commits.facts.add(facts)
        },
        wasDeaf: (since) => watch.blind({ source: 'gateway', from: since, to: clock.now(), cause: 'ledger' }),
      }),
  })
  const { ledger, registry } = watch

  const broken = Promise.withResolvers<string>()
  const opened = await openStore(settings.data, storeEvents(watch, log, broken.resolve))
  if ('refused' in opened) return opened
  const { store, next, aliveUntil, losses } = opened
  started.defer(() => store.close())
  for (const loss of losses) log('ledger.lost', { loss })
  const { facts } = await restore(registry, store, next, sayProgress(log))
  ledger.open(store, next)
  log('ledger.opened', { heartbeats: registry.roster.size, replayed: facts })

  const master = Buffer.from(readOrMakeSecret(join(settings.data, 'master-key'), makeMasterKey).secret, 'hex')
  answers = createAnswerTokens(master)
  const upkeep = new LedgerUpkeep(store, ledger, registry)
  started.defer(async () => {
    stop.abort()
    const now = clock.now()
    ledger.append([{ type: 'gateway.stopped', at: now, seenAt: now }])
    upkeep.snapshot(Number.POSITIVE_INFINITY)
    await ledger.quiet()
  })
  watch.start(aliveUntil, { version, tz: process.versions.tz ?? '' })
  await watch.declare(settings.heartbeats)

  const pulse = startPulse(watch, { version, log, stop: stop.signal })
  started.defer(() => pulse.stop())
  let heardOverMqtt = (): number => 0
  const series = startSeries({ watch, store, folder: settings.data, commits, log, mqttClients: () => heardOverMqtt() })
  started.defer(() => series.close())
  const newcomers = new Newcomers()
  const adopters = createAdopters(watch, newcomers, clock.now)
  adopters.configure(settings)
  const bridges = startBridges({ watch, newcomers, adopters, master, log })
  started.defer(() => bridges.stop())
  const common = {
    watch,
    store,
    audience,
    commits,
    version,
    log,
    settings,
    series,
    newcomers,
    adopters,
    bridges: bridges.status,
  }
  const ears = await openEars({ ...common, answers, master, watchdog: pulse.status })
  if ('refused' in ears) return ears
  heardOverMqtt = ears.mqttClients
  started.defer(() => ears.close())
  const tick = (heardUntil: number): void => {
    watch.tick(heardUntil)
    upkeep.turn(heardUntil, settings.retention)
  }
  tick(clock.now())
  started.defer(startTicker(TICK, clock.now, tick, () => watch.isBehind))
  pulse.configure(settings)
  const outputs = startOutputs(watch, { log, stop: stop.signal })
  started.defer(() => outputs.stop())
  outputs.configure(settings)
  await Promise.all([series.configure(settings), bridges.configure(settings)])

  collectGarbage()
  const whole = started.move()
  return {
    http: ears.http,
    mqtt: ears.mqtt,
    mqtts: ears.mqtts,
    newAdminToken: ears.newAdminToken,
    broken: broken.promise,
    async reconfigure(next) {
      settings = next
      watch.configure(watchSettings(next))
      adopters.configure(next)
      ears.configure(next)
      pulse.configure(next)
      outputs.configure(next)
      await Promise.all([series.configure(next), watch.declare(next.heartbeats)])
      await bridges.configure(next)
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

function rulesOf(settings: Settings): Omit<WatchSettings, 'pages'> {
  const { zone, policies, responders, oncall, mutes, drills, channels, allow } = settings
  const common = { guard: createGuard(allow), now: clock.now }
  return { zone, policies, responders, oncall, mutes, drills, channels: createChannels(channels, common) }
}

function makeMasterKey(): string {
  return randomBytes(16).toString('hex')
}
