// The part of the API that says how the bridges to other brokers are.
import { formatInstant } from '../domain/time.ts'
import type { BridgeStatus } from './bridge-world.ts'
import type { Route } from './http-route.ts'
import { BRIDGES, type BridgeItem } from './http-shapes-bridges.ts'

export function bridgeRoutes(bridges: () => readonly BridgeStatus[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/bridges',
      for: 'read',
      docs: { summary: 'How the bridges to other brokers are', json: BRIDGES },
      answer: () => ({ status: 200, json: { items: bridges().map(bridgeItem), next: null } }),
    },
  ]
}

export function bridgeItem({ since, why, ...status }: BridgeStatus): BridgeItem {
  return { ...status, since: formatInstant(since), why: why ?? null }
}
