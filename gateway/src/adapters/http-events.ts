// The part of the API that goes on: server-sent events, one for each fact that a board shows.
import type { EventHub } from './event-hub.ts'
import type { Answer, Asked, Caller, Route } from './http-route.ts'
import { EVENT_QUERY, type EventQuery } from './http-shapes-board.ts'

export function eventRoutes(hub: EventHub): readonly Route[] {
  return [
    {
      ...{ method: 'GET', path: '/api/v1/events', for: 'read', query: EVENT_QUERY },
      docs: {
        summary: 'Server-sent events: facts as they come to be on disk, from `Last-Event-ID` or `after` on',
        type: 'text/event-stream',
      },
      answer({ query: { after, ...filter }, headers, caller }: Asked<EventQuery>): Answer {
        if (hub.isFull()) return { problem: 'too-many' }
        const said = headers['last-event-id']
        const last = typeof said === 'string' && /^\d{1,15}$/.test(said) ? Number(said) : after
        return { status: 200, stream: (stream) => hub.join(stream, filter, caller as Caller, last) }
      },
    },
  ]
}
