// The console, put together: its pages, and the files that they need.
import type { Route } from './adapters/http-route.ts'
import { readAssets } from './console/assets.ts'
import { boardRoutes } from './console/board.ts'
import { incidentRoutes } from './console/incident.ts'
import { incidentsRoute } from './console/incidents.ts'
import type { ConsoleWorld } from './console/world.ts'

export function consoleRoutes(world: Omit<ConsoleWorld, 'asset'>): readonly Route[] {
  const { asset, routes } = readAssets()
  const whole: ConsoleWorld = { ...world, asset }
  return [...routes, ...boardRoutes(whole), incidentsRoute(whole), ...incidentRoutes(whole)]
}
