// What the gateway shows of policies: their steps, as they stand in the configuration.
import type { Policy, Step } from '../domain/escalation.ts'
import type { Severity } from '../domain/heartbeat.ts'
import type { Duration } from '../domain/time.ts'
import type { List } from './read.ts'

export type PolicyItem = {
  readonly name: string
  readonly ackTimeoutMs: Duration
  readonly fallback: readonly string[]
  readonly steps: readonly StepItem[]
}

export type StepItem = {
  readonly afterMs: Duration
  readonly page: readonly string[]
  /** Null: for every severity. */
  readonly severity: Severity | null
  /** Null: at any hour. */
  readonly hours: {
    readonly window: string
    readonly on: string
    readonly zone: string
    readonly outside: 'wait' | 'skip'
  } | null
  readonly repeat: { readonly everyMs: Duration; readonly times: number } | null
}

export function listPolicies(policies: Iterable<Policy>): List<PolicyItem> {
  const items = [...policies].map(({ name, ackTimeout, fallback, steps }) => ({
    ...{ name, ackTimeoutMs: ackTimeout, fallback },
    steps: steps.map(stepItem),
  }))
  return { items, next: null }
}

function stepItem({ after, page, severity, during, repeat }: Step): StepItem {
  return {
    ...{ afterMs: after, page, severity: severity ?? null },
    hours: during ? { window: during.window, on: during.on, zone: during.zone, outside: during.otherwise } : null,
    repeat: repeat ? { everyMs: repeat.every, times: repeat.times } : null,
  }
}
