// The pages that wait for one channel: in order for each incident, a few at once, and no other channel's concern.
// A channel that keeps failing is probed with one page at a time, each in turn, until one gets through; then all are
// tried at once.
import { type Duration, type Instant, isDue, NEVER } from '../domain/time.ts'
import { RETRY_AFTER_CAP, refusalDelay, retryDelay } from './backoff.ts'
import type { Settled, Unsettled } from './casebook.ts'
import type { Delivery } from './channel.ts'

const AT_ONCE = 4
const FAILURES_TO_PROBE = 5
/** From the start of one probe to the start of the next. */
const PROBE_EVERY: Duration = 20_000
/** A channel that has failed for this long is itself worth a page. */
const FAILING_FOR: Duration = 5 * 60_000
const LONGEST_WAIT: Duration = 24 * 3_600_000

export type Job = {
  readonly page: Unsettled
  attempts: number
  refusals: number
  firstAt: Instant
  nextAt: Instant
  inFlight: boolean
  /** It ended, and that is not on record yet. */
  isOver: boolean
  /** What the last try failed with; empty: none did. */
  why: string
}

export type Ending = { readonly outcome: 'delivered' | 'refused' | 'expired'; readonly why: string }

export class Lane {
  /** By incident, oldest page first: a later one waits until the earlier is settled. */
  readonly #queues = new Map<string, Job[]>()
  #inFlight = 0
  #failures = 0
  #failingSince: Instant = NEVER
  #probeAt: Instant = 0
  /** The receiver asked for no request before. */
  #notBefore: Instant = 0

  /** A page that waits already is not added again. */
  add(page: Unsettled, now: Instant): void {
    const key = keyOf(page)
    const queue = this.#queues.get(key) ?? []
    if (queue.some((job) => job.page.page === page.page)) return
    this.#queues.set(key, queue)
    queue.push({ page, attempts: 0, refusals: 0, firstAt: now, nextAt: now, inFlight: false, isOver: false, why: '' })
  }

  get waiting(): number {
    return this.#queues.size
  }

  /** What the last try of a page failed with; undefined: it does not wait, or was not tried. */
  whyWaits(page: Unsettled): string | undefined {
    return this.#queues.get(keyOf(page))?.find((job) => job.page.page === page.page)?.why
  }

  /** Jobs to try now; each must be answered by `answered`. */
  *start(now: Instant): Iterable<Job> {
    const probing = this.#failures >= FAILURES_TO_PROBE
    if (!isDue(this.#notBefore, now)) return
    if (probing && (this.#inFlight > 0 || !isDue(this.#probeAt, now))) return
    if (probing) {
      const probe = this.#probe(now)
      if (probe !== undefined) yield this.#begin(probe, now)
      return
    }
    for (const [job] of this.#queues.values()) {
      if (this.#inFlight >= AT_ONCE) return
      if (job !== undefined && isIdle(job) && isDue(job.nextAt, now)) yield this.#begin(job, now)
    }
  }

  /** What becomes of a job after a try; undefined: it is tried again. */
  answered(job: Job, delivery: Delivery, now: Instant, jitter: number): Ending | undefined {
    job.inFlight = false
    this.#inFlight--
    const ending = this.#judge(job, delivery, now, jitter)
    job.isOver = ending !== undefined
    return ending
  }

  /** Its end is on record: only now the next page of the same incident may leave, or a crash would send this one after it. */
  settle(page: Settled): void {
    const key = keyOf(page)
    const queue = (this.#queues.get(key) ?? []).filter((job) => job.page.page !== page.page)
    if (queue.length === 0) this.#queues.delete(key)
    else this.#queues.set(key, queue)
  }

  /** Somebody set the clock: every wait lasts as long as it would have. */
  shift(by: Duration): void {
    this.#probeAt += by
    this.#notBefore += by
    if (this.#failingSince !== NEVER) this.#failingSince += by
    for (const queue of this.#queues.values())
      for (const job of queue) {
        job.firstAt += by
        job.nextAt += by
      }
  }

  /** True once when the channel has been failing for so long, or refused for good, that others should know. */
  isFailing(now: Instant): boolean {
    return this.#failingSince !== NEVER && isDue(this.#failingSince + FAILING_FOR, now)
  }

  /**
   * The page that was tried least, before its time: one that the channel can't take must not keep the others waiting.
   * A refused page keeps its three tries apart.
   */
  #probe(now: Instant): Job | undefined {
    let probe: Job | undefined
    for (const [job] of this.#queues.values()) {
      if (job === undefined || !isIdle(job) || (job.refusals > 0 && !isDue(job.nextAt, now))) continue
      if (probe === undefined || job.attempts < probe.attempts) probe = job
    }
    return probe
  }

  #begin(job: Job, now: Instant): Job {
    job.inFlight = true
    job.attempts++
    this.#probeAt = now + PROBE_EVERY
    this.#inFlight++
    return job
  }

  #judge(job: Job, delivery: Delivery, now: Instant, jitter: number): Ending | undefined {
    if (delivery.kind === 'delivered') {
      if (this.#failures > 0) this.#recover(now)
      return { outcome: 'delivered', why: '' }
    }
    this.#failures++
    job.why = delivery.why
    if (this.#failingSince === NEVER) this.#failingSince = now
    if (delivery.kind === 'refused') {
      const wait = refusalDelay(++job.refusals, jitter)
      if (wait === 'giveUp') return { outcome: 'refused', why: delivery.why }
      job.nextAt = now + wait
    } else {
      if (delivery.afterMs !== undefined) this.#notBefore = now + Math.min(delivery.afterMs, RETRY_AFTER_CAP)
      job.nextAt = now + retryDelay(job.attempts, now - job.firstAt, jitter, delivery.afterMs)
    }
    return isDue(job.firstAt + LONGEST_WAIT, now) ? { outcome: 'expired', why: delivery.why } : undefined
  }

  #recover(now: Instant): void {
    this.#failures = 0
    this.#failingSince = NEVER
    for (const queue of this.#queues.values()) for (const job of queue) job.nextAt = Math.min(job.nextAt, now)
  }
}

/** What has to arrive in order. */
function keyOf(page: Unsettled | Settled): string {
  return 'incident' in page ? page.incident : (page.storm ?? page.about ?? page.page)
}

function isIdle({ inFlight, isOver }: Job): boolean {
  return !inFlight && !isOver
}
