// The part of the API about the time series: how their writing stands, and what no server took.
import { whenever } from '../app/read.ts'
import { formatInstant } from '../domain/time.ts'
import type { Asked, Route } from './http-route.ts'
import { DEAD, DEAD_QUERY, type DeadQuery, SERIES_STATUS, type SeriesItem } from './http-shapes-series.ts'
import type { SeriesStatus } from './influx-messages.ts'
import type { DeadPoint } from './series-store.ts'

export type SeriesWorld = {
  /** Undefined: no time series are written. */
  status(): SeriesStatus | undefined
  /** Undefined: it can't be read at the moment. */
  dead(before: number, limit: number): Promise<readonly DeadPoint[] | undefined>
}

export function seriesRoutes(series: SeriesWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/series',
      for: 'read',
      docs: { summary: 'How the writing of time series stands', json: SERIES_STATUS },
      answer: () => ({ status: 200, json: seriesItem(series.status()) }),
    },
    {
      method: 'GET',
      path: '/api/v1/series/dead',
      for: 'read',
      docs: { summary: 'Points that the server refused for good, newest first', json: DEAD },
      query: DEAD_QUERY,
      async answer({ query: { limit = 100, after = Number.MAX_SAFE_INTEGER } }: Asked<DeadQuery>) {
        const dead = await series.dead(after, limit)
        if (dead === undefined) return { problem: 'unavailable' }
        const items = dead.map(({ at, ...point }) => ({ ...point, at: formatInstant(at) }))
        return { status: 200, json: { items, next: dead.length < limit ? null : String(dead.at(-1)?.id) } }
      },
    },
  ]
}

export function seriesItem(status: SeriesStatus | undefined): SeriesItem {
  const { state = 'off', flavor, because, why, since, lagMs = 0, lagFacts = 0, points = 0, dead = 0 } = status ?? {}
  const reason = { because: because ?? null, why: why ?? null, since: whenever(since) }
  return { state, flavor: flavor ?? null, ...reason, lagMs, lagFacts, points, dead }
}
