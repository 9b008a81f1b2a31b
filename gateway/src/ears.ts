// Where the gateway is spoken to: pings and the API over HTTP, publishes over MQTT, and who may speak.
import { join } from 'node:path'
import type { AnswerTokens } from './adapters/answer-tokens.ts'
import type { BridgeStatus } from './adapters/bridge-world.ts'
import { systemClock as clock } from './adapters/clock.ts'
import { addFastLane } from './adapters/http-fast-lane.ts'
import type { SeriesWorld } from './adapters/http-series.ts'
import { closeHttpServer, createHttpServer, listen } from './adapters/http-server.ts'
import { createSignalHandler } from './adapters/http-signal.ts'
import { makeToken } from './adapters/http-tokens.ts'
import { createKeys, type Keys } from './adapters/keys.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Store } from './adapters/ledger-store.ts'
import type { Log } from './adapters/log.ts'
import { createMqttEar, type MqttEar } from './adapters/mqtt-ear.ts'
import { readOrMakeSecret } from './adapters/secret-file.ts'
import { openApi } from './api.ts'
import type { Audience } from './app/audience.ts'
import type { Histogram } from './app/histogram.ts'
import type { Newcomers } from './app/newcomers.ts'
import type { Watch } from './app/watch.ts'
import type { WatchdogStatus } from './app/watchdog.ts'
import { exportDocument, type Made } from './config/export.ts'
import { readPromise } from './config/promise.ts'
import type { Address, Settings } from './config/settings.ts'
import type { Terms } from './domain/heartbeat.ts'
import type { Name } from './domain/names.ts'
import { checkSchedule } from './domain/schedule.ts'
import { isLoopback, refusalOf } from './listening.ts'

/** What keeps the gateway from starting. */
export type Refused = { readonly refused: string }

export type Ears = {
  readonly http: Address
  readonly mqtt: Address | undefined
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
  const open = (): boolean => live.open ?? isLoopback(settings.http.host)
  const common = { intake, counters, now, open, bodiesKeep: settings.bodiesKeep }
  const signals = createSignalHandler({ ...common, checkSchedule, live })
  let mqtt: MqttEar | undefined
  const mqttClients = () => mqtt?.clients() ?? 0
  const api = await openApi({
    ...{ watch, store, audience, commits, series, answers, newcomers, master, version, log, live, now },
    ...{ adminToken: admin.secret, watchdog, bridges, mqttClients, mqttPort: () => mqtt?.port },
    latestDevices: (most) => mqtt?.latest(most) ?? [],
    exported: (text) => exportDocument(text, madeOf(watch, live), now()),
    isPrivate: () => isLoopback(settings.http.host),
  })
  const server = createHttpServer((req, res) => {
    if (!signals(req, res)) api.handle(req, res)
  })
  const lane = addFastLane(server, common)
  const close = async (): Promise<void> => {
    lane.close()
    api.endStreams()
    await Promise.all([mqtt?.close(), closeHttpServer(server)])
    await api.close()
  }

  try {
    const http = { host: settings.http.host, port: await listen(server, settings.http) }
    if (settings.mqtt !== 'off') {
      const { host } = settings.mqtt
      mqtt = await createMqttEar({
        ...{ intake, counters, now, log, live, root: 'hb', address: settings.mqtt },
        open: () => live.open ?? isLoopback(host),
        newArrival: (name) => newcomers.note(name, now()),
        authenticate(user, password) {
          const name = live.keys.nameOf(new TextDecoder().decode(password))
          return name !== undefined && name.split('/', 1)[0] === user
        },
      })
    }
    const address = settings.mqtt !== 'off' && mqtt ? { host: settings.mqtt.host, port: mqtt.port } : undefined
    return {
      http,
      mqtt: address,
      mqttClients,
      newAdminToken: admin.isNew ? admin.secret : undefined,
      configure: (next) => void Object.assign(live, liveRules(next), { keys: keysFor(next, master, watch) }),
      close,
    }
  } catch (error) {
    await close()
    return { refused: refusalOf(error as NodeJS.ErrnoException & { port?: number; address?: string }) }
  }
}

function liveRules({ signals, defaults, zone, file, url, policies, grafana, published }: Settings) {
  const open = signals.open === 'auto' ? undefined : signals.open
  const known = { zone, policies: new Set(policies.map(({ name }) => name)) }
  const checkTerms = (body: unknown, base?: Terms) =>
    readPromise(body, {
      base: { ...(base ?? defaults), declaredBy: 'api' },
      isScheduled: base !== undefined,
      ...known,
    })
  const { token: grafanaToken } = grafana
  return { open, create: signals.create, defaults, zone, file, url, checkTerms, grafanaToken, published }
}

/** What nobody wrote into the file. */
function madeOf({ registry, scene }: Watch, { defaults }: { readonly defaults: Terms }): Made {
  const { roster, casebook } = registry
  const heartbeats = [...roster.numbers()].flatMap((number) => {
    const terms = roster.termsOf(number) as Terms
    return terms.declaredBy === 'file' ? [] : [{ name: roster.nameOf(number) as Name, terms }]
  })
  const [mutes, overrides] = [[...casebook.mutes.values()], [...casebook.overrides.values()]]
  return { heartbeats, mutes, overrides, oncall: scene.onCalls(), defaults }
}

function keysFor({ heartbeats, signals }: Settings, master: Buffer, { registry }: Watch): Keys {
  const { roster, casebook } = registry
  return createKeys({
    master,
    nameOf: (id) => (roster.termsOf(id) === undefined ? undefined : roster.nameOf(id)),
    idOf: (name) => (roster.find(name) === -1 ? undefined : roster.find(name)),
    declared: new Map(heartbeats.flatMap(({ name, key }) => (key === undefined ? [] : [[key, name] as const]))),
    ...(signals.pingKey !== undefined && { pingKey: signals.pingKey }),
    rotated: (name) => casebook.grants.keyOf(name),
    now: clock.now,
  })
}
