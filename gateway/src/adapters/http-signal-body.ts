// Reads a signal's body: its first part is kept, the rest dropped as it comes. A signal is never refused for its body,
// so a body that is cut off, stalls or has no end counts with what came.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Duration, SECOND } from '../domain/time.ts'
import type { Answer } from './http-signal-answers.ts'

/** What is read before the answer is sent regardless. */
export const MOST_READ: number = 10 * 1024 * 1024
/** For how long; less than the intake holds its judgement for a body. */
export const LONGEST_READ: Duration = 12 * SECOND

export function hasBody(req: IncomingMessage): boolean {
  const { headers } = req
  const length = headers['content-length']
  if (length !== undefined) return length !== '0'
  return headers['transfer-encoding'] !== undefined
}

/** `done` is called once; `whole` is false when more is to come. `body` is undefined when nothing was kept. */
export function readBody(
  req: IncomingMessage,
  keep: number,
  done: (body: Uint8Array | undefined, whole: boolean) => void,
): void {
  const chunks: Buffer[] = []
  let kept = 0
  let read = 0
  let open = true

  function finish(whole: boolean): void {
    if (!open) return
    open = false
    clearTimeout(timer)
    req.off('data', take)
    done(joined(chunks, kept), whole)
  }

  function take(chunk: Buffer): void {
    read += chunk.length
    if (kept < keep) {
      const part = chunk.length > keep - kept ? chunk.subarray(0, keep - kept) : chunk
      chunks.push(part)
      kept += part.length
    }
    if (read > MOST_READ) finish(false)
  }

  const timer = setTimeout(() => finish(false), LONGEST_READ)
  req.on('data', take)
  req.on('end', () => finish(true))
  // Cut off: nobody is there for an answer, but what came is a signal. An error without a listener would be thrown.
  req.on('error', () => finish(true))
  req.on('close', () => finish(true))
}

/**
 * Sends the whole answer, then closes the connection: but only when the client has stopped sending or had its time,
 * since closing on unread bytes resets the connection and the client may lose the answer.
 */
export function sendAndClose(res: ServerResponse, { status, headers, text }: Answer): void {
  const { req } = res
  res.writeHead(status, [...headers, 'Connection', 'close'])
  if (req.readableEnded || req.destroyed) return void res.end(text)
  let left = MOST_DROPPED
  const timer = setTimeout(() => res.end(), LONGEST_DROP)
  res.write(text)
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) res.end()
  })
  req.on('end', () => res.end())
  res.on('close', () => clearTimeout(timer))
  req.resume()
}

const LONGEST_DROP: Duration = 12 * SECOND
const MOST_DROPPED = 10 * MOST_READ

/** An array of its own, so that passing it to a thread copies no pooled neighbours. */
function joined(chunks: readonly Buffer[], length: number): Uint8Array | undefined {
  if (length === 0) return undefined
  const body = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}
