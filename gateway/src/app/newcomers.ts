// Names that somebody reports under and nobody declared: for the list of new arrivals, not for an alarm.
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'

const MOST = 1_000

export type Newcomer = { readonly name: Name; readonly firstAt: Instant; lastAt: Instant; signals: number }

export class Newcomers {
  readonly #known = new Map<Name, Newcomer>()

  note(name: Name, now: Instant): void {
    const newcomer = this.#known.get(name) ?? { name, firstAt: now, lastAt: now, signals: 0 }
    newcomer.lastAt = now
    newcomer.signals++
    // Again at the end: who has not been heard for longest makes room.
    this.#known.delete(name)
    this.#known.set(name, newcomer)
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value as Name)
  }

  /** Latest first; without those that `isKnown` by now. */
  list(isKnown: (name: Name) => boolean): readonly Newcomer[] {
    for (const name of this.#known.keys()) if (isKnown(name)) this.#known.delete(name)
    return [...this.#known.values()].reverse()
  }
}
