// One POST to an address that a user gave us, so it may lead anywhere: resolved once, checked, connected to what was checked,
// checked again at the peer before a byte is written. Redirects are never followed. States: resolve, dial, secure, exchange.
import { lookup as systemLookup } from 'node:dns/promises'
import { type IncomingMessage, request as startRequest } from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Stop } from '../app/channel.ts'
import { type Duration, formatDuration, type Instant, SECOND } from '../domain/time.ts'
import type { Guard } from './channel-guard.ts'

export type PostRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type PostOutcome =
  /** Any status line, redirects too; `retryAfterMs` is not bounded. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: Duration }
  /** No answer this time: name, network, TLS, or a limit. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** Nothing was sent: the URL or where it leads is not for webhooks. */
  | { readonly kind: 'forbidden'; readonly why: string }

/** `connect` lasts until the connection stands, name and TLS included; `total` until the answer is read. */
export type PostLimits = { readonly connect: Duration; readonly total: Duration; readonly responseBytes: number }

/** All addresses of a name; rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

export type PostOptions = {
  readonly guard: Guard
  readonly now: () => Instant
  readonly limits?: PostLimits
  readonly lookup?: Lookup
}

export const POST_LIMITS: PostLimits = { connect: 5 * SECOND, total: 10 * SECOND, responseBytes: 65_536 }

/** Never rejects. `why` names the host at most: the rest of a webhook's URL is often its secret. */
export async function post(request: PostRequest, stop: Stop, options: PostOptions): Promise<PostOutcome> {
  const { limits = POST_LIMITS } = options
  const url = readUrl(request.url)
  if (typeof url === 'string') return { kind: 'forbidden', why: url }
  const cut = new AbortController()
  const cutFor = (why: string) => () => cut.abort(new Error(why))
  const onStop = cutFor('the gateway is stopping')
  if (stop.aborted) onStop()
  stop.addEventListener('abort', onStop)
  const connecting = setTimeout(cutFor(`no connection within ${formatDuration(limits.connect)}`), limits.connect)
  const whole = setTimeout(cutFor(`no answer within ${formatDuration(limits.total)}`), limits.total)
  let socket: Socket | undefined
  try {
    const addresses = await resolve(hostOf(url), options.lookup ?? resolveBySystem, cut.signal)
    const permitted = addresses.filter((address) => options.guard.permits(address))
    if (permitted.length === 0) return forbidden(url, addresses)
    socket = await dial(preferred(permitted), portOf(url), limits.connect, cut.signal)
    const peer = socket.remoteAddress
    if (peer === undefined) throw new Error('the connection was closed at once')
    if (!options.guard.permits(peer)) return forbidden(url, [peer])
    if (url.protocol === 'https:') socket = await secure(socket, hostOf(url))
    clearTimeout(connecting)
    return await exchange(socket, url, request, limits.responseBytes, options.now)
  } catch (error) {
    const reason: unknown = cut.signal.aborted ? cut.signal.reason : error
    return { kind: 'unreachable', why: reason instanceof Error ? reason.message : String(reason) }
  } finally {
    clearTimeout(connecting)
    clearTimeout(whole)
    stop.removeEventListener('abort', onStop)
    socket?.destroy()
  }
}

/** The URL, or why it is none for a webhook. The parser turns every writing of an IPv4 address into the dotted one. */
function readUrl(text: string): URL | string {
  const url = URL.parse(text)
  if (url === null) return 'expected a URL'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `expected http or https, got ${url.protocol}`
  if (url.username !== '' || url.password !== '') return 'expected a URL without user name and password'
  return url
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80))
}

function forbidden(url: URL, addresses: readonly string[]): PostOutcome {
  return {
    kind: 'forbidden',
    why: `${url.hostname} leads to ${addresses.join(', ')}, which webhooks may not reach unless webhooks.allow names it`,
  }
}

const resolveBySystem: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address)

/** A literal is its own answer: sockets never look those up, so a check inside a lookup would not see them. */
async function resolve(host: string, lookup: Lookup, cut: AbortSignal): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  cut.throwIfAborted()
  const { promise: wasCut, reject } = Promise.withResolvers<never>()
  cut.addEventListener('abort', () => reject(cut.reason), { once: true })
  return await Promise.race([lookup(host), wasCut])
}

/** The resolver's first choice, and one to fall back to, of the other family if there is one. */
function preferred(addresses: readonly string[]): readonly string[] {
  const [first = '', ...others] = addresses
  const second = others.find((address) => isIP(address) !== isIP(first)) ?? others[0]
  return second === undefined ? [first] : [first, second]
}

async function dial(addresses: readonly string[], port: number, limit: Duration, cut: AbortSignal): Promise<Socket> {
  let failure: unknown
  for (const address of addresses) {
    cut.throwIfAborted()
    try {
      return await dialOne(address, port, limit / addresses.length, cut)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function dialOne(address: string, port: number, limit: Duration, cut: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectTcp({ host: address, port, signal: cut })
  const timer = setTimeout(() => socket.destroy(new Error(`${address} did not accept a connection`)), limit)
  socket.once('connect', () => resolve(socket))
  socket.on('error', reject)
  return await promise.finally(() => clearTimeout(timer))
}

async function secure(socket: Socket, host: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const name = host.replace(/\.$/, '')
  const servername = isIP(name) === 0 ? name : ''
  const secured = connectTls({ socket, host: name, servername, ALPNProtocols: ['http/1.1'] })
  secured.once('secureConnect', () => resolve(secured))
  secured.on('error', reject)
  secured.once('close', () => reject(new Error('the connection was closed before TLS stood')))
  return await promise
}

/** Once there is a status, it is the outcome, however the rest of the answer ends. */
async function exchange(
  socket: Socket,
  url: URL,
  { headers, body }: PostRequest,
  responseBytes: number,
  now: () => Instant,
): Promise<PostOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PostOutcome>()
  let outcome: PostOutcome | undefined
  const settle = (error?: Error): void => {
    if (outcome !== undefined) resolve(outcome)
    else reject(error ?? new Error('the connection was closed before an answer'))
  }
  const sent = startRequest({
    createConnection: () => socket,
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
  })
  sent.on('response', (response) => {
    outcome = answered(response, now())
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
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

function answered({ statusCode = 0, headers }: IncomingMessage, now: Instant): PostOutcome {
  const retryAfterMs = readRetryAfter(headers['retry-after'], headers.date, now)
  return { kind: 'answered', status: statusCode, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3), which is compared with the server's own clock where it tells it. */
function readRetryAfter(text: string | undefined, date: string | undefined, now: Instant): Duration | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * SECOND
  const until = text.endsWith('GMT') ? Date.parse(text) : Number.NaN
  if (Number.isNaN(until)) return undefined
  const from = Date.parse(date ?? '')
  return Math.max(until - (Number.isNaN(from) ? now : from), 0)
}
