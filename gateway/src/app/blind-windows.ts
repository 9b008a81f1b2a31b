// Windows in which the gateway could not hear: those that passed, and of each ear the one that has no end yet.
import type { GatewayFact } from '../domain/fact.ts'
import type { Source } from '../domain/signal.ts'

const KEPT = 1_000

export type BlindWindow = Extract<GatewayFact, { type: 'blind.passed' }>
/** A window without an end. */
export type Deafness = Extract<GatewayFact, { type: 'blind.begun' }>

export class BlindWindows {
  /** Oldest first. */
  readonly passed: BlindWindow[] = []
  readonly begun: Map<Source, Deafness> = new Map()

  fold(fact: GatewayFact): void {
    if (fact.type === 'blind.begun') this.begun.set(fact.source, fact)
    if (fact.type !== 'blind.passed') return
    this.begun.delete(fact.source)
    this.passed.push(fact)
    if (this.passed.length > KEPT) this.passed.shift()
  }

  adopt(passed: readonly BlindWindow[], begun: readonly Deafness[]): void {
    this.passed.push(...passed)
    for (const each of begun) this.begun.set(each.source, each)
  }
}
