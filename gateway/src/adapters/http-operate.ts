// The part of the API that acts: an operator's commands, on the same ordered path as the signals.
import type { Command, Ledger } from '../app/ports.ts'
import { incidentItem } from '../app/read.ts'
import type { Registry } from '../app/registry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { DEED, type Deed } from './http-shapes.ts'

export type OperateRules = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
}

export function operateRoutes({ registry, ledger }: OperateRules): readonly Route[] {
  /** What went wrong; undefined: it is done, and on disk. */
  async function carryOut(command: Command): Promise<Answer | undefined> {
    const { reply, outcome } = await ledger.request(command)
    if (reply.kind === 'refused') return { problem: reply.why === 'already' ? 'already' : 'not-found' }
    return outcome === 'durable' ? undefined : { problem: 'unavailable' }
  }

  const onIncident = (kind: 'acknowledge' | 'resolve'): Route => ({
    method: 'POST',
    path: `/api/v1/incidents/:id/${kind}`,
    for: 'admin',
    body: DEED,
    async answer({ params, body }: Asked<unknown, Deed>) {
      const id = params['id'] as string
      const refusal = await carryOut({ kind, incident: id, ...body })
      return refusal ?? { status: 200, json: incidentItem(registry.incidents.get(id) as Incident) }
    },
  })
  const onHeartbeat = (kind: 'pause' | 'resume'): Route => ({
    method: 'POST',
    path: `/api/v1/heartbeats/:name/${kind}`,
    for: 'admin',
    body: DEED,
    async answer({ params, body: { by } }: Asked<unknown, Deed>) {
      return (await carryOut({ kind, name: params['name'] as string, by })) ?? { status: 204 }
    },
  })
  const remove: Route = {
    method: 'DELETE',
    path: '/api/v1/heartbeats/:name',
    for: 'admin',
    async answer({ params }) {
      const name = params['name'] as string
      const isOfFile = registry.roster.termsOf(registry.find(name))?.declaredBy === 'file'
      if (isOfFile) return { problem: 'declared-by-file' }
      return (await carryOut({ kind: 'remove', name, by: 'api' })) ?? { status: 204 }
    },
  }
  return [onIncident('acknowledge'), onIncident('resolve'), onHeartbeat('pause'), onHeartbeat('resume'), remove]
}
