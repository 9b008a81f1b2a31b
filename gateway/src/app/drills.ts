// Drills and what became of them, and when each way to a human last worked. Folded from the facts.
import type { Fact, GatewayFact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'

type Begun = Extract<GatewayFact, { type: 'drill.begun' }>
type Settled = Extract<Fact, { type: 'page.settled' | 'notice.settled' }>
type Queued = Extract<Fact, { type: 'page.queued' | 'notice.queued' }>

export type DrillPage = Begun['pages'][number] & {
  readonly outcome?: Settled['outcome']
  readonly settledAt?: Instant
  readonly why?: string
}
export type Drill = Omit<Begun, 'pages' | 'type'> & { readonly pages: readonly DrillPage[] }

/** The last page that arrived on a way. */
export type Reached = { readonly path: string; readonly channel: string; readonly at: Instant; readonly kind: string }

const DRILLS_KEPT = 200
const WAYS_KEPT = 10_000

export class Drills {
  readonly #drills = new Map<string, Drill>()
  readonly #reached = new Map<string, Reached>()

  begin({ type: _, ...drill }: Begun): void {
    this.#drills.set(drill.drill, drill)
    if (this.#drills.size > DRILLS_KEPT) this.#drills.delete(this.#drills.keys().next().value as string)
  }

  settle(page: Queued, { outcome, at, why }: Settled): void {
    const drill = page.type === 'notice.queued' && page.drill !== undefined ? this.#drills.get(page.drill) : undefined
    // A drill's page stands for all the ways of the drill that lead to its channel.
    const ways = drill?.pages.filter((one) => one.page === page.page).map(({ path }) => path) ?? []
    if (outcome === 'delivered') this.#arrived(page, ways, at)
    if (drill === undefined) return
    const pages = drill.pages.map((one) => (one.page === page.page ? { ...one, outcome, settledAt: at, why } : one))
    this.#drills.set(drill.drill, { ...drill, pages })
  }

  get(id: string): Drill | undefined {
    return this.#drills.get(id)
  }

  /** Newest first. */
  list(): readonly Drill[] {
    return [...this.#drills.values()].reverse()
  }

  /** The way last reached longest ago first. */
  reached(): readonly Reached[] {
    return [...this.#reached.values()]
  }

  reachedBy(path: string): Reached | undefined {
    return this.#reached.get(path)
  }

  content(): { readonly drills: readonly Drill[]; readonly reached: readonly Reached[] } {
    return { drills: [...this.#drills.values()], reached: this.reached() }
  }

  adopt({ drills, reached }: ReturnType<Drills['content']>): void {
    for (const drill of drills) this.#drills.set(drill.drill, drill)
    for (const way of reached) this.#reached.set(way.path, way)
  }

  #arrived({ path, channel, kind }: Queued, ways: readonly string[], at: Instant): void {
    for (const way of new Set([path ?? channel, channel, ...ways])) {
      this.#reached.delete(way)
      this.#reached.set(way, { path: way, channel, at, kind })
    }
    while (this.#reached.size > WAYS_KEPT) this.#reached.delete(this.#reached.keys().next().value as string)
  }
}
