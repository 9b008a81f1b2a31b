// The part of the API that shows how the last arrivals went: of one heartbeat, or of those that a page of a board shows.

import type { Ledger } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { Strips } from '../app/strips.ts'
import type { Instant } from '../domain/time.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { MOST_STRIPS, STRIP, STRIPS, STRIPS_QUERY, type StripItem, type StripsQuery } from './http-shapes-board.ts'

export type StripWorld = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'history'>
  now(): Instant
}

export function stripRoutes({ registry, ledger, now }: StripWorld): readonly Route[] {
  const strips = new Strips(registry, ledger)
  const stripsOf = async (...names: readonly string[]): Promise<readonly StripItem[]> => {
    const marks = await strips.marksOf(
      names.map((name) => registry.find(name)),
      now(),
    )
    return names.map((name) => ({ name, marks: marks.get(registry.find(name)) ?? [] }))
  }
  const isKnown = (name: string): boolean => registry.find(name) !== -1
  return [
    {
      ...{ method: 'GET', path: '/api/v1/heartbeats/:name/strip', for: 'read' },
      docs: { summary: 'How its last 50 arrivals went, oldest first; what did not come is one, too', json: STRIP },
      async answer({ params }): Promise<Answer> {
        const name = params['name'] as string
        if (!isKnown(name)) return { problem: 'not-found' }
        return { status: 200, json: (await stripsOf(name))[0] as StripItem }
      },
    },
    {
      ...{ method: 'GET', path: '/api/v1/strips', for: 'read', query: STRIPS_QUERY },
      docs: {
        summary: 'The same of several, their names with a comma between them; unknown ones are left out',
        json: STRIPS,
      },
      async answer({ query: { names: text } }: Asked<StripsQuery>): Promise<Answer> {
        const names = [...new Set(text.split(','))].filter(isKnown)
        if (names.length > MOST_STRIPS) return tooMany(names.length)
        return { status: 200, json: { items: await stripsOf(...names), next: null } }
      },
    },
  ]
}

function tooMany(count: number): Answer {
  const flaw = { path: 'query.names', expected: `at most ${MOST_STRIPS} names`, found: String(count) }
  return { problem: 'bad-request', flaws: [flaw] }
}
