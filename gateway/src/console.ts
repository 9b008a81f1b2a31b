// The console, put together: its pages, and the files that they need.
import type { Route } from './adapters/http-route.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Watch } from './app/watch.ts'
import { readAssets } from './console/assets.ts'
import { boardRoutes } from './console/board.ts'
import { incidentRoutes } from './console/incident.ts'
import { incidentsRoute } from './console/incidents.ts'
import { oncallRoutes } from './console/oncall.ts'
import { signInRoutes } from './console/sign-in.ts'
import { silenceRoutes } from './console/silences.ts'
import type { ConsoleWorld } from './console/world.ts'

export type Surroundings = Omit<
  ConsoleWorld,
  'asset' | 'registry' | 'ledger' | 'pager' | 'counters' | 'scene' | 'lastTickAt'
> & { readonly watch: Watch<SqliteLedger> }

export function consoleRoutes({ watch, ...rest }: Surroundings): readonly Route[] {
  const { asset, routes } = readAssets()
  const { registry, ledger, pager, counters } = watch
  const scene = () => watch.scene
  const world: ConsoleWorld = {
    ...rest,
    ...{ asset, registry, ledger, pager, counters, scene },
    lastTickAt: () => watch.lastTickAt,
  }
  return [
    ...routes,
    ...signInRoutes(world),
    ...boardRoutes(world),
    incidentsRoute(world),
    ...incidentRoutes(world),
    ...oncallRoutes(world),
    ...silenceRoutes(world),
  ]
}
