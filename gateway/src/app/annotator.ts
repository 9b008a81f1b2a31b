// Marks on graphs: each incident and storm that pages somebody is written down elsewhere when it opens, and its end when it is
// over. Best effort: what waits is in memory and bounded, and the ledger has it all.
//
// States of a mark: awaited (it opened) -> written -> closed; what was open before this process began is written at its end.
import type { Labels } from '../domain/alert.ts'
import { type Duration, HOUR, type Instant } from '../domain/time.ts'
import { retryDelay } from './backoff.ts'
import type { Stop } from './channel.ts'

export type Mark = {
  readonly at: Instant
  readonly until?: Instant
  readonly tags: readonly string[]
  readonly text: string
}

/** An incident or a storm, as it is now. */
export type Marked = {
  readonly id: string
  readonly openedAt: Instant
  readonly resolvedAt?: Instant
  /** Pages nobody at the moment, or waits to see whether it is part of a storm. */
  readonly isMuted: boolean
}

export type Written =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: Duration }
  | { readonly kind: 'refused'; readonly why: string }

export type AnnotatorRules = {
  /** Everything that is open. */
  open(): Iterable<Marked>
  /** Undefined: forgotten. */
  find(id: string): Marked | undefined
  describe(id: string): { readonly labels: Labels; readonly summary: string }
  /** `id`: of the mark that is to get an end. Never rejects. */
  write(mark: Mark, id: number | undefined): Promise<Written>
  now(): Instant
  random(): number
  readonly log: (fact: string, fields: Readonly<Record<string, unknown>>) => void
  readonly stop: Stop
}

export const MOST_WAITING = 1_000
const TRIED_FOR: Duration = HOUR

/** `id`: once it is written. */
type Known = { readonly mark: Mark; id?: number }
type Job = { readonly known: Known; readonly until?: Instant; readonly firstAt: Instant; attempt: number }

export class Annotator {
  readonly #rules: AnnotatorRules
  /** What was open at the last look; undefined: it was open before this process began. */
  readonly #known = new Map<string, Known | undefined>()
  readonly #jobs: Job[] = []
  #isFirst = true
  #isWriting = false
  #nextAt: Instant = Number.NEGATIVE_INFINITY

  constructor(rules: AnnotatorRules) {
    this.#rules = rules
  }

  /** About once a second: what opened and ended between two looks has no mark. */
  tick(now: Instant): void {
    if (this.#rules.stop.aborted) return
    for (const marked of this.#rules.open()) this.#see(marked, now)
    this.#isFirst = false
    for (const id of this.#known.keys()) this.#seeEnd(id, now)
    if (!this.#isWriting && now >= this.#nextAt) void this.#writeAll()
  }

  #see({ id, openedAt, isMuted }: Marked, now: Instant): void {
    if (this.#known.has(id)) return
    if (this.#isFirst) this.#known.set(id, undefined)
    if (this.#isFirst || isMuted) return
    const known = { mark: this.#markOf(id, openedAt) }
    this.#known.set(id, known)
    this.#enqueue({ known, firstAt: now, attempt: 1 })
  }

  #seeEnd(id: string, now: Instant): void {
    const marked = this.#rules.find(id)
    if (marked !== undefined && marked.resolvedAt === undefined) return
    const known = this.#known.get(id) ?? (marked && { mark: this.#markOf(id, marked.openedAt) })
    this.#known.delete(id)
    if (known !== undefined) this.#enqueue({ known, until: marked?.resolvedAt ?? now, firstAt: now, attempt: 1 })
  }

  #markOf(id: string, at: Instant): Mark {
    const { labels, summary } = this.#rules.describe(id)
    const { severity = '', group = '', heartbeat = '' } = labels
    return { at, text: summary, tags: ['overdue', severity, group, heartbeat].filter((tag) => tag !== '') }
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job)
    if (this.#jobs.length <= MOST_WAITING) return
    this.#jobs.shift()
    this.#rules.log('annotation.dropped', { why: `more than ${MOST_WAITING} wait` })
  }

  /** In order, one at a time: what fails holds up the rest, which goes to the same place. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true
    for (let job = this.#jobs[0]; job !== undefined && !this.#rules.stop.aborted; job = this.#jobs[0]) {
      if (!(await this.#write(job))) break
      // It may have been dropped meanwhile.
      if (this.#jobs[0] === job) this.#jobs.shift()
    }
    this.#isWriting = false
  }

  /** False: it is to be tried again. */
  async #write(job: Job): Promise<boolean> {
    const { write, now, random, log } = this.#rules
    const { known, until } = job
    const written = await write(until === undefined ? known.mark : { ...known.mark, until }, known.id)
    if (written.kind === 'done') {
      known.id ??= written.id
      return true
    }
    const tried = now() - job.firstAt
    const isOver = written.kind === 'refused' || tried >= TRIED_FOR
    log(isOver ? 'annotation.dropped' : 'annotation.retried', { why: written.why })
    if (isOver) return true
    this.#nextAt = now() + retryDelay(job.attempt++, tried, random(), written.afterMs)
    return false
  }
}
