// The part of the API that shows on-call schedules: who is on call, and the two weeks around an instant.
import { listOnCall, viewOnCall } from '../app/read-oncall.ts'
import type { OnCall } from '../domain/oncall.ts'
import type { Instant } from '../domain/time.ts'
import { INSTANT, readInstant } from './http-instant.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { ONCALL, ONCALL_QUERY, ONCALLS, type OnCallQuery } from './http-shapes-oncall.ts'

export type OnCallWorld = {
  /** Read anew for each request: a reload changes it. */
  readonly live: { readonly oncall: readonly OnCall[] }
  now(): Instant
}

export function oncallRoutes({ live, now }: OnCallWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/oncall',
      for: 'read',
      docs: { summary: 'On-call schedules, and who is on call', json: ONCALLS },
      answer: () => ({ status: 200, json: listOnCall(live.oncall, now()) }),
    },
    {
      method: 'GET',
      path: '/api/v1/oncall/:name',
      for: 'read',
      docs: { summary: 'Who is on call at an instant, who is next, and two weeks of shifts', json: ONCALL },
      query: ONCALL_QUERY,
      answer({ params, query: { at: text } }: Asked<OnCallQuery>): Answer {
        const schedule = live.oncall.find(({ name }) => name === params['name'])
        if (schedule === undefined) return { problem: 'not-found' }
        const at = text === undefined ? now() : readInstant(text)
        if (at !== undefined) return { status: 200, json: viewOnCall(schedule, at) }
        const flaw = { path: 'query.at', expected: INSTANT, found: JSON.stringify(text) }
        return { problem: 'bad-request', flaws: [flaw] }
      },
    },
  ]
}
