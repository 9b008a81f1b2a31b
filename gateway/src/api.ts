// The API put together: its routes, who may call them, and what goes on after an answer.

import { createAnswerDeeds } from './adapters/answer-deeds.ts'
import type { AnswerTokens } from './adapters/answer-tokens.ts'
import type { BridgeStatus } from './adapters/bridge-world.ts'
import { createDeviceDeeds } from './adapters/device-deeds.ts'
import { createEventHub } from './adapters/event-hub.ts'
import { createAccess } from './adapters/http-access.ts'
import { answerRoutes } from './adapters/http-answer.ts'
import { type Api, createApi } from './adapters/http-api.ts'
import { bridgeRoutes } from './adapters/http-bridges.ts'
import { type DeclareRules, declareRoutes } from './adapters/http-declare.ts'
import { deviceRoutes } from './adapters/http-device-routes.ts'
import { docsRoutes } from './adapters/http-docs.ts'
import { drillRoutes } from './adapters/http-drills.ts'
import { enrolmentRoutes } from './adapters/http-enrolment-routes.ts'
import { eventRoutes } from './adapters/http-events.ts'
import { exportRoutes } from './adapters/http-export.ts'
import { healthRoutes } from './adapters/http-health.ts'
import { muteRoutes } from './adapters/http-mutes.ts'
import { oncallRoutes } from './adapters/http-oncall.ts'
import { openApiDocument, openApiRoute } from './adapters/http-openapi.ts'
import { operateRoutes } from './adapters/http-operate.ts'
import { overrideRoutes } from './adapters/http-overrides.ts'
import { policyRoutes } from './adapters/http-policies.ts'
import { quietRoutes } from './adapters/http-quiet.ts'
import { readRoutes } from './adapters/http-read.ts'
import { type SeriesWorld, seriesRoutes } from './adapters/http-series.ts'
import { sessionRoutes } from './adapters/http-session-routes.ts'
import { createSessions } from './adapters/http-sessions.ts'
import { stormRoutes } from './adapters/http-storms.ts'
import { stripRoutes } from './adapters/http-strips.ts'
import { tokenRoutes } from './adapters/http-token-routes.ts'
import { factsAfter } from './adapters/ledger-facts.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Store } from './adapters/ledger-store.ts'
import type { Log } from './adapters/log.ts'
import type { Attendee } from './adapters/mqtt-attendance.ts'
import type { Audience } from './app/audience.ts'
import type { Histogram } from './app/histogram.ts'
import type { Newcomers } from './app/newcomers.ts'
import type { Sightings } from './app/sightings.ts'
import type { Watch } from './app/watch.ts'
import type { WatchdogStatus } from './app/watchdog.ts'
import { TERMS_SCHEMA } from './config/shape.ts'
import type { ConsoleWorld } from './console/world.ts'
import { consoleRoutes } from './console.ts'
import type { Terms } from './domain/heartbeat.ts'
import type { Checked } from './domain/problem.ts'
import type { Instant } from './domain/time.ts'
import { grafanaRoutes } from './grafana.ts'

export type ApiWorld = {
  readonly watch: Watch<SqliteLedger>
  readonly store: Store
  /** Told of every fact once it is on disk. */
  readonly audience: Audience
  readonly commits: { readonly seconds: Histogram; readonly facts: Histogram }
  readonly series: SeriesWorld
  readonly answers: AnswerTokens
  readonly newcomers: Newcomers
  readonly sightings: Sightings
  /** From which secrets are derived. */
  readonly master: Buffer
  readonly adminToken: string
  readonly version: string
  readonly log: Log
  /** Read anew for each request: a reload changes it. */
  readonly live: DeclareRules['live'] &
    ConsoleWorld['live'] & { readonly grafanaToken: string | undefined; readonly defaults: Terms }
  now(): Instant
  watchdog(): WatchdogStatus | undefined
  bridges(): readonly BridgeStatus[]
  mqttClients(): number
  /** Undefined: there is no MQTT. */
  mqttPort(): number | undefined
  /** Connected over MQTT, latest first. */
  latestDevices(most: number): readonly Attendee[]
  /** The text of the file with what was made besides. */
  exported(text: string): Checked<string>
  /** Whether only this machine can reach it. */
  isPrivate(): boolean
}

export async function openApi(world: ApiWorld): Promise<Api> {
  const { watch, store, audience, commits, series, master, newcomers, version, live, now, log } = world
  const { registry, ledger, counters, pager } = watch
  const { casebook } = registry
  const scene = () => watch.scene
  const sessions = createSessions(master)
  const access = createAccess({
    ...{ adminToken: world.adminToken, grants: casebook.grants, sessions, now },
    grafanaToken: () => live.grafanaToken,
  })
  const events = createEventHub({
    ...{ registry, audience, latest: () => ledger.latest },
    facts: (after, upTo) => factsAfter(after, upTo, store, ledger, registry),
  })
  const { devices: known } = casebook.grants
  const deeds = createDeviceDeeds({ devices: known, ledger, live, now })
  const sessionsNow = () =>
    new Map(
      world
        .latestDevices(Number.POSITIVE_INFINITY)
        .toReversed()
        .map((each) => [each.user ?? '', each]),
    )
  const devicesWorld = {
    devices: known,
    sightings: world.sightings,
    roster: registry.roster,
    sessions: sessionsNow,
    now,
  }
  const routes = [
    ...readRoutes({ registry, ledger, newcomers, pager, live, now, scene }),
    ...stripRoutes({ registry, ledger, now }),
    ...oncallRoutes({ scene, now }),
    ...overrideRoutes({ casebook, ledger, scene, now }),
    ...policyRoutes(scene),
    ...operateRoutes({ registry, ledger }),
    ...drillRoutes({ casebook, pager, ledger, now }),
    ...stormRoutes({ registry, ledger }),
    ...seriesRoutes(series),
    ...bridgeRoutes(world.bridges),
    ...muteRoutes({ registry, ledger, live, scene, now }),
    ...quietRoutes({ registry, ledger, now }),
    ...declareRoutes({ registry, ledger, newcomers, live, termsShape: TERMS_SCHEMA }),
    ...exportRoutes({ live, exported: world.exported }),
    ...eventRoutes(events),
    ...tokenRoutes({ registry, ledger, access, now }),
    ...deviceRoutes(devicesWorld, deeds),
    ...enrolmentRoutes({ devices: known, termsShape: TERMS_SCHEMA, live, now }, deeds),
    ...sessionRoutes({ access, sessions, now }),
    ...healthRoutes({
      ...{ version, registry, counters, commits, now },
      ledger: () => ledger.state,
      lastTickAt: () => watch.lastTickAt,
      tickLag: () => watch.tickLag,
      mqttClients: world.mqttClients,
      watchdog: world.watchdog,
      bridges: world.bridges,
      series: series.status,
      isPrivate: world.isPrivate,
    }),
  ]
  // Pages for people, and what Grafana calls, are no part of the API's document.
  const answerPages = answerRoutes({
    tokens: world.answers,
    now,
    ...createAnswerDeeds({ registry, ledger, now, zone: () => watch.scene.zone }),
  })
  const { mqttPort } = world
  const devices = { count: world.mqttClients, latest: world.latestDevices }
  const pages = {
    ...{
      watch,
      newcomers,
      sightings: world.sightings,
      deeds,
      commits,
      version,
      live,
      now,
      access,
      master,
      devices,
      mqttPort,
    },
    series: series.status,
  }
  const document = openApiDocument(
    routes.filter(({ isPage }) => isPage !== true),
    version,
  )
  const others = [
    openApiRoute(document),
    ...docsRoutes(document),
    ...answerPages,
    ...grafanaRoutes({ watch, version, live, now }),
    ...consoleRoutes(pages),
  ]
  const { handle, close } = await createApi([...routes, ...others], access, log)
  return { handle, close, endStreams: () => events.close() }
}
