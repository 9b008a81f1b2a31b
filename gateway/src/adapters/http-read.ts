// The part of the API that only shows: heartbeats, their signals and explanations, incidents.
import type { Newcomers } from '../app/newcomers.ts'
import type { Pager } from '../app/pager.ts'
import type { Ledger } from '../app/ports.ts'
import {
  explainHeartbeat,
  heartbeatItem,
  incidentItem,
  listChannels,
  listHeartbeats,
  listIncidents,
} from '../app/read.ts'
import { listSignals } from '../app/read-signals.ts'
import type { Registry } from '../app/registry.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import {
  HEARTBEAT_QUERY,
  type HeartbeatQuery,
  INCIDENT_QUERY,
  type IncidentQuery,
  SIGNAL_QUERY,
  type SignalQuery,
} from './http-shapes.ts'
import type { Keys } from './keys.ts'

export type ReadRules = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'history' | 'body'>
  readonly newcomers: Newcomers
  readonly pager: Pick<Pager, 'channels'>
  now(): Instant
  /** Read anew for each request: a reload changes it. */
  readonly live: {
    readonly keys: Keys
    /** Of what is said about heartbeats whose schedule has none. */
    readonly zone: string
  }
}

const BASE = '/api/v1'
const NOT_FOUND: Answer = { problem: 'not-found' }

export function readRoutes({ registry, ledger, newcomers, pager, live, now }: ReadRules): readonly Route[] {
  /** Answers about a known heartbeat. */
  const about =
    <Query>(answer: (number: number, name: string, query: Query) => Answer | Promise<Answer>) =>
    ({ params, query }: Asked<Query>): Answer | Promise<Answer> => {
      const name = params['name'] as string
      const number = registry.find(name)
      return number === -1 || registry.roster.termsOf(number) === undefined ? NOT_FOUND : answer(number, name, query)
    }
  const get = (path: string, answer: Route['answer'], query?: object): Route => ({
    method: 'GET',
    path: `${BASE}${path}`,
    for: 'admin',
    answer,
    ...(query !== undefined && { query }),
  })

  return [
    get(
      '/heartbeats',
      ({ query: { limit = 100, after = -1, ...filter } }: Asked<HeartbeatQuery>) => ({
        status: 200,
        json: listHeartbeats(registry, filter, after, limit),
      }),
      HEARTBEAT_QUERY,
    ),
    get(
      '/heartbeats/:name',
      about((number, name) => ({
        status: 200,
        json: {
          ...heartbeatItem(registry, number),
          key: live.keys.keyOf(name) ?? null,
          uuid: live.keys.uuidOf(name) ?? null,
        },
      })),
    ),
    get(
      '/heartbeats/:name/signals',
      about(async (_number, name, { limit = 100, after }: SignalQuery) => ({
        status: 200,
        json: await listSignals(ledger, name, after ?? Number.MAX_SAFE_INTEGER, limit),
      })),
      SIGNAL_QUERY,
    ),
    get('/heartbeats/:name/signals/:seq/body', async ({ params }) => {
      const seq = Number(params['seq'])
      const name = params['name'] as string
      const [newest] = Number.isSafeInteger(seq) ? await ledger.history(name, seq + 1, 1) : []
      const bytes = newest?.seq === seq ? await ledger.body(seq) : undefined
      return bytes === undefined ? NOT_FOUND : { status: 200, bytes }
    }),
    get(
      '/heartbeats/:name/explain',
      about((number) => ({ status: 200, json: explainHeartbeat(registry, number, live.zone, now()) })),
    ),
    get(
      '/incidents',
      ({ query: { state = 'open', after, limit = 100 } }: Asked<IncidentQuery>) => ({
        status: 200,
        json: listIncidents(registry, state, after, limit),
      }),
      INCIDENT_QUERY,
    ),
    get('/arrivals', () => ({
      status: 200,
      json: {
        items: newcomers
          .list((name) => registry.find(name) !== -1)
          .map(({ firstAt, lastAt, ...rest }) => ({
            ...rest,
            firstAt: formatInstant(firstAt),
            lastAt: formatInstant(lastAt),
          })),
        next: null,
      },
    })),
    get('/channels', () => ({ status: 200, json: listChannels(registry, pager.channels()) })),
    get('/incidents/:id', ({ params }) => {
      const incident = registry.incidents.get(params['id'] as string)
      return incident === undefined ? NOT_FOUND : { status: 200, json: incidentItem(incident) }
    }),
  ]
}
