// The part of the API that acts on what is watched: an operator's word, on the same ordered path as the signals.
import type { Ledger } from '../app/ports.ts'
import { incidentItem } from '../app/read-incidents.ts'
import type { Registry } from '../app/registry.ts'
import type { Incident } from '../domain/incident.ts'
import { carryOut } from './http-command.ts'
import type { Asked, Route } from './http-route.ts'
import { DEED, type Deed } from './http-shapes.ts'
import { INCIDENT } from './http-shapes-incidents.ts'

export type OperateRules = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
}

export function operateRoutes({ registry, ledger }: OperateRules): readonly Route[] {
  const onIncident = (kind: 'acknowledge' | 'resolve', summary: string): Route => ({
    method: 'POST',
    path: `/api/v1/incidents/:id/${kind}`,
    for: 'write',
    docs: { summary, json: INCIDENT },
    body: DEED,
    async answer({ params, body }: Asked<unknown, Deed>) {
      const id = params['id'] as string
      // The command would take a storm's as well.
      if (!registry.incidents.has(id)) return { problem: 'not-found' }
      const refusal = await carryOut(ledger, { kind, incident: id, ...body })
      return refusal ?? { status: 200, json: incidentItem(registry.incidents.get(id) as Incident) }
    },
  })
  const onHeartbeat = (kind: 'pause' | 'resume', summary: string): Route => ({
    method: 'POST',
    path: `/api/v1/heartbeats/:name/${kind}`,
    for: 'write',
    docs: { summary },
    body: DEED,
    async answer({ params, body: { by } }: Asked<unknown, Deed>) {
      return (await carryOut(ledger, { kind, name: params['name'] as string, by })) ?? { status: 204 }
    },
  })
  return [
    onIncident('acknowledge', 'Somebody takes care of it: it escalates no further'),
    onIncident('resolve', 'It is over, says somebody'),
    onHeartbeat('pause', 'It is not judged any more'),
    onHeartbeat('resume', 'It is judged again'),
  ]
}
