// The part of the API that shows policies.
import { listPolicies } from '../app/read-policies.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Route } from './http-route.ts'
import { POLICIES } from './http-shapes-mutes.ts'

export function policyRoutes(scene: () => Pick<LiveScene, 'policies'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/policies',
      for: 'read',
      docs: { summary: 'Policies, and whom each of their steps pages when', json: POLICIES },
      answer: () => ({ status: 200, json: listPolicies(scene().policies) }),
    },
  ]
}
