// Which groups of heartbeats there are: looked up among all of them, so only now and then.
import { type Duration, type Instant, MINUTE } from '../domain/time.ts'
import type { Roster } from './roster.ts'

/** More groups than these are named only while something is bad in them. */
export const MOST_GROUPS = 250
const KEPT: Duration = MINUTE

export class KnownGroups {
  readonly #roster: Roster
  #groups: ReadonlySet<string> = new Set()
  #countedAt: Instant | undefined

  constructor(roster: Roster) {
    this.#roster = roster
  }

  /** The first ones; empty stands for those without a group. */
  at(now: Instant): ReadonlySet<string> {
    if (this.#countedAt === undefined || Math.abs(now - this.#countedAt) >= KEPT) {
      this.#groups = this.#count()
      this.#countedAt = now
    }
    return this.#groups
  }

  #count(): ReadonlySet<string> {
    const groups = new Set<string>()
    for (let number = 0; number < this.#roster.count && groups.size < MOST_GROUPS; number++) {
      const terms = this.#roster.termsOf(number)
      if (terms !== undefined) groups.add(terms.group)
    }
    return groups
  }
}
