// Who is paged at which step of an incident. A policy is copied into the incident when it opens.
import type { Severity } from './heartbeat.ts'
import { type Duration, type Instant, MINUTE, NEVER } from './time.ts'

export type Step = {
  /** From the opening of the incident, or from the last rise of its severity. */
  readonly after: Duration
  /** Names of channels. */
  readonly page: readonly string[]
  /** Only for incidents of this severity; absent: for all. */
  readonly severity?: Severity
  readonly repeat?: { readonly every: Duration; readonly times: number }
}

export type Policy = { readonly name: string; readonly ackTimeout: Duration; readonly steps: readonly Step[] }

export const ACK_TIMEOUT: Duration = 30 * MINUTE
export const NO_POLICY: Policy = { name: '', ackTimeout: ACK_TIMEOUT, steps: [] }

/** One time at which somebody is to be paged: the step, and which of its repeats. */
export type Turn = { readonly step: number; readonly repeat: number; readonly at: Instant }

/** Every turn of a policy for an escalation that began at `beganAt`, in order of time; ties keep the order of the steps. */
export function turnsOf(policy: Policy, severity: Severity, beganAt: Instant): readonly Turn[] {
  const turns: Turn[] = []
  policy.steps.forEach((step, index) => {
    if (step.severity !== undefined && step.severity !== severity) return
    for (let repeat = 0; repeat <= (step.repeat?.times ?? 0); repeat++)
      turns.push({ step: index, repeat, at: beganAt + step.after + repeat * (step.repeat?.every ?? 0) })
  })
  return turns.sort((a, b) => a.at - b.at)
}

/** When the turn number `taken` comes; NEVER when all were taken. */
export function turnAt(turns: readonly Turn[], taken: number): Instant {
  return turns[taken]?.at ?? NEVER
}
