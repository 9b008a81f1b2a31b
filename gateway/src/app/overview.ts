// What the board shows of the whole: counts, what is wrong, and the first few of each group. One look at each name, its
// terms and the byte of its verdict; states are read only of what is shown.
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Pace } from './read.ts'
import type { Registry } from './registry.ts'

export type BoardGroup = {
  /** Empty: those without a group. */
  readonly name: string
  readonly count: number
  readonly verdicts: ReadonlyMap<Verdict, number>
  /** The first that are neither ok nor wrong, and the first that are ok, in the order of their declaration. */
  readonly odd: readonly number[]
  readonly ok: readonly number[]
}

export type Board = {
  readonly groups: readonly BoardGroup[]
  readonly owners: readonly string[]
  readonly tags: readonly string[]
  readonly ownerless: { readonly count: number; readonly first: readonly number[] }
}

/** Who is shown in full above all groups, in this order. */
export const WRONG: readonly Verdict[] = ['failed', 'missed', 'overrun', 'slow', 'late']

/** The board as it was lately: a look at a million names is not taken for everybody who asks. */
export class Overview {
  readonly #registry: Registry
  readonly #now: () => Instant
  #last: { readonly board: Promise<Board>; until: Instant; readonly size: number } | undefined

  constructor(registry: Registry, now: () => Instant) {
    this.#registry = registry
    this.#now = now
  }

  /** `pace`: lets others have their turn meanwhile. */
  read(pace: Pick<Pace, 'pause'>): Promise<Board> {
    const beganAt = this.#now()
    const { size } = this.#registry.roster
    if (this.#last !== undefined && beganAt < this.#last.until && this.#last.size === size) return this.#last.board
    const last = { board: readBoard(this.#registry, ROWS_KEPT, pace), until: Number.POSITIVE_INFINITY, size }
    this.#last = last
    const ended = (): void => {
      last.until = beganAt + Math.min(LONGEST_KEPT, REST * (this.#now() - beganAt))
    }
    last.board.then(ended, ended)
    return last.board
  }
}

/** Of what a look takes so many times that long none is taken after it. */
const REST = 20
const LONGEST_KEPT: Duration = 10 * SECOND
/** Of each group. */
const ROWS_KEPT = 10
/** Names between two turns of others. */
const TURN = 4_096

/** Of each wrong verdict so many are looked at for the longest. */
const MOST_COMPARED = 2_000

export async function readBoard(registry: Registry, rows: number, pace: Pick<Pace, 'pause'>): Promise<Board> {
  const { roster } = registry
  const groups = new Map<string, Gathered>()
  const owners = new Set<string>()
  const tags = new Set<string>()
  const ownerless = { count: 0, first: [] as number[] }
  for (let number = 0; number < roster.count; number++) {
    if (number % TURN === TURN - 1) await pace.pause()
    const terms = roster.termsOf(number)
    if (terms === undefined) continue
    const group = groups.get(terms.group) ?? gathered(terms.group)
    groups.set(terms.group, group)
    place(group, number, registry.verdictOf(number), rows)
    for (const tag of terms.tags) tags.add(tag)
    if (terms.owner !== '') owners.add(terms.owner)
    else if (++ownerless.count <= rows) ownerless.first.push(number)
  }
  const named = (a: string, b: string): number => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1)
  return {
    groups: [...groups.values()].sort((a, b) => named(a.name, b.name)),
    owners: [...owners].sort(),
    tags: [...tags].sort(),
    ownerless,
  }
}

/** What is wrong: what somebody is paged for first, of each kind what lasts longest. */
export function wrongNow(
  registry: Registry,
  fits: (number: number) => boolean,
): readonly { readonly number: number; readonly since: number }[] {
  const rank = (verdict: Verdict): number => Math.max(0, WRONG.indexOf(verdict) - 2)
  return WRONG.flatMap((verdict) => {
    const found: { number: number; since: number; rank: number }[] = []
    for (const number of registry.withVerdict(verdict)) {
      if (found.length === MOST_COMPARED) break
      if (fits(number)) found.push({ number, since: registry.state(number).since, rank: rank(verdict) })
    }
    return found
  }).sort((a, b) => a.rank - b.rank || a.since - b.since)
}

export function countOf(registry: Registry, ...verdicts: readonly Verdict[]): number {
  return verdicts.reduce((sum, verdict) => sum + (registry.verdicts.get(verdict) ?? 0), 0)
}

type Gathered = {
  readonly name: string
  count: number
  readonly verdicts: Map<Verdict, number>
  readonly odd: number[]
  readonly ok: number[]
}

function gathered(name: string): Gathered {
  return { name, count: 0, verdicts: new Map(), odd: [], ok: [] }
}

function place(group: Gathered, number: number, verdict: Verdict, rows: number): void {
  group.count++
  group.verdicts.set(verdict, (group.verdicts.get(verdict) ?? 0) + 1)
  if (WRONG.includes(verdict)) return
  const list = verdict === 'ok' ? group.ok : group.odd
  if (list.length < rows) list.push(number)
}
