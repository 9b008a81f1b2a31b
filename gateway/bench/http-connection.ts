// One raw keep-alive HTTP connection of a load: writes prebuilt requests and counts whole responses by their
// length. The first response is parsed and its length learnt; what does not fit it is parsed again.
import { once } from 'node:events'
import { connect } from 'node:net'

const READ_BYTES = 64 * 1024
const H = 0x48
const TWO = 0x32
const ZERO = 0x30
// 'HTTP/1.1 200': where the three digits stand.
const STATUS = 9

export type HttpConnection = { write(request: Buffer | string): void; close(): void }

/** Opens a connection; onResponses hears how many whole responses one read has completed. */
export async function openHttp(
  port: number,
  onResponses: (count: number) => void,
  onFailure: (error: Error) => void,
): Promise<HttpConnection> {
  const counter = countResponses()
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (length, chunk) => {
        try {
          const count = counter(chunk as Buffer, length)
          if (count > 0) onResponses(count)
        } catch (error) {
          onFailure(error as Error)
        }
        return true
      },
    },
  })
  let closing = false
  socket.on('close', () => closing || onFailure(new Error('the server closed a connection')))
  await once(socket, 'connect')
  socket.on('error', onFailure)
  return {
    write: (request) => void socket.write(request),
    close: () => {
      closing = true
      socket.destroy()
    },
  }
}

/** Counts whole responses in a stream of reads; throws at a status other than 200 or 201. */
export function countResponses(): (chunk: Buffer, length: number) => number {
  let expected = 0
  let rest: Buffer | undefined
  return (chunk, length) => {
    if (rest === undefined && expected > 0 && allAsExpected(chunk, length, expected)) return length / expected
    const part = chunk.subarray(0, length)
    let bytes = rest === undefined ? part : Buffer.concat([rest, part])
    let count = 0
    for (;;) {
      const size = parseResponse(bytes)
      if (size === undefined) break
      expected = size
      bytes = bytes.subarray(size)
      count++
    }
    // The read buffer is used again: what stays is copied.
    rest = bytes.length === 0 ? undefined : Buffer.from(bytes)
    return count
  }
}

function allAsExpected(chunk: Buffer, length: number, expected: number): boolean {
  if (length % expected !== 0) return false
  for (let at = 0; at < length; at += expected) {
    if (chunk[at] !== H || chunk[at + STATUS] !== TWO || chunk[at + STATUS + 1] !== ZERO) return false
    if (chunk[at + STATUS + 2] !== ZERO) return false
  }
  return true
}

/** The size of the first response, or undefined while it is not whole. */
function parseResponse(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const text = bytes.toString('latin1', 0, head)
  const length = /^content-length:\s*(\d+)/im.exec(text)?.[1]
  if (!/^HTTP\/1\.1 20[01] /.test(text) || length === undefined) {
    throw new Error(`unexpected response: ${bytes.toString('latin1', 0, 600)}`)
  }
  const size = head + 4 + Number(length)
  return bytes.length < size ? undefined : size
}
