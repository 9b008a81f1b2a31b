// Signs of life that come faster than they are worth storing: of those of one heartbeat the newest is stored for all of them,
// a moment later, and each is acknowledged once that is on disk. Whatever says more than "alive" is stored as it comes.
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Counters } from './counters.ts'
import type { Intake } from './intake.ts'
import type { Arrival, Settled } from './ports.ts'

/** Of one heartbeat. */
export type PaceLimits = { readonly perSecond: number; readonly burst: number }

type Held = { arrival: Arrival; readonly settled: Settled[]; readonly release: () => void; readonly dueAt: Instant }

export class Pace {
  readonly #intake: Pick<Intake, 'receive' | 'hold'>
  readonly #limits: () => PaceLimits
  readonly #counters: Counters
  /** Until when each has used up what it may send. */
  #spent = new Map<Name, Instant>()
  #before = new Map<Name, Instant>()
  #turnedAt = 0
  /** In the order in which they are due, nearly. */
  readonly #held = new Map<Name, Held>()

  constructor(intake: Pick<Intake, 'receive' | 'hold'>, limits: () => PaceLimits, counters: Counters) {
    this.#intake = intake
    this.#limits = limits
    this.#counters = counters
  }

  receive(arrival: Arrival, settled: Settled): void {
    const { name, signal } = arrival
    const now = signal.receivedAt
    const held = this.#held.get(name)
    if (!isPlain(arrival)) {
      // What was said before it stays before it.
      if (held !== undefined) this.#pass(name, held)
      this.#spend(name, now)
      return this.#intake.receive(arrival, settled)
    }
    if (held !== undefined) {
      held.arrival = arrival
      held.settled.push(settled)
      this.#counters.add('signals_coalesced')
      if (now >= held.dueAt) this.#pass(name, held)
      return
    }
    const wait = this.#spend(name, now)
    if (wait <= 0) return this.#intake.receive(arrival, settled)
    this.#held.set(name, {
      ...{ arrival, settled: [settled], dueAt: now + wait },
      // Silence is not judged past what is held.
      release: this.#intake.hold(name, now),
    })
  }

  /** Stores what was held long enough; with `now` at infinity, all of it. */
  tick(now: Instant): void {
    for (const [name, held] of this.#held) if (now >= held.dueAt) this.#pass(name, held)
    if (now - this.#turnedAt < TURN) return
    this.#turnedAt = now
    const owing = [...this.#before].filter(([name, until]) => until > now && !this.#spent.has(name))
    this.#before = this.#spent
    this.#spent = new Map(owing)
  }

  #pass(name: Name, { arrival, settled, release }: Held): void {
    this.#held.delete(name)
    this.#intake.receive(arrival, (outcome) => {
      for (const settle of settled) settle(outcome)
    })
    release()
  }

  /** How long a sign of life has to be held now; 0 or less: not at all. */
  #spend(name: Name, now: Instant): Duration {
    const { perSecond, burst } = this.#limits()
    const until = Math.max(now, this.#spent.get(name) ?? this.#before.get(name) ?? 0)
    const over = until - now - ((burst - 1) * SECOND) / perSecond
    this.#spent.set(name, Math.min(until + SECOND / perSecond, now + LONGEST_DEBT))
    return Math.min(over, LONGEST_HOLD)
  }
}

/** Entries of those who owe nothing any more are forgotten as often. */
const TURN: Duration = 2 * SECOND
const LONGEST_DEBT: Duration = 60 * SECOND
const LONGEST_HOLD: Duration = SECOND

/** Nothing would be missed if another like it took its place. */
function isPlain({ signal, create }: Arrival): boolean {
  const { kind, at, receivedAt, run, next, grace, message, metrics, duration, redelivered } = signal
  if (kind !== 'ok' || at < receivedAt || create !== undefined) return false
  return [run, next, grace, message, metrics, duration, redelivered].every((said) => said === undefined)
}
