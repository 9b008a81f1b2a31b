// The console, put together: its pages, and the files that they need.
import type { Route } from './adapters/http-route.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import { Overview } from './app/overview.ts'
import type { Watch } from './app/watch.ts'
import { readAssets } from './console/assets.ts'
import { boardRoutes } from './console/board.ts'
import { declareForms } from './console/declare.ts'
import { heartbeatRoutes } from './console/heartbeat.ts'
import { incidentRoutes } from './console/incident.ts'
import { incidentsRoute } from './console/incidents.ts'
import { linesRoutes } from './console/lines.ts'
import { signInRoutes } from './console/sign-in.ts'
import type { ConsoleWorld } from './console/world.ts'

export type Surroundings = Omit<
  ConsoleWorld,
  'asset' | 'overview' | 'registry' | 'ledger' | 'pager' | 'counters' | 'scene' | 'lastTickAt'
> & { readonly watch: Watch<SqliteLedger> }

export function consoleRoutes({ watch, ...rest }: Surroundings): readonly Route[] {
  const { asset, routes } = readAssets()
  const { registry, ledger, pager, counters } = watch
  const scene = () => watch.scene
  const world: ConsoleWorld = {
    ...rest,
    overview: new Overview(registry, rest.now),
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
  ]
}
