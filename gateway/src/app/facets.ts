// How many heartbeats there are of each group, owner and tag, by verdict. Counted from when somebody first asks, and then kept
// by what changes: a signal that changes no verdict costs nothing.
import type { Terms } from '../domain/heartbeat.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'

export type Tally = { total: number; readonly verdicts: Record<Verdict, number> }

export class Facets {
  readonly groups: Map<string, Tally> = new Map()
  readonly owners: Map<string, Tally> = new Map()
  readonly tags: Map<string, Tally> = new Map()
  readonly #registry: Registry
  /** Under which each number is counted. */
  readonly #terms: (Terms | undefined)[] = []
  readonly #verdicts: Verdict[] = []

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Counts a heartbeat as it is now, wherever it was counted before. */
  place(number: number): void {
    const before = this.#terms[number]
    if (before !== undefined) this.#count(before, this.#verdicts[number] as Verdict, -1)
    const terms = this.#registry.roster.termsOf(number)
    this.#terms[number] = terms
    if (terms === undefined) return
    const verdict = this.#registry.verdictOf(number)
    this.#verdicts[number] = verdict
    this.#count(terms, verdict, 1)
  }

  #count({ group, owner, tags }: Terms, verdict: Verdict, by: 1 | -1): void {
    add(this.groups, group, verdict, by)
    add(this.owners, owner, verdict, by)
    for (let place = 0; place < tags.length; place++)
      if (tags.indexOf(tags[place] as string) === place) add(this.tags, tags[place] as string, verdict, by)
  }
}

function add(tallies: Map<string, Tally>, key: string, verdict: Verdict, by: 1 | -1): void {
  let tally = tallies.get(key)
  if (tally === undefined) {
    tally = { total: 0, verdicts: Object.fromEntries(VERDICTS.map((each) => [each, 0])) as Tally['verdicts'] }
    tallies.set(key, tally)
  }
  tally.total += by
  tally.verdicts[verdict] += by
  if (tally.total === 0) tallies.delete(key)
}
