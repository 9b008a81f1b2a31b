// The live state folded from the facts, in memory; the ledger can rebuild it at any time.
import { evolve } from '../domain/evolve.ts'
import { type Fact, type GatewayFact, type HeartbeatFact, isHeartbeatFact } from '../domain/fact.ts'
import type { Heartbeat, State, Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { BlindWindow } from './blind-windows.ts'
import { Casebook, type FailedChannel, type Unsettled } from './casebook.ts'
import { Page } from './columns.ts'
import type { Facets } from './facets.ts'
import { Roster } from './roster.ts'

/** Whether a fact is not yet in a page of states, or in the casebook, as a snapshot kept them. */
export type IsNews = (part: number | 'casebook') => boolean

export class Registry {
  readonly roster: Roster = new Roster()
  readonly casebook: Casebook = new Casebook()
  readonly pages: Page[] = []
  /** Pages whose rows, and pages whose names or terms, changed since their last snapshot; longest ago first. */
  readonly dirty: Set<number> = new Set()
  readonly dirtyRoster: Set<number> = new Set()
  readonly verdicts: Map<Verdict, number> = new Map()
  /** Told of every heartbeat that changes its terms or its verdict, once somebody asks for them. */
  facets: Facets | undefined
  readonly incidents: ReadonlyMap<string, Incident> = this.casebook.incidents
  readonly openIncidents: ReadonlySet<string> = this.casebook.openIncidents
  readonly unsettled: ReadonlyMap<string, Unsettled> = this.casebook.unsettled
  readonly blind: readonly BlindWindow[] = this.casebook.blind
  readonly failedChannels: ReadonlyMap<string, FailedChannel> = this.casebook.failedChannels

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

  verdictOf(number: number): Verdict {
    return (this.pages[number >> 10] as Page).verdict(number & 1023)
  }

  /** Whether a signal was ever heard. */
  hasSignals(number: number): boolean {
    return (this.pages[number >> 10] as Page).signals(number & 1023) > 0
  }

  /** Numbers of heartbeats by verdict: a look at a byte of each, and at none where there is none. */
  *withVerdict(verdict: Verdict): Iterable<number> {
    let left = this.verdicts.get(verdict) ?? 0
    for (let page = 0; left > 0 && page < this.pages.length; page++)
      for (const row of (this.pages[page] as Page).rowsWith(verdict)) {
        const number = (page << 10) | row
        if (this.roster.termsOf(number) === undefined) continue
        left--
        yield number
      }
  }

  /** Number of the latest fact about a heartbeat; 0: none. */
  lastSeq(number: number): number {
    return this.pages[number >> 10]?.lastSeq(number & 1023) ?? 0
  }

  link(number: number, seq: number): void {
    this.pages[number >> 10]?.link(number & 1023, seq)
    this.dirty.add(number >> 10)
  }

  /** What a decision made of a heartbeat, and its facts for all that is not its state. */
  settle(number: number, state: State, facts: readonly HeartbeatFact[]): void {
    this.#put(number, state)
    for (const fact of facts) {
      this.casebook.fold(fact)
      if (fact.type === 'heartbeat.removed') this.#remove(number)
    }
  }

  /** Folds one fact, as a replay does; `number` is the heartbeat's, where it is known. */
  fold(fact: Fact, number: number = this.#numberOf(fact), isNews: IsNews = always): void {
    if (isNews('casebook')) this.casebook.fold(fact)
    if (!isHeartbeatFact(fact)) this.#foldEverywhere(fact, isNews)
    else if (number !== -1 && isNews(number >> 10)) this.#foldState(number, fact)
  }

  /** Takes over a page of states as a snapshot kept it. */
  adopt(index: number, page: Page): void {
    while (this.pages.length < index) this.pages.push(new Page())
    this.pages[index] = page
  }

  /** Counts the verdicts anew, after pages were adopted. */
  recount(): void {
    this.verdicts.clear()
    for (const number of this.roster.numbers()) this.#count(this.state(number).verdict, 1)
  }

  /** Open incidents, oldest first. */
  open(): Iterable<Incident> {
    return this.casebook.open()
  }

  #numberOf(fact: Fact): number {
    if (!isHeartbeatFact(fact)) return -1
    const known = this.find(fact.heartbeat)
    return known === -1 && fact.type === 'heartbeat.declared' ? this.roster.count : known
  }

  #foldState(number: number, fact: HeartbeatFact): void {
    if (fact.type === 'heartbeat.removed') return this.#remove(number)
    const known = this.roster.termsOf(number)
    if (fact.type === 'heartbeat.declared') this.#enrol(number, fact.heartbeat, fact.terms)
    const terms = this.roster.termsOf(number)
    if (terms === undefined) return
    const before = known === undefined ? undefined : this.state(number)
    this.#put(number, evolve(terms, before, fact), known === undefined)
    if (fact.type === 'heartbeat.declared') this.facets?.place(number)
  }

  #foldEverywhere(fact: GatewayFact, isNews: IsNews): void {
    if (fact.type !== 'blind.passed' && fact.type !== 'clock.stepped') return
    for (const number of this.roster.numbers()) {
      if (!isNews(number >> 10)) continue
      const before = this.state(number)
      const after = evolve(this.roster.termsOf(number) as Terms, before, fact)
      if (after !== before) this.#put(number, after)
    }
  }

  #enrol(number: number, name: Name, terms: Terms): void {
    this.roster.set(number, name, terms)
    this.dirtyRoster.add(number >> 10)
    while (this.pages.length <= number >> 10) this.dirty.add(this.pages.push(new Page()) - 1)
  }

  #remove(number: number): void {
    if (this.roster.termsOf(number) === undefined) return
    this.#count(this.state(number).verdict, -1)
    this.roster.remove(number)
    this.facets?.place(number)
    this.dirtyRoster.add(number >> 10)
    this.dirty.add(number >> 10)
  }

  #put(number: number, state: State, isNew = false): void {
    const page = this.pages[number >> 10] as Page
    const row = number & 1023
    const before = page.verdict(row)
    if (isNew || before !== state.verdict) {
      if (!isNew) this.#count(before, -1)
      this.#count(state.verdict, 1)
    }
    page.put(row, state)
    if (before !== state.verdict) this.facets?.place(number)
    this.dirty.add(number >> 10)
  }

  #count(verdict: Verdict, by: number): void {
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + by)
  }
}

function always(): boolean {
  return true
}
