// One POST or PATCH over a checked connection. Redirects are never followed.
import { type IncomingMessage, request as startRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Stop } from '../app/channel.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { type DialLimits, type Lookup, type NotReached, overConnection } from './channel-dial.ts'
import type { Guard } from './channel-guard.ts'
import { readRetryAfter } from './retry-after.ts'

export type PostRequest = {
  /** POST where nothing is said. */
  readonly method?: 'POST' | 'PATCH'
  /** The answer's body is of interest, too. */
  readonly wantsText?: boolean
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type PostOutcome =
  /** Any status line, redirects too; `retryAfterMs` is not bounded. `text`: of its body, where it was asked for. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: Duration; readonly text?: string }
  | NotReached

/** `total` lasts until the answer is read. */
export type PostLimits = DialLimits & { readonly responseBytes: number }

export type PostOptions = {
  readonly guard: Guard
  readonly now: () => Instant
  readonly limits?: PostLimits
  readonly lookup?: Lookup
}

export const POST_LIMITS: PostLimits = { connect: 5 * SECOND, total: 10 * SECOND, responseBytes: 65_536 }

/** Never rejects. `why` names the host at most: the rest of a webhook's URL is often its secret. */
export async function post(request: PostRequest, stop: Stop, options: PostOptions): Promise<PostOutcome> {
  const { limits = POST_LIMITS, now } = options
  const url = readUrl(request.url)
  if (typeof url === 'string') return { kind: 'forbidden', why: url }
  const { hostname } = url
  const target = {
    hostname,
    port: portOf(url),
    ...(url.protocol === 'https:' && { tls: { protocols: ['http/1.1'] } }),
  }
  return await overConnection<PostOutcome>(target, stop, { ...options, limits }, (socket) =>
    exchange(socket, url, request, limits.responseBytes, now),
  )
}

/** The URL, or why it is none for a webhook. The parser turns every writing of an IPv4 address into the dotted one. */
function readUrl(text: string): URL | string {
  const url = URL.parse(text)
  if (url === null) return 'expected a URL'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `expected http or https, got ${url.protocol}`
  if (url.username !== '' || url.password !== '') return 'expected a URL without user name and password'
  return url
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80))
}

/** Once there is a status, it is the outcome, however the rest of the answer ends. */
async function exchange(
  socket: Socket,
  url: URL,
  { method = 'POST', wantsText = false, headers, body }: PostRequest,
  responseBytes: number,
  now: () => Instant,
): Promise<PostOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PostOutcome>()
  let outcome: Extract<PostOutcome, { kind: 'answered' }> | undefined
  const chunks: Buffer[] = []
  const settle = (error?: Error): void => {
    if (outcome !== undefined) resolve({ ...outcome, ...(wantsText && { text: Buffer.concat(chunks).toString() }) })
    else reject(error ?? new Error('the connection was closed before an answer'))
  }
  const sent = startRequest({
    createConnection: () => socket,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
  })
  sent.on('response', (response) => {
    outcome = answered(response, now())
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (wantsText) chunks.push(chunk)
      if (bytes >= responseBytes) response.destroy()
    })
    response.on('error', settle)
    response.on('close', settle)
  })
  sent.on('error', settle)
  sent.on('close', settle)
  sent.end(body)
  return await promise
}

function answered(
  { statusCode = 0, headers }: IncomingMessage,
  now: Instant,
): Extract<PostOutcome, { kind: 'answered' }> {
  const retryAfterMs = readRetryAfter(headers, now)
  return { kind: 'answered', status: statusCode, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
