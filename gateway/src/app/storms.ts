// Storms and who is in them, folded from the facts.
import type { GatewayFact } from '../domain/fact.ts'
import type { Incident } from '../domain/incident.ts'
import { evolveStorm, type Members, type Storm } from '../domain/storm.ts'

const CLOSED_STORMS_KEPT = 100
const NAMES_SHOWN = 5

type Party = { readonly all: Set<string>; readonly open: Set<string>; readonly names: string[] }

export class Storms {
  readonly #storms = new Map<string, Storm>()
  readonly #parties = new Map<string, Party>()
  readonly #open = new Set<string>()

  fold(fact: GatewayFact): void {
    if (!('storm' in fact) || fact.storm === undefined) return
    const storm = evolveStorm(this.#storms.get(fact.storm), fact)
    if (storm === undefined) return
    this.#keep(storm)
    if (this.#storms.size - this.#open.size > CLOSED_STORMS_KEPT) this.#forgetOldest()
  }

  /** Takes note of an incident that joined a storm, or that ended. */
  place({ id, heartbeat, state, mute }: Incident): void {
    if (mute?.by === 'storm') {
      const party = this.#party(mute.what)
      if (!party.all.has(id) && party.names.length < NAMES_SHOWN) party.names.push(heartbeat)
      party.all.add(id)
      if (state !== 'resolved') party.open.add(id)
    }
    if (state !== 'resolved') return
    // Of storms that are over, too: whoever was still bad then is well now.
    for (const { open } of this.#parties.values()) open.delete(id)
  }

  get(id: string): Storm | undefined {
    return this.#storms.get(id)
  }

  /** Oldest first. */
  *open(): Iterable<Storm> {
    for (const id of this.#open) yield this.#storms.get(id) as Storm
  }

  all(): Iterable<Storm> {
    return this.#storms.values()
  }

  /** Whether an incident is or was part of a storm. */
  has(id: string, incident: string): boolean {
    return this.#parties.get(id)?.all.has(incident) === true
  }

  members(id: string): Members {
    const party = this.#parties.get(id)
    return { all: party?.all.size ?? 0, open: party?.open.size ?? 0 }
  }

  /** Incidents of a storm that are open. */
  openMembers(id: string): Iterable<string> {
    return this.#parties.get(id)?.open ?? []
  }

  /** The first few heartbeats. */
  names(id: string): readonly string[] {
    return this.#parties.get(id)?.names ?? []
  }

  content(): readonly { storm: Storm; all: readonly string[]; open: readonly string[]; names: readonly string[] }[] {
    return [...this.#storms.values()].map((storm) => {
      const { all, open, names } = this.#party(storm.id)
      return { storm, all: [...all], open: [...open], names }
    })
  }

  adopt(content: ReturnType<Storms['content']>): void {
    for (const { storm, all, open, names } of content) {
      this.#parties.set(storm.id, { all: new Set(all), open: new Set(open), names: [...names] })
      this.#keep(storm)
    }
  }

  #keep(storm: Storm): void {
    this.#storms.set(storm.id, storm)
    if (storm.state === 'resolved') this.#open.delete(storm.id)
    else this.#open.add(storm.id)
  }

  #party(id: string): Party {
    const party = this.#parties.get(id) ?? { all: new Set(), open: new Set(), names: [] }
    this.#parties.set(id, party)
    return party
  }

  #forgetOldest(): void {
    for (const id of this.#storms.keys()) {
      if (this.#open.has(id)) continue
      this.#storms.delete(id)
      this.#parties.delete(id)
      return
    }
  }
}
