// The live state folded from the facts: heartbeats, incidents, pages not yet settled, blind windows, channels that
// fail. In memory; the ledger can rebuild it at any time.
import { evolve } from '../domain/evolve.ts'
import { type Fact, type GatewayFact, type HeartbeatFact, isHeartbeatFact } from '../domain/fact.ts'
import type { Heartbeat, State, Terms } from '../domain/heartbeat.ts'
import { evolveIncident, type Incident } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import type { Verdict } from '../domain/verdict.ts'
import { Page } from './columns.ts'
import { Roster } from './roster.ts'

const CLOSED_INCIDENTS_KEPT = 10_000
const BLIND_WINDOWS_KEPT = 1_000

/** A page or a notice that no channel has settled. */
export type Unsettled = Extract<Fact, { type: 'page.queued' | 'notice.queued' }>

export class Registry {
  readonly roster: Roster = new Roster()
  readonly pages: Page[] = []
  /** Pages whose rows changed since the last snapshot, and rosters likewise. */
  readonly dirty: Set<number> = new Set()
  readonly dirtyRoster: Set<number> = new Set()
  readonly incidents: Map<string, Incident> = new Map()
  readonly openIncidents: Set<string> = new Set()
  readonly unsettled: Map<string, Unsettled> = new Map()
  readonly blind: Extract<GatewayFact, { type: 'blind.passed' }>[] = []
  readonly failedChannels: Map<string, Extract<GatewayFact, { type: 'channel.failed' }>> = new Map()
  readonly verdicts: Map<Verdict, number> = new Map()

  find(name: Name): number {
    return this.roster.find(name)
  }

  heartbeat(number: number): Heartbeat {
    return {
      name: this.roster.nameOf(number) as Name,
      terms: this.roster.termsOf(number) as Terms,
      state: this.state(number),
    }
  }

  state(number: number): State {
    return (this.pages[number >> 10] as Page).get(number & 1023)
  }

  /** Number of the latest fact about a heartbeat; 0: none. */
  lastSeq(number: number): number {
    return this.pages[number >> 10]?.lastSeq(number & 1023) ?? 0
  }

  link(number: number, seq: number): void {
    this.pages[number >> 10]?.link(number & 1023, seq)
    this.dirty.add(number >> 10)
  }

  /** What a decision made of a heartbeat, and the same facts for all that is not its state. */
  settle(number: number, state: State, facts: readonly HeartbeatFact[]): void {
    this.#put(number, state)
    for (const fact of facts) this.#besides(number, fact)
  }

  /** Folds one fact, as a replay does. */
  fold(fact: Fact): void {
    if (!isHeartbeatFact(fact)) return this.#foldGateway(fact)
    const known = this.find(fact.heartbeat)
    const number = fact.type === 'heartbeat.declared' ? this.#declare(fact.heartbeat, fact.terms) : known
    if (number === -1) return
    const before = known === -1 ? undefined : this.state(number)
    this.#put(number, evolve(this.roster.termsOf(number) as Terms, before, fact), known === -1)
    this.#besides(number, fact)
  }

  /** Folds a fact that touches every heartbeat, and says which it changed. */
  foldAll(fact: GatewayFact, changed: (number: number) => void): void {
    for (const number of this.roster.numbers()) {
      const before = this.state(number)
      const after = evolve(this.roster.termsOf(number) as Terms, before, fact)
      if (after === before) continue
      this.#put(number, after)
      changed(number)
    }
  }

  *open(): Iterable<Incident> {
    for (const id of this.openIncidents) yield this.incidents.get(id) as Incident
  }

  #declare(name: Name, terms: Terms): number {
    const number = this.roster.declare(name, terms)
    while (this.pages.length <= number >> 10) this.pages.push(new Page())
    this.dirtyRoster.add(number >> 10)
    return number
  }

  #put(number: number, state: State, isNew = false): void {
    const page = this.pages[number >> 10] as Page
    const row = number & 1023
    if (!isNew) this.#count(page.verdict(row), -1)
    this.#count(state.verdict, 1)
    page.put(row, state)
    this.dirty.add(number >> 10)
  }

  #count(verdict: Verdict, by: number): void {
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + by)
  }

  #besides(number: number, fact: HeartbeatFact): void {
    if (fact.type === 'signal.received') return
    if (fact.type === 'heartbeat.removed') {
      this.#count(this.state(number).verdict, -1)
      this.roster.remove(number)
      this.dirtyRoster.add(number >> 10)
    }
    if ('incident' in fact) this.#foldIncident(fact)
    if (fact.type === 'page.queued') this.unsettled.set(fact.page, fact)
    if (fact.type === 'page.settled') this.unsettled.delete(fact.page)
  }

  #foldIncident(fact: HeartbeatFact & { readonly incident: string }): void {
    const incident = evolveIncident(this.incidents.get(fact.incident), fact)
    if (incident === undefined) return
    this.incidents.set(incident.id, incident)
    if (incident.state === 'resolved') this.openIncidents.delete(incident.id)
    else this.openIncidents.add(incident.id)
    if (this.incidents.size - this.openIncidents.size > CLOSED_INCIDENTS_KEPT) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const [id, incident] of this.incidents)
      if (incident.state === 'resolved') {
        this.incidents.delete(id)
        return
      }
  }

  #foldGateway(fact: GatewayFact): void {
    switch (fact.type) {
      case 'blind.passed':
        this.blind.push(fact)
        if (this.blind.length > BLIND_WINDOWS_KEPT) this.blind.shift()
        return this.foldAll(fact, () => undefined)
      case 'clock.stepped':
        return this.foldAll(fact, () => undefined)
      case 'notice.queued':
        this.unsettled.set(fact.page, fact)
        return
      case 'notice.settled':
        this.unsettled.delete(fact.page)
        return
      case 'channel.failed':
        this.failedChannels.set(fact.channel, fact)
        return
      case 'channel.recovered':
        this.failedChannels.delete(fact.channel)
        return
      default:
    }
  }
}
