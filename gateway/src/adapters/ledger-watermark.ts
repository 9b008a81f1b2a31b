// "Alive until": the instant at which the gateway last heard, and the last fact that was on disk by then. One small file,
// overwritten in place each second without a sync of its own; a torn one is ignored.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Instant } from '../domain/time.ts'

export type Mark = { readonly aliveUntil: Instant; readonly durable: number }

const LENGTH = 64

export class Watermark {
  readonly #file: number
  /** As the process before this one left it. */
  readonly found: Mark | undefined
  #aliveUntil: Instant | undefined

  constructor(path: string) {
    this.found = read(path)
    this.#file = openSync(path, this.found === undefined ? 'w' : 'r+', 0o600)
  }

  /** A disk that refuses makes the next blind window longer than it was, and nothing worse. */
  write({ aliveUntil, durable }: Mark): void {
    this.#aliveUntil = aliveUntil
    const text = `${aliveUntil} ${durable}`
    try {
      writeSync(this.#file, `${text} ${crc32(text)}`.padEnd(LENGTH - 1).concat('\n'), 0)
    } catch {}
  }

  close(durable: number): void {
    if (this.#aliveUntil !== undefined) this.write({ aliveUntil: this.#aliveUntil, durable })
    closeSync(this.#file)
  }
}

function read(path: string): Mark | undefined {
  try {
    const [aliveUntil = '', durable = '', crc] = readFileSync(path, 'utf8').trim().split(' ')
    if (crc32(`${aliveUntil} ${durable}`) !== Number(crc)) return undefined
    return { aliveUntil: Number(aliveUntil), durable: Number(durable) }
  } catch {
    return undefined
  }
}
