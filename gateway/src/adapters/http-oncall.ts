// The part of the API that shows on-call schedules: who is on call, and the two weeks around an instant.
import { listOnCall, viewOnCall } from '../app/read-oncall.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Instant } from '../domain/time.ts'
import { INSTANT, readInstant } from './http-instant.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { ONCALL, ONCALL_QUERY, ONCALLS, type OnCallQuery } from './http-shapes-oncall.ts'

export type OnCallWorld = {
  scene(): Pick<LiveScene, 'onCall' | 'onCalls'>
  now(): Instant
}

export function oncallRoutes({ scene, now }: OnCallWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/oncall',
      for: 'read',
      docs: { summary: 'On-call schedules, and who is on call', json: ONCALLS },
      answer: () => ({ status: 200, json: listOnCall(scene().onCalls(), now()) }),
    },
    {
      method: 'GET',
      path: '/api/v1/oncall/:name',
      for: 'read',
      docs: { summary: 'Who is on call at an instant, who is next, and two weeks of shifts', json: ONCALL },
      query: ONCALL_QUERY,
      answer({ params, query: { at: text } }: Asked<OnCallQuery>): Answer {
        const schedule = scene().onCall(params['name'] as string)
        if (schedule === undefined) return { problem: 'not-found' }
        const at = text === undefined ? now() : readInstant(text)
        if (at !== undefined) return { status: 200, json: viewOnCall(schedule, at) }
        const flaw = { path: 'query.at', expected: INSTANT, found: JSON.stringify(text) }
        return { problem: 'bad-request', flaws: [flaw] }
      },
    },
  ]
}
