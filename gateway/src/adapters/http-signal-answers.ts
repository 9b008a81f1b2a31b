// What a ping is answered with: a status, a few words, and the headers that the clients of hosted services look for.
import type { ServerResponse } from 'node:http'

export type Answer = { readonly status: number; readonly headers: string[]; readonly text: string }

type AnswerName = 'ok' | 'created' | 'unknown' | 'unauthorized' | 'method' | 'clash' | 'unavailable'
export type Answers = Readonly<Record<AnswerName, Answer>> & { malformed(problem: string): Answer }

export function send(res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, answer.headers)
  res.end(answer.text)
}

/** `bodiesKeep`: bytes of each body that are kept. */
export function answersFor(bodiesKeep: number): Answers {
  const answer = (status: number, text: string, ...more: string[]): Answer => ({
    status,
    text,
    headers: [
      'Content-Type',
      'text/plain; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(text)),
      'Cache-Control',
      'no-store',
      'Access-Control-Allow-Origin',
      '*',
      'Ping-Body-Limit',
      String(bodiesKeep),
      ...more,
    ],
  })
  return {
    ok: answer(200, 'OK'),
    created: answer(201, 'Created'),
    unknown: answer(404, 'not found'),
    unauthorized: answer(401, NO_KEY, 'WWW-Authenticate', 'Bearer'),
    method: answer(405, 'method not allowed', 'Allow', 'GET, HEAD, POST'),
    clash: answer(409, 'ambiguous slug'),
    unavailable: answer(503, 'not recorded, try again', 'Retry-After', '5'),
    malformed: (problem: string) => answer(400, problem, 'X-Content-Type-Options', 'nosniff'),
  }
}

const NO_KEY =
  'unauthorized: expected the key of this heartbeat or the ping key, in the URL or as Authorization: Bearer, or a token of its device there'
