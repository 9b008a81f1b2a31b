// The part of the API that shows how the last arrivals went: of one heartbeat, or of those that a page of a board shows.

import type { Ledger } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { Strips } from '../app/strips.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { MOST_STRIPS, STRIP, STRIPS, STRIPS_QUERY, type StripsQuery } from './http-shapes-board.ts'

export function stripRoutes(registry: Registry, ledger: Pick<Ledger, 'history'>): readonly Route[] {
  const strips = new Strips(registry, ledger)
  const isKnown = (name: string): boolean => registry.find(name) !== -1
  return [
    {
      ...{ method: 'GET', path: '/api/v1/heartbeats/:name/strip', for: 'read' },
      docs: { summary: 'How its last 50 arrivals went, oldest first; what did not come is one, too', json: STRIP },
      async answer({ params }): Promise<Answer> {
        const name = params['name'] as string
        if (!isKnown(name)) return { problem: 'not-found' }
        return { status: 200, json: { name, marks: await strips.of(name) } }
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
        const items = await Promise.all(names.map(async (name) => ({ name, marks: await strips.of(name) })))
        return { status: 200, json: { items, next: null } }
      },
    },
  ]
}

function tooMany(count: number): Answer {
  const flaw = { path: 'query.names', expected: `at most ${MOST_STRIPS} names`, found: String(count) }
  return { problem: 'bad-request', flaws: [flaw] }
}
