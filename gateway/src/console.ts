// The console, put together: its pages, and the files that they need.
import type { Route } from './adapters/http-route.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import { Overview } from './app/overview.ts'
import type { Watch } from './app/watch.ts'
import { readAssets } from './console/assets.ts'
import { auditRoutes } from './console/audit.ts'
import { createBadgeMarks } from './console/badge-marks.ts'
import { badgeRoutes } from './console/badges.ts'
import { boardRoutes } from './console/board.ts'
import { channelRoutes } from './console/channels.ts'
import { declareForms } from './console/declare.ts'
import { deviceTokenRoutes } from './console/device-tokens.ts'
import { deviceRoutes } from './console/devices.ts'
import { enrolmentRoutes } from './console/enrolments.ts'
import { heartbeatRoutes } from './console/heartbeat.ts'
import { incidentRoutes } from './console/incident.ts'
import { incidentsRoute } from './console/incidents.ts'
import { linesRoutes } from './console/lines.ts'
import { oncallRoutes } from './console/oncall.ts'
import { signInRoutes } from './console/sign-in.ts'
import { silenceRoutes } from './console/silences.ts'
import { statusRoutes } from './console/status.ts'
import { tokenPageRoutes } from './console/tokens.ts'
import type { ConsoleWorld } from './console/world.ts'

export type Surroundings = Omit<
  ConsoleWorld,
  'asset' | 'overview' | 'marks' | 'registry' | 'ledger' | 'pager' | 'counters' | 'scene' | 'lastTickAt'
> & { readonly watch: Watch<SqliteLedger>; readonly master: Buffer }

export function consoleRoutes({ watch, master, ...rest }: Surroundings): readonly Route[] {
  const { asset, routes } = readAssets()
  const { registry, ledger, pager, counters } = watch
  const scene = () => watch.scene
  const world: ConsoleWorld = {
    ...rest,
    overview: new Overview(registry, rest.now),
    marks: createBadgeMarks(master),
    ...{ asset, registry, ledger, pager, counters, scene },
    lastTickAt: () => watch.lastTickAt,
  }
  return [
    ...routes,
    ...signInRoutes(world),
    ...boardRoutes(world),
    ...heartbeatRoutes(world),
    ...declareForms(world),
    ...linesRoutes(world),
    incidentsRoute(world),
    ...incidentRoutes(world),
    ...oncallRoutes(world),
    ...silenceRoutes(world),
    ...channelRoutes(world),
    ...deviceRoutes(world),
    ...deviceTokenRoutes(world),
    ...enrolmentRoutes(world),
    ...tokenPageRoutes(world),
    ...auditRoutes(world),
    ...statusRoutes(world),
    ...badgeRoutes(world),
  ]
}
