// Reads a signal's body: its first part is kept, the rest dropped as it comes. A signal is never refused for its body,
// so a body that is cut off, stalls or has no end counts with what came.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is read before the answer is sent regardless. */
export const MOST_READ: number = 10 * 1024 * 1024

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
export function answerAndClose(req: IncomingMessage, res: ServerResponse, answer: string): void {
  let left = LINGER_BYTES
  const timer = setTimeout(() => res.end(), LINGER)
  res.write(answer)
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) res.end()
  })
  req.on('end', () => res.end())
  res.on('close', () => clearTimeout(timer))
  req.resume()
}

const LINGER = 2_000
const LINGER_BYTES = 10 * MOST_READ

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
