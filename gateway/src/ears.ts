// Where the gateway is spoken to: pings and the API over HTTP, publishes over MQTT, and who may speak.
import { join } from 'node:path'
import { createAdopter } from './adapters/adopt.ts'
import type { AnswerTokens } from './adapters/answer-tokens.ts'
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
import { readOrMakeSecret } from './adapters/secret-file.ts'
import { openApi } from './api.ts'
import type { Audience } from './app/audience.ts'
import type { Histogram } from './app/histogram.ts'
import { Newcomers } from './app/newcomers.ts'
import { States } from './app/states.ts'
import type { Watch } from './app/watch.ts'
import type { WatchdogStatus } from './app/watchdog.ts'
import { exportDocument, type Made } from './config/export.ts'
import { readPromise } from './config/promise.ts'
import type { Address, Settings } from './config/settings.ts'
import type { Terms } from './domain/heartbeat.ts'
import type { Name } from './domain/names.ts'
import { checkSchedule } from './domain/schedule.ts'
import { isLoopback, refusalOf } from './listening.ts'
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
}: EarWorld): Promise<Ears | Refused> {
  const { counters, intake } = watch
  const { now } = clock
  const admin =
    settings.adminToken === undefined
      ? readOrMakeSecret(join(settings.data, 'admin-token'), makeToken)
      : { secret: settings.adminToken, isNew: false }

  /** What a reload may change; the adapters ask it anew for each signal. */
  const live = { ...liveRules(settings), keys: keysFor(settings, master, watch) }
  const newcomers = new Newcomers()
  const bootOf = (name: Name): number => {
    const number = watch.registry.find(name)
    return number === -1 ? 0 : watch.registry.state(number).more.boot
  }
  const noteCovered = (name: Name, terms: Terms): void => {
    counters.add('signals_refused', 'unknown')
    newcomers.note(name, now(), terms)
  }
  const open = (): boolean => live.open ?? isLoopback(settings.http.host)
  const common = { intake, counters, now, open, bodiesKeep: settings.bodiesKeep }
  const signals = createSignalHandler({ ...common, checkSchedule, live })
  let mqtt: Mqtt | undefined
  const mqttClients = () => mqtt?.ear.clients() ?? 0
  const api = await openApi({
    ...{ watch, store, audience, commits, series, answers, newcomers, master, version, log, live, now },
    ...{ adminToken: admin.secret, watchdog, mqttClients, mqttPort: () => mqtt?.plain?.port },
    latestDevices: (most) => mqtt?.ear.latest(most) ?? [],
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
    mqtt = await openMqtt({
      ...{ server, settings, intake, counters, now, log, live },
      states: new States(watch.registry, audience),
      presences: watch.presences,
      open: (host) => live.open ?? isLoopback(host),
      newArrival: (name) => newcomers.note(name, now()),
      adopt: createAdopter({ intake, live, via: 'mqtt', bootOf, newcomer: noteCovered }),
      authenticate(user, password) {
        const name = live.keys.nameOf(new TextDecoder().decode(password))
        return name !== undefined && name.split('/', 1)[0] === user
      },
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
      },
      close,
    }
  } catch (error) {
    await close()
    return { refused: refusalOf(error as NodeJS.ErrnoException & { port?: number; address?: string }) }
  }
}

function liveRules({ signals, defaults, zone, file, url, policies, grafana, published, adopt }: Settings) {
  const open = signals.open === 'auto' ? undefined : signals.open
  const known = { zone, policies: new Set(policies.map(({ name }) => name)) }
  const checkTerms = (body: unknown, base?: Terms) =>
    readPromise(body, {
      base: { ...(base ?? defaults), declaredBy: 'api' },
      isScheduled: base !== undefined,
      ...known,
    })
  const { token: grafanaToken } = grafana
  return { open, create: signals.create, defaults, zone, file, url, checkTerms, grafanaToken, published, adopt }
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
