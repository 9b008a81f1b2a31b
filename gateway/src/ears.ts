// Where the gateway is spoken to: pings and the API over HTTP, publishes over MQTT, and who may speak.
import { join } from 'node:path'
import type { AnswerTokens } from './adapters/answer-tokens.ts'
import type { BridgeStatus } from './adapters/bridge-world.ts'
import { systemClock as clock } from './adapters/clock.ts'
import { declareDevices } from './adapters/device-deeds.ts'
import { createDoor } from './adapters/device-door.ts'
import { addFastLane } from './adapters/http-fast-lane.ts'
import type { SeriesWorld } from './adapters/http-series.ts'
import { closeHttpServer, createHttpServer, listen } from './adapters/http-server.ts'
import { createSignalHandler } from './adapters/http-signal.ts'
import { makeToken } from './adapters/http-tokens.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Store } from './adapters/ledger-store.ts'
import type { Log } from './adapters/log.ts'
import { readOrMakeSecret } from './adapters/secret-file.ts'
import type { Adopters } from './adopters.ts'
import { openApi } from './api.ts'
import type { Audience } from './app/audience.ts'
import type { Histogram } from './app/histogram.ts'
import type { Newcomers } from './app/newcomers.ts'
import { Sightings } from './app/sightings.ts'
import { States } from './app/states.ts'
import type { Watch } from './app/watch.ts'
import type { WatchdogStatus } from './app/watchdog.ts'
import { exportDocument, type Made } from './config/export.ts'
import type { Address, Settings } from './config/settings.ts'
import { startDismissals } from './dismissals.ts'
import type { Terms } from './domain/heartbeat.ts'
import type { Name } from './domain/names.ts'
import { checkSchedule } from './domain/schedule.ts'
import { isLoopback, refusalOf } from './listening.ts'
import { keysFor, liveRules } from './live-rules.ts'
import { type Mqtt, openMqtt } from './mqtt.ts'

/** What keeps the gateway from starting. */
export type Refused = { readonly refused: string }

export type Ears = {
  readonly http: Address
  readonly mqtt: Address | undefined
  readonly mqtts: Address | undefined
  readonly newAdminToken: string | undefined
  mqttClients(): number
  configure(settings: Settings): void
  /** Stops listening and lets what was heard settle. */
  close(): Promise<void>
}

export type EarWorld = {
  readonly answers: AnswerTokens
  watchdog(): WatchdogStatus | undefined
  readonly series: SeriesWorld
  readonly newcomers: Newcomers
  readonly adopters: Adopters
  bridges(): readonly BridgeStatus[]
  /** From which secret keys are derived. */
  readonly master: Buffer
  readonly watch: Watch<SqliteLedger>
  readonly store: Store
  readonly audience: Audience
  readonly commits: { readonly seconds: Histogram; readonly facts: Histogram }
  readonly version: string
  readonly log: Log
  readonly settings: Settings
}

export async function openEars({
  watch,
  store,
  audience,
  commits,
  version,
  log,
  settings,
  answers,
  master,
  watchdog,
  series,
  newcomers,
  adopters,
  bridges,
}: EarWorld): Promise<Ears | Refused> {
  const { counters, intake } = watch
  const { now } = clock
  const admin =
    settings.adminToken === undefined
      ? readOrMakeSecret(join(settings.data, 'admin-token'), makeToken)
      : { secret: settings.adminToken, isNew: false }

  /** What a reload may change; the adapters ask it anew for each signal. */
  const live = { ...liveRules(settings), keys: keysFor(settings, master, watch) }
  const sightings = new Sightings()
  const { devices } = watch.registry.casebook.grants
  await declareDevices(watch.ledger, settings.devices, now())
  const door = createDoor({ devices, ledger: watch.ledger, sightings, counters, log, live, now })
  const open = (): boolean => live.open ?? isLoopback(settings.http.host)
  const common = { intake, counters, now, open, bodiesKeep: settings.bodiesKeep }
  const signals = createSignalHandler({ ...common, checkSchedule, live, passFor: door.passFor })
  let mqtt: Mqtt | undefined
  const mqttClients = () => mqtt?.ear.clients() ?? 0
  const api = await openApi({
    ...{ watch, store, audience, commits, series, answers, newcomers, sightings, master, version, log, live, now },
    ...{ adminToken: admin.secret, watchdog, bridges, mqttClients, mqttPort: () => mqtt?.plain?.port },
    latestDevices: (most) => mqtt?.ear.latest(most) ?? [],
    exported: (text) => exportDocument(text, madeOf(watch, live), now()),
    isPrivate: () => isLoopback(settings.http.host),
  })
  const server = createHttpServer((req, res) => {
    if (!signals(req, res)) api.handle(req, res)
  })
  const lane = addFastLane(server, common)
  const dismissals = startDismissals(devices, (mayConcern) =>
    mqtt?.ear.dismiss((pass) => mayConcern(pass) && door.isGone(pass)),
  )
  const close = async (): Promise<void> => {
    lane.close()
    dismissals.stop()
    api.endStreams()
    await Promise.all([mqtt?.close(), closeHttpServer(server)])
    await api.close()
  }

  try {
    const http = { host: settings.http.host, port: await listen(server, settings.http) }
    mqtt = await openMqtt({
      ...{ server, settings, intake, counters, now, log, live },
      states: new States(watch.registry, audience),
      presences: watch.presences,
      open: (host) => live.open ?? isLoopback(host),
      newArrival: (name) => newcomers.note(name, now()),
      authenticate: door.admit,
      certify: door.certify,
      denied: (user, topic, reason) => sightings.denied(user, topic, reason, now()),
      adopt: adopters.for('mqtt'),
    })
    return {
      http,
      mqtt: mqtt?.plain,
      mqtts: mqtt?.secure,
      mqttClients,
      newAdminToken: admin.isNew ? admin.secret : undefined,
      configure(next) {
        Object.assign(live, liveRules(next), { keys: keysFor(next, master, watch) })
        mqtt?.configure(next)
        void declareDevices(watch.ledger, next.devices, now())
      },
      close,
    }
  } catch (error) {
    await close()
    return { refused: refusalOf(error as NodeJS.ErrnoException & { port?: number; address?: string }) }
  }
}

/** What nobody wrote into the file. */
function madeOf({ registry, scene }: Watch, { defaults }: { readonly defaults: Terms }): Made {
  const { roster, casebook } = registry
  const heartbeats = [...roster.numbers()].flatMap((number) => {
    const terms = roster.termsOf(number) as Terms
    // A rule may name a parent that has not arrived yet; a file may not.
    const isMissing = terms.parent !== '' && roster.termsOf(roster.find(terms.parent)) === undefined
    const written = isMissing ? { ...terms, parent: '' } : terms
    return terms.declaredBy === 'file' ? [] : [{ name: roster.nameOf(number) as Name, terms: written }]
  })
  const [mutes, overrides] = [[...casebook.mutes.values()], [...casebook.overrides.values()]]
  return { heartbeats, mutes, overrides, oncall: scene.onCalls(), defaults }
}
