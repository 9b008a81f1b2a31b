// The console, put together: its pages, and the files that they need.
import type { Route } from './adapters/http-route.ts'
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { Watch } from './app/watch.ts'
import { readAssets } from './console/assets.ts'
import { boardRoutes } from './console/board.ts'
import { signInRoutes } from './console/sign-in.ts'
import type { ConsoleWorld } from './console/world.ts'

type Given = Pick<ConsoleWorld, 'newcomers' | 'commits' | 'version' | 'live' | 'now' | 'series'> & {
  readonly watch: Watch<SqliteLedger>
}

export function consoleRoutes({ watch, ...given }: Given): readonly Route[] {
  const { asset, routes } = readAssets()
  const { registry, ledger, pager, counters } = watch
  const scene = () => watch.scene
  const lastTickAt = () => watch.lastTickAt
  const world: ConsoleWorld = { ...given, registry, ledger, pager, counters, scene, lastTickAt, asset }
  return [...routes, ...signInRoutes(world), ...boardRoutes(world)]
}
