// What a board shows above its list: how many there are, of what, and what stands out.
import { isBad, VERDICTS, type Verdict } from '../domain/verdict.ts'
import { Facets, type Tally } from './facets.ts'
import type { Pace } from './read.ts'
import type { Registry } from './registry.ts'

export type TallyItem = {
  readonly name: string
  readonly total: number
  /** Bad ones among them. */
  readonly bad: number
  readonly verdicts: Readonly<Record<Verdict, number>>
}

export type BoardItem = {
  readonly total: number
  readonly bad: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** Nobody owns them. */
  readonly ownerless: number
  /** No signal of them was ever heard. */
  readonly neverSeen: number
  readonly incidents: { readonly open: number; readonly acknowledged: number; readonly muted: number }
  readonly storms: number
  /** The worst first, a thousand at most; the empty name is that of those without. */
  readonly groups: readonly TallyItem[]
  readonly owners: readonly TallyItem[]
  readonly tags: readonly TallyItem[]
  /** Number of the latest fact: where events go on from this. */
  readonly seq: number
}

const MOST_TALLIES = 1000

export async function board(registry: Registry, seq: number, pace: Pace): Promise<BoardItem> {
  const { verdicts } = registry
  const facets = await facetsOf(registry, pace)
  const all = Object.fromEntries(VERDICTS.map((verdict) => [verdict, verdicts.get(verdict) ?? 0])) as Tally['verdicts']
  return {
    ...{ total: registry.roster.size, bad: badOf(all), verdicts: all },
    ownerless: facets.owners.get('')?.total ?? 0,
    neverSeen: await countNeverSeen(registry, pace),
    incidents: incidentCounts(registry),
    storms: [...registry.casebook.storms.open()].length,
    groups: tallies(facets.groups),
    owners: tallies(facets.owners),
    tags: tallies(facets.tags),
    seq,
  }
}

/** Counted once, and kept from then on; whoever asks while they are counted waits for the whole. */
export function facetsOf(registry: Registry, pace: Pace): Promise<Facets> {
  const known = counted.get(registry)
  if (known !== undefined) return known
  const counting = countFacets(registry, pace)
  counted.set(registry, counting)
  return counting
}

const counted = new WeakMap<Registry, Promise<Facets>>()

/** What changes while it counts is counted where it changes. */
async function countFacets(registry: Registry, pace: Pace): Promise<Facets> {
  const facets = new Facets(registry)
  registry.facets = facets
  for (let number = 0; number < registry.roster.count; number++) {
    facets.place(number)
    if (number % 1024 === 0) await pace.pause()
  }
  return facets
}

async function countNeverSeen(registry: Registry, pace: Pace): Promise<number> {
  const { roster, pages } = registry
  let count = 0
  for (let page = 0; page < pages.length; page++) {
    for (const row of pages[page]?.rowsWithoutSignals() ?? [])
      if (roster.termsOf((page << 10) | row) !== undefined) count++
    await pace.pause()
  }
  return count
}

function incidentCounts(registry: Registry): BoardItem['incidents'] {
  let [acknowledged, muted] = [0, 0]
  for (const { state, mute } of registry.open()) {
    if (state === 'acknowledged') acknowledged++
    if (mute !== undefined) muted++
  }
  return { open: registry.openIncidents.size, acknowledged, muted }
}

function tallies(of: ReadonlyMap<string, Tally>): readonly TallyItem[] {
  const items = [...of].map(([name, { total, verdicts }]) => ({ name, total, bad: badOf(verdicts), verdicts }))
  return items.sort((a, b) => b.bad - a.bad || (a.name < b.name ? -1 : 1)).slice(0, MOST_TALLIES)
}

function badOf(verdicts: Readonly<Record<Verdict, number>>): number {
  return VERDICTS.reduce((sum, verdict) => sum + (isBad(verdict) ? verdicts[verdict] : 0), 0)
}
