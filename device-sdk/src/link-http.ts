// Signals over HTTP with Node's own client, one after the other. Plain requests instead of fetch: only their sockets
// can be told not to keep the process alive.
import type { IncomingMessage } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import { type Answer, CONNECT_WITHIN, type Link, retryAfterOf } from './link.ts'
import type { Tls } from './options.ts'
import { pathOf, type Signal } from './signal.ts'
import { cleanText } from './text.ts'

export type HttpOptions = {
  /** Without a slash at its end. */
  readonly url: string
  readonly key: string | undefined
  /** Milliseconds. */
  readonly timeout: number
  readonly tls: Tls
}

export function httpLink({ url, key, timeout, tls }: HttpOptions): Link {
  const { Agent, request } = url.startsWith('https:') ? https : http
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 })
  const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` }
  let held = false
  let socket: Socket | undefined

  function hold(now: boolean): void {
    held = now
    if (held) socket?.ref()
    else socket?.unref()
  }

  function attempt(path: string, settle: (answer: Answer) => void): void {
    const req = request(`${url}${path}`, { agent, headers, method: 'POST' })
    const timer = setTimeout(() => req.destroy(new Error('no answer in time')), timeout).unref()
    const settled = (answer: Answer): void => {
      clearTimeout(timer)
      socket = undefined
      settle(answer)
    }
    req.on('socket', (used) => {
      socket = used
      hold(held)
      if (!used.connecting) return
      const connects = setTimeout(() => req.destroy(new Error('no connection in time')), CONNECT_WITHIN).unref()
      used.once('connect', () => clearTimeout(connects))
      used.once('close', () => clearTimeout(connects))
    })
    req.on('response', (res) => read(res, settled))
    req.on('error', (error: NodeJS.ErrnoException) => {
      // The gateway closed a kept connection just when it was used again: nothing was read of this request.
      if (req.reusedSocket && error.code === 'ECONNRESET') {
        clearTimeout(timer)
        return attempt(path, settle)
      }
      settled({ kind: 'away', why: `${url} can't be reached: ${error.message || error.code}` })
    })
    req.end()
  }

  function read(res: IncomingMessage, settled: (answer: Answer) => void): void {
    let said = ''
    res.on('data', (chunk) => {
      if (said.length < LONGEST_SHOWN) said += String(chunk)
    })
    res.on('error', () => {})
    res.on('close', () =>
      settled(answerOf(res, `${url} answered ${res.statusCode}: ${cleanText(said, LONGEST_SHOWN)}`)),
    )
  }

  return {
    window: 1,
    send: (signal: Signal, _seq: number, age: () => number) =>
      new Promise((resolve) => {
        try {
          attempt(pathOf(signal, age()), resolve)
        } catch (error) {
          resolve({ kind: 'refused', why: `${url}: ${(error as Error).message}` })
        }
      }),
    hold,
    giveUp() {
      if (socket?.connecting) socket.destroy()
    },
    isOpen: () => false,
    leave: () => {},
    onLost: () => {},
  }
}

const LONGEST_SHOWN = 200
/** A key may be enrolled later, a limit passes: these 4xx are tried again. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 425, 429])

function answerOf({ statusCode: status = 0, headers }: IncomingMessage, why: string): Answer {
  if (status === 200 || status === 201) return { kind: 'taken' }
  if (status >= 300 && status < 500 && !PASSING.has(status)) return { kind: 'refused', why }
  return { kind: 'away', why, retryAfter: retryAfterOf(headers['retry-after']) }
}
