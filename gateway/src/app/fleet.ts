// Each group in a few figures: how many heartbeats have which verdict, open incidents, what was heard, and who is overdue.
import type { Instant } from '../domain/time.ts'
import { isBad, VERDICTS, type Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'
import type { Point } from './series-point.ts'

type Group = {
  readonly verdicts: Record<Verdict, number>
  total: number
  arrivals: number
  /** Missed heartbeats by number, with when they became so. */
  readonly missed: Map<number, Instant>
  /** Heartbeats with an open incident. */
  readonly troubled: Set<number>
}

export type Arrivals = readonly (readonly [group: string, count: number])[]

export class Fleet {
  readonly #groups = new Map<string, Group>()
  /** The group that each heartbeat is counted in. */
  readonly #places: (Group | undefined)[] = []
  readonly #verdicts: (Verdict | undefined)[] = []

  /** What was heard since the last points, by group. */
  get arrivals(): Arrivals {
    return [...this.#groups].map(([name, { arrivals }]) => [name, arrivals] as const)
  }

  /** Counts everybody anew; groups that nobody is in go on until that was said. */
  recount(registry: Registry, arrivals: Arrivals): void {
    for (const [name, count] of arrivals) this.#group(name).arrivals = count
    for (const number of registry.roster.numbers()) this.place(number, registry)
  }

  /** After a heartbeat was declared or removed, or its verdict or its incident changed. */
  place(number: number, registry: Registry): void {
    const terms = registry.roster.termsOf(number)
    const next = terms && this.#group(terms.group)
    this.#leave(number)
    this.#places[number] = next
    if (next === undefined) return
    const { verdict, since, more } = registry.state(number)
    this.#verdicts[number] = verdict
    next.total++
    next.verdicts[verdict]++
    if (verdict === 'missed') next.missed.set(number, since)
    if (more.incident !== undefined) next.troubled.add(number)
  }

  arrived(number: number): void {
    const group = this.#places[number]
    if (group !== undefined) group.arrivals++
  }

  /** One point a group; what was heard is counted from here anew. */
  *points(at: Instant): Iterable<Point<'hb_fleet'>> {
    for (const [name, group] of this.#groups) {
      const { verdicts, total, arrivals, missed, troubled } = group
      group.arrivals = 0
      let oldest = at
      for (const since of missed.values()) if (since < oldest) oldest = since
      const bad = VERDICTS.reduce((sum, verdict) => sum + (isBad(verdict) ? verdicts[verdict] : 0), 0)
      yield {
        measurement: 'hb_fleet',
        tags: { group: name },
        fields: { ...verdicts, total, bad, incidents: troubled.size, arrivals, overdue_ms: at - oldest },
        at,
        seq: 0,
      }
      // A group that nobody is in any more is said to be empty once, and no more.
      if (total === 0) this.#groups.delete(name)
    }
  }

  #leave(number: number): void {
    const [group, verdict] = [this.#places[number], this.#verdicts[number]]
    if (group === undefined || verdict === undefined) return
    group.total--
    group.verdicts[verdict]--
    group.missed.delete(number)
    group.troubled.delete(number)
  }

  #group(name: string): Group {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
    const group: Group = { verdicts, total: 0, arrivals: 0, missed: new Map(), troubled: new Set() }
    this.#groups.set(name, group)
    return group
  }
}
