// Keeps an Alertmanager told of what is wrong: everything again and again, each time with an end some rounds ahead, and once
// more when it is over. Nothing is queued, so that a restart of either side, or a time without a connection, heals by itself.
import type { Duration, Instant } from '../domain/time.ts'
import type { Alert } from './alerts.ts'
import type { Stop } from './channel.ts'

export type SyncRules = {
  readonly every: Duration
  /** What is wrong and muted by nobody. */
  alerts(now: Instant): Iterable<Alert>
  /** Why they were not taken; empty: they were. Never rejects. */
  push(alerts: readonly ToldAlert[]): Promise<string>
  readonly log: (fact: string, fields: Readonly<Record<string, unknown>>) => void
  readonly stop: Stop
}

export type ToldAlert = Pick<Alert, 'labels' | 'annotations' | 'startsAt' | 'link'> & { readonly endsAt: Instant }

/** In one request. */
const MOST_AT_ONCE = 500
/** An alert that is not told again ends after so many rounds. */
const ROUNDS = 4

export class AlertSync {
  readonly #rules: SyncRules
  /** Told as firing, by fingerprint: what is not wrong any more is told once as ended. */
  #told = new Map<string, Alert>()
  #isTelling = false
  #lastAt: Instant = Number.NEGATIVE_INFINITY
  #why = ''

  constructor(rules: SyncRules) {
    this.#rules = rules
  }

  /** At least once a second. */
  tick(now: Instant): void {
    const { every, stop } = this.#rules
    // A clock that was set back begins anew.
    if (this.#isTelling || stop.aborted || Math.abs(now - this.#lastAt) < every) return
    this.#lastAt = now
    this.#isTelling = true
    void this.#tellAll(now).finally(() => {
      this.#isTelling = false
    })
  }

  async #tellAll(now: Instant): Promise<void> {
    const firing = new Map<string, Alert>()
    const ended = this.#told
    // Whatever becomes of this round, each of them may have been heard of.
    this.#told = new Map(ended)
    let why = ''
    for (const batch of batches(this.#wrong(now, firing))) {
      why = await this.#push(batch)
      if (why !== '') break
    }
    if (why === '') {
      for (const id of firing.keys()) ended.delete(id)
      for (const batch of batches(over(ended.values(), now))) why ||= await this.#push(batch)
      if (why === '') this.#told = firing
    }
    this.#tell(why)
  }

  *#wrong(now: Instant, firing: Map<string, Alert>): Iterable<ToldAlert> {
    for (const alert of this.#rules.alerts(now)) {
      firing.set(alert.fingerprint, alert)
      this.#told.set(alert.fingerprint, alert)
      yield { ...alert, endsAt: now + ROUNDS * this.#rules.every }
    }
  }

  #push(batch: readonly ToldAlert[]): Promise<string> {
    return this.#rules.stop.aborted ? Promise.resolve('the gateway is stopping') : this.#rules.push(batch)
  }

  #tell(why: string): void {
    if (why === this.#why || this.#rules.stop.aborted) return
    this.#why = why
    if (why === '') this.#rules.log('alertmanager.told', {})
    else this.#rules.log('alertmanager.failing', { why })
  }
}

function* over(alerts: Iterable<Alert>, now: Instant): Iterable<ToldAlert> {
  for (const alert of alerts) yield { ...alert, endsAt: now }
}

function* batches<T>(items: Iterable<T>): Iterable<readonly T[]> {
  let batch: T[] = []
  for (const item of items) {
    if (batch.push(item) < MOST_AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
