// The part of the API that only shows: heartbeats, their signals and explanations, incidents.
import type { Newcomer, Newcomers } from '../app/newcomers.ts'
import type { Pager } from '../app/pager.ts'
import type { Ledger } from '../app/ports.ts'
import { explainHeartbeat, heartbeatItem, listChannels, listHeartbeats, whenever } from '../app/read.ts'
import { listBlind } from '../app/read-blind.ts'
import { board } from '../app/read-board.ts'
import { incidentItem, listIncidents } from '../app/read-incidents.ts'
import { listSignals } from '../app/read-signals.ts'
import type { Registry } from '../app/registry.ts'
import type { LiveScene } from '../app/scene.ts'
import { isCursor } from '../app/search.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { type Duration, formatInstant, type Instant } from '../domain/time.ts'
import { covers } from '../domain/token.ts'
import type { Answer, Asked, Caller, Docs, Route } from './http-route.ts'
import {
  HEARTBEAT_QUERY,
  HEARTBEATS,
  type HeartbeatQuery,
  OWN_HEARTBEAT,
  SIGNAL_QUERY,
  SIGNALS,
  type SignalQuery,
} from './http-shapes.ts'
import { BLIND, BOARD, NEWCOMERS, type NewcomerItem } from './http-shapes-board.ts'
import { INCIDENT, INCIDENT_QUERY, INCIDENTS, type IncidentQuery } from './http-shapes-incidents.ts'
import { createPace } from './in-turns.ts'
import type { Keys } from './keys.ts'

export type ReadRules = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'history' | 'body'> & { readonly latest: number }
  readonly newcomers: Newcomers
  readonly pager: Pick<Pager, 'channels'>
  now(): Instant
  scene(): LiveScene
  /** Read anew for each request: a reload changes it. */
  readonly live: {
    readonly keys: Keys
  }
}

/** After so long a list is answered as it is. */
const QUICK: Duration = 25

const BASE = '/api/v1'
const NOT_FOUND: Answer = { problem: 'not-found' }

export function readRoutes({ registry, ledger, newcomers, pager, live, scene, now }: ReadRules): readonly Route[] {
  /** Answers about a known heartbeat. */
  const about =
    <Query>(answer: (number: number, name: string, asked: Asked<Query>) => Answer | Promise<Answer>) =>
    (asked: Asked<Query>): Answer | Promise<Answer> => {
      const { params } = asked
      const name = params['name'] as string
      const number = registry.find(name)
      return number === -1 || registry.roster.termsOf(number) === undefined ? NOT_FOUND : answer(number, name, asked)
    }
  const get = (path: string, docs: Docs, answer: Route['answer'], query?: object): Route => ({
    method: 'GET',
    path: `${BASE}${path}`,
    for: 'read',
    docs,
    answer,
    ...(query !== undefined && { query }),
  })

  return [
    get(
      '/heartbeats',
      {
        summary: 'Heartbeats in the order of their declaration, or what is wrong first and for the longest',
        json: HEARTBEATS,
      },
      async ({ query: { limit = 100, after, order = 'declared', ...filter } }: Asked<HeartbeatQuery>) => {
        if (after !== undefined && !isCursor(after, order)) return badCursor(after)
        return { status: 200, json: await listHeartbeats(registry, { filter, order, after, limit }, createPace(QUICK)) }
      },
      HEARTBEAT_QUERY,
    ),
    get(
      '/board',
      { summary: 'How many heartbeats there are, by verdict, group, owner and tag', json: BOARD },
      async () => ({ status: 200, json: await board(registry, ledger.latest, createPace(QUICK)) }),
    ),
    get(
      '/heartbeats/:name',
      { summary: 'One heartbeat; for the scope write with its secret keys, else they are null', json: OWN_HEARTBEAT },
      about((number, _name, { caller }) => ({
        status: 200,
        json: ownHeartbeat(registry, mayManage(caller) ? live.keys : NO_KEYS, number),
      })),
    ),
    get(
      '/heartbeats/:name/signals',
      { summary: 'Its signals, newest first', json: SIGNALS },
      about(async (_number, name, { query: { limit = 100, after } }: Asked<SignalQuery>) => ({
        status: 200,
        json: await listSignals(ledger, name, after ?? Number.MAX_SAFE_INTEGER, limit),
      })),
      SIGNAL_QUERY,
    ),
    get(
      '/heartbeats/:name/signals/:seq/body',
      { summary: 'What came with a signal, as it came' },
      async ({ params }) => {
        const seq = Number(params['seq'])
        const name = params['name'] as string
        const [newest] = Number.isSafeInteger(seq) ? await ledger.history(name, seq + 1, 1) : []
        const bytes = newest?.seq === seq ? await ledger.body(seq) : undefined
        return bytes === undefined ? NOT_FOUND : { status: 200, bytes }
      },
    ),
    get(
      '/heartbeats/:name/explain',
      { summary: 'Why it is what it is, as fields and as text' },
      about((number) => ({ status: 200, json: explainHeartbeat(registry, number, scene(), now()) })),
    ),
    get(
      '/incidents',
      { summary: 'Incidents, newest first', json: INCIDENTS },
      ({ query: { state = 'open', after, limit = 100 } }: Asked<IncidentQuery>) => ({
        status: 200,
        json: listIncidents(registry, state, after, limit),
      }),
      INCIDENT_QUERY,
    ),
    get(
      '/newcomers',
      {
        summary:
          'New arrivals: names that were heard over MQTT and that nobody declared; PUT /heartbeats/{name} adopts one',
        json: NEWCOMERS,
      },
      () => ({
        status: 200,
        json: {
          items: newcomers.list((name) => registry.find(name) !== -1).map(newcomerItem),
          next: null,
        },
      }),
    ),
    get('/blind', { summary: 'When the gateway could not hear, and why, newest first', json: BLIND }, () => ({
      status: 200,
      json: listBlind(registry),
    })),
    get('/channels', { summary: 'Where pages go, and which of it can’t be reached' }, () => ({
      status: 200,
      json: listChannels(registry, pager.channels()),
    })),
    get(
      '/incidents/:id',
      { summary: 'One incident, with its pages and its timeline', json: INCIDENT },
      ({ params }) => {
        const incident = registry.incidents.get(params['id'] as string)
        return incident === undefined ? NOT_FOUND : { status: 200, json: incidentItem(incident) }
      },
    ),
  ]
}

function newcomerItem({ name, firstAt, lastAt, signals, terms }: Newcomer): NewcomerItem {
  const { group = '', owner = '', parent = '', tags = [] } = terms ?? {}
  const ruled = terms && { schedule: describeSchedule(terms.schedule), group, owner, parent, tags }
  return { name, firstAt: formatInstant(firstAt), lastAt: formatInstant(lastAt), signals, terms: ruled ?? null }
}

function badCursor(found: string): Answer {
  const expected = 'the `next` of a list in the same order'
  return { problem: 'bad-request', flaws: [{ path: 'query.after', expected, found: JSON.stringify(found) }] }
}

const NO_KEYS: ShownKeys = { keyOf: () => undefined, uuidOf: () => undefined }

function mayManage(caller: Caller | undefined): boolean {
  return caller !== undefined && covers(caller.scope, 'write')
}

type ShownKeys = Pick<Keys, 'keyOf' | 'uuidOf'>

/** One heartbeat with its secret keys, for those who may manage it. */
export function ownHeartbeat(registry: Registry, keys: ShownKeys, number: number): object {
  const item = heartbeatItem(registry, number)
  const { name } = item
  const { previousUntil } = registry.casebook.grants.keyOf(name) ?? {}
  const shown = { key: keys.keyOf(name) ?? null, uuid: keys.uuidOf(name) ?? null }
  return { ...item, ...shown, previousKeyUntil: whenever(previousUntil) }
}
