// Keeps signals until the gateway has them: oldest first, at most so many, tried again with growing, jittered waits.
// Keeps the process alive only while somebody flushes. Knows no transport and no job.
import { Ages } from './ages.ts'
import { ended, mayBeNeeded } from './exit.ts'
import type { Answer, Link } from './link.ts'
import type { Problem } from './problem.ts'
import type { Signal } from './signal.ts'

export type CourierOptions = {
  /** How many signals are kept; the oldest gives way. */
  readonly capacity: number
  /** Milliseconds that the end of the process waits for signals that are kept. */
  readonly exitWithin: number
  tell(problem: Problem): void
}

type Entry = { readonly signal: Signal; readonly seq: number; underWay: boolean; tried: number }
/** `since`: tries up to this one began before the flush and don't decide it. */
type Flush = { readonly since: number; end(delivered: boolean): void }

export class Courier {
  /** Signals that were given up: the buffer was full, they were too old, or the gateway refused them. */
  dropped = 0
  /** Undefined until the first answer. */
  reachable: boolean | undefined
  /** What to do when an open connection broke. */
  readonly onLost: Set<() => void> = new Set()
  readonly #link: Link
  readonly #options: CourierOptions
  readonly #queue: Entry[] = []
  readonly #flushes: Set<Flush> = new Set()
  readonly #ages: Ages = new Ages()
  #seq = 0
  #tries = 0
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #leaves = false
  /** The newest signal when a try last failed, or the end of the process last gave up. */
  #gaveUpAt = 0

  constructor(link: Link, options: CourierOptions) {
    this.#link = link
    this.#options = options
    link.onLost = () => {
      for (const lost of this.onLost) lost()
    }
  }

  get pending(): number {
    return this.#queue.length
  }

  add(signal: Signal): void {
    mayBeNeeded(this)
    if (this.#queue.length >= this.#options.capacity) this.#makeRoom()
    this.#queue.push({ signal, seq: ++this.#seq, underWay: false, tried: 0 })
    this.#leaves = signal.kind === 'bye'
    this.#pump()
  }

  /**
   * True when everything was taken or refused; false at the first try that failed, or after `within` milliseconds. Nothing is lost
   * by it.
   */
  flush(within: number): Promise<boolean> {
    if (this.#queue.length === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const flush: Flush = {
        since: this.#tries,
        end: (delivered) => {
          clearTimeout(timer)
          this.#flushes.delete(flush)
          this.#link.hold(this.#flushes.size > 0)
          resolve(delivered)
        },
      }
      const timer = setTimeout(() => flush.end(false), within)
      this.#flushes.add(flush)
      this.#link.hold(true)
      this.#tryNow()
    })
  }

  /** The process has nothing else to do: one try more, unless one failed since the newest signal. */
  lastTry(): void {
    if (this.#queue.length === 0 || this.#gaveUpAt === this.#seq || this.#options.exitWithin === 0) return
    this.#gaveUpAt = this.#seq
    void this.flush(this.#options.exitWithin).then((delivered) => {
      if (!delivered) this.#link.giveUp()
    })
  }

  /** In the last tick of the process. */
  leaveNow(): void {
    this.#link.leave(true)
  }

  #tryNow(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#pump()
  }

  #pump(): void {
    if (this.#retry !== undefined) return
    const oldest = performance.now() - OLDEST
    while ((this.#queue[0]?.signal.at ?? oldest) < oldest && !this.#queue[0]?.underWay) this.#drop(0, 'too old')
    let free = this.#link.window
    for (const entry of this.#queue) {
      if (free-- === 0) break
      if (!entry.underWay) void this.#send(entry)
    }
  }

  async #send(entry: Entry): Promise<void> {
    entry.underWay = true
    entry.tried = ++this.#tries
    const answer = await this.#link.send(entry.signal, entry.seq, () => this.#ages.next(entry.signal.at))
    entry.underWay = false
    if (answer.kind === 'away') return this.#putOff(entry, answer)
    if (entry.tried === this.#tries) this.#ages.answered()
    this.#settle(entry, answer)
  }

  #settle(entry: Entry, answer: Answer): void {
    this.reachable = true
    this.#failures = 0
    const at = this.#queue.indexOf(entry)
    if (answer.kind === 'refused' && at >= 0) this.#drop(at, answer.why)
    else if (at >= 0) this.#queue.splice(at, 1)
    if (this.#queue.length > 0) return this.#pump()
    for (const flush of this.#flushes) flush.end(true)
    if (this.#leaves) this.#link.leave(false)
    this.#leaves = false
    if (!this.#link.isOpen()) ended(this)
  }

  #putOff(entry: Entry, { why, retryAfter = 0 }: Exclude<Answer, { kind: 'taken' }>): void {
    this.reachable = false
    this.#gaveUpAt = this.#seq
    this.#ages.broken()
    for (const flush of this.#flushes) if (entry.tried > flush.since) flush.end(false)
    if (this.#flushes.size > 0) return this.#tryNow()
    if (this.#retry !== undefined) return
    this.#options.tell({ kind: 'away', text: `${why} (${this.#queue.length} kept)` })
    const wait = Math.max(retryWait(++this.#failures, Math.random()), retryAfter)
    this.#retry = setTimeout(() => this.#tryNow(), wait).unref()
  }

  #makeRoom(): void {
    const at = this.#queue.findIndex(({ underWay }) => !underWay)
    if (at >= 0) this.#drop(at, `more than ${this.#options.capacity} are kept`)
  }

  #drop(at: number, why: string): void {
    const [entry] = this.#queue.splice(at, 1)
    this.dropped++
    if (entry !== undefined)
      this.#options.tell({ kind: 'dropped', text: `${entry.signal.name}: ${entry.signal.kind} is lost: ${why}` })
  }
}

/**
 * The wait after failure number `failure` (1 = the first): 1 s, doubled up to 60 s, of which `jitter` (0 to 1) takes up
 * to a half.
 */
export function retryWait(failure: number, jitter: number): number {
  return Math.min(1000 * 2 ** (Math.max(failure, 1) - 1), 60_000) * (1 - jitter / 2)
}

/** The gateway keeps the time of a signal no further back. */
const OLDEST = 7 * 86_400_000
