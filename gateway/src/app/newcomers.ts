// Names that somebody reports under and nobody declared: for the list of new arrivals, not for an alarm.
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'

const MOST = 1_000

export type Newcomer = {
  readonly name: Name
  readonly firstAt: Instant
  lastAt: Instant
  signals: number
  /** What the rule that covers its topics would declare it with. */
  terms?: Terms
}

export class Newcomers {
  readonly #known = new Map<Name, Newcomer>()

  note(name: Name, now: Instant, terms?: Terms): void {
    const newcomer = this.#known.get(name) ?? { name, firstAt: now, lastAt: now, signals: 0 }
    newcomer.lastAt = now
    newcomer.signals++
    if (terms !== undefined) newcomer.terms = terms
    // Again at the end: who has not been heard for longest makes room.
    this.#known.delete(name)
    this.#known.set(name, newcomer)
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value as Name)
  }

  /** What it is adopted with where nobody says otherwise. */
  termsOf(name: Name): Terms | undefined {
    return this.#known.get(name)?.terms
  }

  /** Latest first; without those that `isKnown` by now. */
  list(isKnown: (name: Name) => boolean): readonly Newcomer[] {
    for (const name of this.#known.keys()) if (isKnown(name)) this.#known.delete(name)
    return [...this.#known.values()].reverse()
  }
}
