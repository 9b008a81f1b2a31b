// Where the gateway is spoken to: pings and the API over HTTP, publishes over MQTT, and who may speak.
import { join } from 'node:path'
import { createAnswerDeeds } from './adapters/answer-deeds.ts'
import type { AnswerTokens } from './adapters/answer-tokens.ts'
import { systemClock as clock } from './adapters/clock.ts'
import { createAccess } from './adapters/http-access.ts'
import { answerRoutes } from './adapters/http-answer.ts'
import { createApi } from './adapters/http-api.ts'
import { declareRoutes } from './adapters/http-declare.ts'
import { drillRoutes } from './adapters/http-drills.ts'
import { addFastLane } from './adapters/http-fast-lane.ts'
import { healthRoutes } from './adapters/http-health.ts'
import { muteRoutes } from './adapters/http-mutes.ts'
import { oncallRoutes } from './adapters/http-oncall.ts'
import { openApiRoute } from './adapters/http-openapi.ts'
import { operateRoutes } from './adapters/http-operate.ts'
import { policyRoutes } from './adapters/http-policies.ts'
import { quietRoutes } from './adapters/http-quiet.ts'
import { readRoutes } from './adapters/http-read.ts'
import { type SeriesWorld, seriesRoutes } from './adapters/http-series.ts'
import { closeHttpServer, createHttpServer, listen } from './adapters/http-server.ts'
import { sessionRoutes } from './adapters/http-session-routes.ts'
import { createSessions } from './adapters/http-sessions.ts'
import { createSignalHandler } from './adapters/http-signal.ts'
import { stormRoutes } from './adapters/http-storms.ts'
import { tokenRoutes } from './adapters/http-token-routes.ts'
import { makeToken } from './adapters/http-tokens.ts'
import { createKeys, type Keys } from './adapters/keys.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Log } from './adapters/log.ts'
import { createMqttEar, type MqttEar } from './adapters/mqtt-ear.ts'
import { readOrMakeSecret } from './adapters/secret-file.ts'
import type { Histogram } from './app/histogram.ts'
import { Newcomers } from './app/newcomers.ts'
import type { Watch } from './app/watch.ts'
import type { WatchdogStatus } from './app/watchdog.ts'
import { readPromise } from './config/promise.ts'
import type { Address, Settings } from './config/settings.ts'
import { TERMS_SCHEMA } from './config/shape.ts'
import { consoleRoutes } from './console.ts'
import type { Terms } from './domain/heartbeat.ts'
import { checkSchedule } from './domain/schedule.ts'
import { grafanaRoutes } from './grafana.ts'
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
  /** From which secret keys are derived. */
  readonly master: Buffer
  readonly watch: Watch<SqliteLedger>
  readonly commits: { readonly seconds: Histogram; readonly facts: Histogram }
  readonly version: string
  readonly log: Log
  readonly settings: Settings
}

export async function openEars({
  watch,
  commits,
  version,
  log,
  settings,
  answers,
  master,
  watchdog,
  series,
}: EarWorld): Promise<Ears | Refused> {
  const { registry, ledger, counters, intake } = watch
  const { now } = clock
  const admin =
    settings.adminToken === undefined
      ? readOrMakeSecret(join(settings.data, 'admin-token'), makeToken)
      : { secret: settings.adminToken, isNew: false }

  /** What a reload may change; the adapters ask it anew for each signal. */
  const live = { ...liveRules(settings), keys: keysFor(settings, master, watch) }
  const newcomers = new Newcomers()
  const open = (): boolean => live.open ?? isLoopback(settings.http.host)
  const common = { intake, counters, now, open, bodiesKeep: settings.bodiesKeep }
  const signals = createSignalHandler({ ...common, checkSchedule, live })
  let mqtt: MqttEar | undefined
  const mqttClients = () => mqtt?.clients() ?? 0
  const scene = () => watch.scene
  const sessions = createSessions(master)
  const { grants } = registry.casebook
  const rules = { adminToken: admin.secret, grafanaToken: () => live.grafanaToken, grants, sessions, now }
  const access = createAccess(rules)
  const routes = [
    ...readRoutes({ registry, ledger, newcomers, pager: watch.pager, live, now, scene }),
    ...oncallRoutes({ live, now }),
    ...policyRoutes(scene),
    ...operateRoutes({ registry, ledger }),
    ...drillRoutes({ casebook: registry.casebook, pager: watch.pager, ledger, now }),
    ...stormRoutes({ registry, ledger }),
    ...seriesRoutes(series),
    ...muteRoutes({ registry, ledger, live, scene, now }),
    ...quietRoutes({ registry, ledger, now }),
    ...declareRoutes({ registry, ledger, live, termsShape: TERMS_SCHEMA }),
    ...tokenRoutes({ registry, ledger, access, now }),
    ...sessionRoutes({ access, sessions, now }),
    ...healthRoutes({
      ...{ version, registry, counters, commits, now },
      ledger: () => ledger.state,
      lastTickAt: () => watch.lastTickAt,
      tickLag: () => watch.tickLag,
      mqttClients,
      watchdog,
      series: series.status,
      isPrivate: () => isLoopback(settings.http.host),
    }),
  ]
  // Pages for people, and what Grafana calls, are no part of the API's document.
  const deeds = createAnswerDeeds({ registry, ledger, now, zone: () => watch.scene.zone })
  const answerPages = answerRoutes({ tokens: answers, now, ...deeds })
  const devices = { count: mqttClients, latest: (most: number) => mqtt?.latest(most) ?? [] }
  const pages = {
    ...{ watch, newcomers, commits, version, live, now, access, devices, master },
    ...{ series: series.status, mqttPort: () => mqtt?.port },
  }
  const others = [...answerPages, ...grafanaRoutes({ watch, version, live, now }), ...consoleRoutes(pages)]
  const api = await createApi([...routes, openApiRoute(routes, version), ...others], access, log)
  const server = createHttpServer((req, res) => {
    if (!signals(req, res)) api.handle(req, res)
  })
  const lane = addFastLane(server, common)
  const close = async (): Promise<void> => {
    lane.close()
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

function liveRules({ signals, defaults, zone, file, url, policies, oncall, grafana, published }: Settings) {
  const open = signals.open === 'auto' ? undefined : signals.open
  const known = { zone, policies: new Set(policies.map(({ name }) => name)) }
  const checkTerms = (body: unknown, base?: Terms) =>
    readPromise(body, {
      base: { ...(base ?? defaults), declaredBy: 'api' },
      isScheduled: base !== undefined,
      ...known,
    })
  const { token: grafanaToken } = grafana
  return { open, create: signals.create, defaults, zone, file, url, oncall, checkTerms, grafanaToken, published }
}

function keysFor({ heartbeats, signals }: Settings, master: Buffer, { registry }: Watch): Keys {
  const { roster } = registry
  return createKeys({
    master,
    nameOf: (id) => (roster.termsOf(id) === undefined ? undefined : roster.nameOf(id)),
    idOf: (name) => (roster.find(name) === -1 ? undefined : roster.find(name)),
    declared: new Map(heartbeats.flatMap(({ name, key }) => (key === undefined ? [] : [[key, name] as const]))),
    ...(signals.pingKey !== undefined && { pingKey: signals.pingKey }),
  })
}
