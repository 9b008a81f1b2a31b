// The part of the API for drills: it starts them, and shows what became of them and which ways to people work.
import type { Ledger } from '../app/ports.ts'
import { type DrillWorld, drillItem, listDrills, listWays } from '../app/read-drills.ts'
import { drillId } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import { carryOut } from './http-command.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import {
  DRILL,
  DRILL_ORDER,
  DRILL_QUERY,
  DRILLS,
  type DrillOrder,
  type DrillQuery,
  WAYS,
} from './http-shapes-drills.ts'

export type DrillRules = DrillWorld & {
  readonly ledger: Pick<Ledger, 'request'>
  now(): Instant
}

export function drillRoutes(rules: DrillRules): readonly Route[] {
  const { casebook, ledger, now } = rules
  const shown = (id: string, status: 200 | 202): Answer => {
    const drill = casebook.drills.get(id)
    return drill === undefined ? { problem: 'not-found' } : { status, json: drillItem(drill, rules) }
  }
  const start = (path: string, summary: string, isChannel: boolean): Route => ({
    method: 'POST',
    path: `/api/v1/${path}`,
    for: 'write',
    docs: { summary, json: DRILL },
    body: DRILL_ORDER,
    async answer({ params, body: { by } }: Asked<unknown, DrillOrder>) {
      const name = params['name'] as string
      const drill = drillId(isChannel ? `channel:${name}` : name, now())
      const refusal = await carryOut(ledger, { kind: 'drill', drill, of: isChannel ? { channel: name } : { name }, by })
      return refusal ?? shown(drill, 202)
    },
  })
  return [
    start('heartbeats/:name/drill', 'A marked page to everyone whom a miss of it would reach now', false),
    start('channels/:name/test', 'A marked page to one channel', true),
    {
      method: 'GET',
      path: '/api/v1/drills',
      for: 'read',
      docs: { summary: 'Drills and channel tests, newest first', json: DRILLS },
      query: DRILL_QUERY,
      answer: ({ query: { after, limit = 100 } }: Asked<DrillQuery>) => ({
        status: 200,
        json: listDrills(rules, after, limit),
      }),
    },
    {
      method: 'GET',
      path: '/api/v1/drills/:id',
      for: 'read',
      docs: { summary: 'One drill: who was reached, and when', json: DRILL },
      answer: ({ params }) => shown(params['id'] as string, 200),
    },
    {
      method: 'GET',
      path: '/api/v1/ways',
      for: 'read',
      docs: { summary: 'Every way by which somebody was ever reached, longest ago first', json: WAYS },
      answer: () => ({ status: 200, json: listWays(casebook) }),
    },
  ]
}
