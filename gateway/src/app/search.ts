// Heartbeats that fit, a page of a thousand at a time, so that whoever asks can stop or let others have a turn between them:
// in the order of their declaration, or what is wrong first and for the longest.
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'
import type { Sieve } from './sieve.ts'

/** What one step found, in order, and from where it can be gone on; undefined: a step that can't be interrupted. */
export type Step = { readonly found: readonly Found[]; readonly cursor: string | undefined }
export type Found = { readonly number: number; readonly cursor: string }

export type Order = 'declared' | 'wrong'

/** Cursors of an order are good for that order alone. */
export function isCursor(text: string, order: Order): boolean {
  return order === 'declared' ? /^\d{1,10}$/.test(text) : /^\d:-?\d{1,16}:\d{1,10}$/.test(text)
}

export function search(registry: Registry, sieve: Sieve, order: Order, after: string | undefined): Iterable<Step> {
  return order === 'declared'
    ? declared(registry, sieve, after === undefined ? 0 : Number(after) + 1)
    : wrongFirst(registry, sieve, after)
}

function* declared(registry: Registry, sieve: Sieve, from: number): Iterable<Step> {
  for (const numbers of inPages(registry, sieve, from))
    yield {
      found: numbers.found.map((number) => ({ number, cursor: String(number) })),
      cursor: numbers.last === undefined ? undefined : String(numbers.last),
    }
}

/** Strongest first; whoever is paused is out of it. Of those that are well nobody asks for how long. */
const RANKS: readonly Verdict[] = [...VERDICTS.filter((verdict) => verdict !== 'paused'), 'paused']
const BAD_RANKS = RANKS.indexOf('running')

function* wrongFirst(registry: Registry, sieve: Sieve, after: string | undefined): Iterable<Step> {
  const [first = 0, since = Number.NEGATIVE_INFINITY, number = -1] = after?.split(':').map(Number) ?? []
  for (let rank = first; rank < RANKS.length; rank++) {
    const verdict = RANKS[rank] as Verdict
    if (sieve.filter.verdict !== undefined && sieve.filter.verdict !== verdict) continue
    if ((registry.verdicts.get(verdict) ?? 0) === 0) continue
    const place = rank === first ? { since, number } : START
    if (rank < BAD_RANKS) yield* longestFirst(registry, sieve, rank, place)
    else yield* oneVerdict(registry, sieve, rank, place.number + 1)
  }
}

type Place = { readonly since: number; readonly number: number }
const START: Place = { since: Number.NEGATIVE_INFINITY, number: -1 }
/** As many as an answer can have: of a longer list nobody needs the rest in order now. */
const MOST_IN_ORDER = 1000

function* longestFirst(registry: Registry, sieve: Sieve, rank: number, after: Place): Iterable<Step> {
  const verdict = RANKS[rank] as Verdict
  let best: Place[] = []
  let worst: Place | undefined
  for (let page = 0; page < registry.pages.length; page++) {
    const rows = registry.pages[page]
    if (rows === undefined || rows.isWithout(verdict) || !sieve.opens(page)) continue
    for (const row of rows.rowsWith(verdict)) {
      const place = { since: rows.since(row), number: (page << 10) | row }
      if (compare(place, after) <= 0 || (worst !== undefined && compare(place, worst) >= 0)) continue
      if (!sieve.fits(place.number)) continue
      best.push(place)
      if (best.length < 4 * MOST_IN_ORDER) continue
      best = best.sort(compare).slice(0, MOST_IN_ORDER)
      worst = best.at(-1)
    }
    yield { found: [], cursor: undefined }
  }
  const found = best
    .sort(compare)
    .slice(0, MOST_IN_ORDER)
    .map((place) => ({ number: place.number, cursor: `${rank}:${place.since}:${place.number}` }))
  yield { found, cursor: undefined }
}

function* oneVerdict(registry: Registry, sieve: Sieve, rank: number, from: number): Iterable<Step> {
  const verdict = RANKS[rank] as Verdict
  const cursorOf = (number: number): string => `${rank}:0:${number}`
  for (const { found, last } of inPages(registry, sieve, from, verdict))
    yield {
      found: found.map((number) => ({ number, cursor: cursorOf(number) })),
      cursor: last === undefined ? undefined : cursorOf(last),
    }
}

/** `last`: the last that was looked at; undefined: of all. */
function* inPages(
  registry: Registry,
  sieve: Sieve,
  from: number,
  verdict?: Verdict,
): Iterable<{ readonly found: readonly number[]; readonly last: number | undefined }> {
  const { count } = registry.roster
  if (from >= count) return
  for (let page = from >> 10; page << 10 < count; page++) {
    const last = Math.min(((page + 1) << 10) - 1, count - 1)
    const isClosed = verdict !== undefined && registry.pages[page]?.isWithout(verdict) !== false
    const found: number[] = []
    if (!isClosed && sieve.opens(page))
      for (let number = Math.max(from, page << 10); number <= last; number++)
        if ((verdict === undefined || registry.verdictOf(number) === verdict) && sieve.fits(number)) found.push(number)
    yield { found, last: last === count - 1 ? undefined : last }
  }
}

function compare(one: Place, other: Place): number {
  return one.since - other.since || one.number - other.number
}
