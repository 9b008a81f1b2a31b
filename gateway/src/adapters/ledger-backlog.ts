// How much waits to be on disk. Beyond a limit signals are refused unheard, and since when is remembered.
import type { Instant } from '../domain/time.ts'

const MOST_BYTES = 64 * 1024 * 1024

export class Backlog {
  bytes = 0
  #deafSince: Instant | undefined

  /** Whether one more signal has to be refused. */
  refuses(now: Instant): boolean {
    if (this.bytes < MOST_BYTES) return false
    this.#deafSince ??= now
    return true
  }

  /** Since when signals were refused, if any were; from here on they are not. */
  hearAgain(): Instant | undefined {
    const since = this.#deafSince
    this.#deafSince = undefined
    return since
  }
}
