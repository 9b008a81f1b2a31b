// The gateway's own pulse: it pings somebody else for as long as it could page somebody, so that its silence is noticed.
// States: pinging -> stopped while something ails it -> pinging. A ping that fails is tried again and changes nothing else.
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Stop } from './channel.ts'

export type Health = {
  readonly lastTickAt: Instant
  readonly ledger: 'ok' | 'full' | 'closed'
  /** Since when facts wait to be committed; absent: none does. */
  readonly committingSince?: Instant
  readonly channels: number
  /** How many of them can't be reached. */
  readonly failedChannels: number
}

export type WatchdogRules = {
  readonly every: Duration
  /** Whether somebody took it. */
  ping(): Promise<boolean>
  health(): Health
  now(): Instant
  readonly log: (fact: string, fields: Readonly<Record<string, unknown>>) => void
  readonly stop: Stop
}

export type WatchdogStatus = {
  /** The last ping that was taken. */
  readonly lastPingAt: Instant | undefined
  readonly ailments: readonly string[]
}

/** What keeps the gateway from paging; empty: nothing. The texts are the same for as long as the reason is. */
export function ailments(health: Health, now: Instant): readonly string[] {
  const { lastTickAt, ledger, committingSince = now, channels, failedChannels } = health
  const found: string[] = []
  if (now - lastTickAt > OLDEST_TICK) found.push('silence is not judged: no tick within 3s')
  if (ledger !== 'ok') found.push(`the ledger does not commit: it is ${ledger}`)
  else if (now - committingSince > LONGEST_COMMIT) found.push('the ledger does not commit: facts wait for over 10s')
  if (channels === 0) found.push('no channel is configured')
  else if (failedChannels >= channels) found.push('no channel can be reached')
  return found
}

export class Watchdog {
  readonly #rules: WatchdogRules
  #lastPingAt: Instant | undefined
  #isPinging = false
  /** Waiting began then, and lasts so long. */
  #from: Instant = Number.NEGATIVE_INFINITY
  #wait: Duration = 0
  /** As they were told last. */
  #told = ''
  #wasTaken: boolean | undefined

  constructor(rules: WatchdogRules) {
    this.#rules = rules
  }

  get status(): WatchdogStatus {
    const { health, now } = this.#rules
    return { lastPingAt: this.#lastPingAt, ailments: ailments(health(), now()) }
  }

  /** At least once a second, by a timer that is not the evaluator's: it is to notice when that one stands still. */
  tick(now: Instant): void {
    if (this.#rules.stop.aborted) return
    const found = ailments(this.#rules.health(), now)
    this.#tell(found)
    if (found.length > 0 || this.#isPinging || this.#isWaiting(now)) return
    void this.#ping(now)
  }

  /** The clock may have been set back: then nothing is waited for, or the pause would be as long as the step. */
  #isWaiting(now: Instant): boolean {
    const passed = now - this.#from
    return passed < this.#wait && passed > -RETRY
  }

  async #ping(now: Instant): Promise<void> {
    const { ping, every, stop } = this.#rules
    this.#isPinging = true
    const isTaken = await ping().catch(() => false)
    this.#isPinging = false
    const endedAt = this.#rules.now()
    this.#from = isTaken ? now : endedAt
    this.#wait = isTaken ? every : RETRY
    if (isTaken) this.#lastPingAt = endedAt
    if (isTaken === this.#wasTaken || stop.aborted) return
    this.#wasTaken = isTaken
    this.#rules.log(isTaken ? 'watchdog.pinged' : 'watchdog.failing', {})
  }

  #tell(found: readonly string[]): void {
    const text = found.join('; ')
    if (text === this.#told) return
    this.#told = text
    if (text === '') this.#rules.log('watchdog.resumed', {})
    else this.#rules.log('watchdog.stopped', { ailments: found })
  }
}

const OLDEST_TICK: Duration = 3 * SECOND
const LONGEST_COMMIT: Duration = 10 * SECOND
/** After a ping that failed; also the least between two pings. */
const RETRY: Duration = 10 * SECOND
