// An answer that goes on: the head of server-sent events, and the other end as a stream that says how much it lags behind.
import type { ServerResponse } from 'node:http'
import { ANSWER_OF_ALL } from './http-page-headers.ts'
import type { Stream } from './http-route.ts'

export function openStream(response: ServerResponse): Stream {
  // What a proxy buffers comes too late.
  response.writeHead(200, { ...ANSWER_OF_ALL, 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.flushHeaders()
  // A client that goes away is an end, not an error.
  response.on('error', () => undefined)
  return {
    get waiting() {
      return response.writableLength
    },
    write: (text) => void response.write(text),
    end: () => void response.end(),
    cut: () => void response.destroy(),
    whenClosed: (then) => void response.once('close', then),
  }
}
