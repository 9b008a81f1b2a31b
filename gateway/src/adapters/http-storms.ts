// The part of the API about storms: shown, and acknowledged or resolved as one.
import type { Ledger } from '../app/ports.ts'
import { listStorms, stormItem } from '../app/read-storms.ts'
import type { Registry } from '../app/registry.ts'
import type { Storm } from '../domain/storm.ts'
import { carryOut } from './http-command.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { DEED, type Deed } from './http-shapes.ts'
import { STATE_QUERY, STORM, STORMS, type StateQuery } from './http-shapes-incidents.ts'

export type StormWorld = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
}

export function stormRoutes({ registry, ledger }: StormWorld): readonly Route[] {
  const { storms } = registry.casebook
  const onStorm = (kind: 'acknowledge' | 'resolve', summary: string): Route => ({
    method: 'POST',
    path: `/api/v1/storms/:id/${kind}`,
    for: 'write',
    docs: { summary, json: STORM },
    body: DEED,
    async answer({ params, body }: Asked<unknown, Deed>) {
      const id = params['id'] as string
      // The command would take an incident's as well.
      if (storms.get(id) === undefined) return NOT_FOUND
      const refusal = await carryOut(ledger, { kind, incident: id, ...body })
      return refusal ?? { status: 200, json: stormItem(storms, storms.get(id) as Storm) }
    },
  })
  return [
    {
      method: 'GET',
      path: '/api/v1/storms',
      for: 'read',
      docs: { summary: 'Storms, newest first', json: STORMS },
      query: STATE_QUERY,
      answer: ({ query: { state = 'open' } }: Asked<StateQuery>) => ({ status: 200, json: listStorms(storms, state) }),
    },
    {
      method: 'GET',
      path: '/api/v1/storms/:id',
      for: 'read',
      docs: { summary: 'One storm, with its open incidents, its pages and its timeline', json: STORM },
      answer({ params }) {
        const storm = storms.get(params['id'] as string)
        return storm === undefined ? NOT_FOUND : { status: 200, json: stormItem(storms, storm) }
      },
    },
    onStorm('acknowledge', 'Somebody takes care of all of it: it escalates no further'),
    onStorm('resolve', 'It is over, says somebody: whoever still is bad is paged alone'),
  ]
}

const NOT_FOUND: Answer = { problem: 'not-found' }
