// A connection to a host that a user gave us, so it may lead anywhere: resolved once, checked, connected to what was checked,
// checked again at the peer before a byte is written. States: resolve, dial, secure, talk.
import { lookup as systemLookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Stop } from '../app/channel.ts'
import { type Duration, formatDuration } from '../domain/time.ts'
import type { Guard } from './channel-guard.ts'

export type DialTarget = {
  /** A name or an address, as `URL` gives it: IPv4 in its dotted form, IPv6 in brackets. */
  readonly hostname: string
  readonly port: number
  /** TLS from the first byte, with the application protocols to offer. */
  readonly tls?: { readonly protocols: readonly string[] }
}

/** `connect` lasts until the connection stands, name and TLS included; `total` until the talk is over. */
export type DialLimits = { readonly connect: Duration; readonly total: Duration }

/** All addresses of a name; rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

export type DialOptions = { readonly guard: Guard; readonly limits: DialLimits; readonly lookup?: Lookup }

export type NotReached =
  /** No answer this time: name, network, TLS, or a limit. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** Nothing was sent: where it leads is not for us. */
  | { readonly kind: 'forbidden'; readonly why: string }

/**
 * What `talk` came to over a checked connection, which is closed afterwards; it is cut at a limit or when the gateway stops.
 * Never rejects. `why` names the host at most.
 */
export async function overConnection<T>(
  target: DialTarget,
  stop: Stop,
  { guard, limits, lookup = resolveBySystem }: DialOptions,
  talk: (socket: Socket) => Promise<T>,
): Promise<T | NotReached> {
  const { hostname, port, tls } = target
  const host = hostname.replace(/^\[|\]$/g, '')
  const cut = new AbortController()
  const cutFor = (why: string) => () => cut.abort(new Error(why))
  const onStop = cutFor('the gateway is stopping')
  if (stop.aborted) onStop()
  stop.addEventListener('abort', onStop)
  const connecting = setTimeout(cutFor(`no connection within ${formatDuration(limits.connect)}`), limits.connect)
  const whole = setTimeout(cutFor(`no answer within ${formatDuration(limits.total)}`), limits.total)
  let socket: Socket | undefined
  try {
    const addresses = await resolve(host, lookup, cut.signal)
    const permitted = addresses.filter((address) => guard.permits(address))
    if (permitted.length === 0) return forbidden(hostname, addresses)
    socket = await dial(preferred(permitted), port, limits.connect, cut.signal)
    const peer = socket.remoteAddress
    if (peer === undefined) throw new Error('the connection was closed at once')
    if (!guard.permits(peer)) return forbidden(hostname, [peer])
    if (tls !== undefined) socket = await secure(socket, host, tls.protocols)
    clearTimeout(connecting)
    return await talk(socket)
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

/** What TLS proves and asks for: a name without its final dot; none for an address. */
export function serverNameOf(hostname: string): string {
  const name = hostname.replace(/^\[|\]$|\.$/g, '')
  return isIP(name) === 0 ? name : ''
}

function forbidden(hostname: string, addresses: readonly string[]): NotReached {
  return {
    kind: 'forbidden',
    why: `${hostname} leads to ${addresses.join(', ')}, which webhooks may not reach unless webhooks.allow names it`,
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

/** The socket stays bound to `cut` for as long as it lives. */
async function dialOne(address: string, port: number, limit: Duration, cut: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectTcp({ host: address, port, signal: cut })
  const timer = setTimeout(() => socket.destroy(new Error(`${address} did not accept a connection`)), limit)
  socket.once('connect', () => resolve(socket))
  socket.on('error', reject)
  return await promise.finally(() => clearTimeout(timer))
}

async function secure(socket: Socket, host: string, protocols: readonly string[]): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const name = host.replace(/\.$/, '')
  const servername = serverNameOf(host)
  const secured = connectTls({ socket, host: name, servername, ALPNProtocols: [...protocols] })
  secured.once('secureConnect', () => resolve(secured))
  secured.on('error', reject)
  secured.once('close', () => reject(new Error('the connection was closed before TLS stood')))
  return await promise
}
