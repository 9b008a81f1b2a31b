// Carries bytes from a pipe to a file descriptor, one chunk at a time: a slow reader slows the writer, and nothing
// piles up here. A reader that is gone is told to the writer as by any pipe.
import { readSync, write } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Tail } from './exec-tail.ts'

export class Pump {
  readonly #from: number
  readonly #to: number
  readonly #tail: Tail
  readonly #source: Socket
  #writing: Promise<void> = Promise.resolve()
  #isEnding = false

  /** Owns `from`, which does not block. */
  constructor(from: number, to: number, tail: Tail) {
    this.#from = from
    this.#to = to
    this.#tail = tail
    this.#source = new Socket({
      ...{ fd: from, readable: true, writable: false },
      onread: {
        buffer: new Uint8Array(CHUNK),
        callback: (count, buffer) => {
          this.#writing = this.#carry(buffer.subarray(0, count)).then(() => {
            if (!this.#isEnding) this.#source.resume()
          })
          return false
        },
      },
    })
    this.#source.on('error', () => {})
    this.#source.resume()
  }

  /** The writer has ended: what it left in the pipe is carried, and no more. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#source.pause()
    await this.#writing
    const buffer = new Uint8Array(CHUNK)
    for (let left = LARGEST_PIPE; left > 0 && !this.#source.destroyed; ) {
      const count = readNow(this.#from, buffer)
      if (count === 0) break
      await this.#carry(buffer.subarray(0, count))
      left -= count
    }
    this.#source.destroy()
  }

  async #carry(chunk: Uint8Array): Promise<void> {
    this.#tail.add(chunk)
    if (!(await writeAll(this.#to, chunk))) this.#source.destroy()
  }
}

const CHUNK = 65_536
/** What Linux lets a pipe hold. */
const LARGEST_PIPE = 1_048_576
const BUSY_PAUSE = 5

/** 0: there is nothing at the moment, or ever again. */
function readNow(fd: number, buffer: Uint8Array): number {
  try {
    return readSync(fd, buffer)
  } catch {
    return 0
  }
}

/** False when nobody takes it any more. */
async function writeAll(fd: number, chunk: Uint8Array): Promise<boolean> {
  let rest = chunk
  while (rest.length > 0) {
    const { count, code } = await writeOnce(fd, rest)
    if (code === 'EAGAIN') await pause(BUSY_PAUSE)
    else if (code !== undefined) return false
    rest = rest.subarray(count)
  }
  return true
}

function writeOnce(
  fd: number,
  chunk: Uint8Array,
): Promise<{ readonly count: number; readonly code?: string | undefined }> {
  return new Promise((resolve) => {
    write(fd, chunk, 0, chunk.length, null, (error, count) => {
      resolve(error === null ? { count } : { count: 0, code: error.code })
    })
  })
}
