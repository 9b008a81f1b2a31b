// What a page is, as its receiver reads it: the same for every channel.
import type { PageKind } from './fact.ts'
import type { Severity } from './heartbeat.ts'

/** How a receiver that knows only open and closed reads a page. */
export type PageState = 'triggered' | 'acknowledged' | 'resolved'

export type PageBody = {
  readonly type: PageKind
  /** Stable over retries. */
  readonly id: string
  readonly at: string
  /** What and since when, in one line. */
  readonly text: string
  /** What it is about: the id of an incident, a storm, a drill … The same for its trigger and its end. */
  readonly about: string
  readonly state: PageState
  readonly severity: Severity | 'info'
  readonly incident?: IncidentOnPage
  readonly storm?: StormOnPage
  readonly heartbeat?: HeartbeatOnPage
  /** `path` is the way from the policy to the channel: `primary › ana › ops`. */
  readonly page: { readonly step: number; readonly attempt: number; readonly target: string; readonly path: string }
  readonly explanation: string
  /** Who else was paged about it so far, as paths. */
  readonly paged: readonly string[]
  readonly links: PageLinks
}

/** Complete URLs. `acknowledge`, `resolve`, `silence` and `snooze` lead to a page with one button and need no login. */
export type PageLinks = {
  readonly acknowledge?: string
  readonly resolve?: string
  readonly silence?: string
  readonly snooze?: string
  readonly incident?: string
  readonly heartbeat?: string
  readonly explain?: string
  readonly runbook?: string
  readonly gateway?: string
}

export type IncidentOnPage = {
  readonly id: string
  readonly heartbeat: string
  readonly verdict: string
  readonly severity: Severity
  readonly state: PageState
  readonly openedAt: string
  readonly seenAt: string
  readonly deadlineAt: string | null
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  readonly resolvedAt: string | null
  readonly resolvedBy: string | null
  /** Names of channels. */
  readonly paged: readonly string[]
}

export type HeartbeatOnPage = {
  readonly name: string
  readonly owner: string
  readonly description: string
  readonly tags: readonly string[]
  readonly group: string
  readonly schedule: string
}

export type StormOnPage = {
  readonly id: string
  /** What its heartbeats have in common: `group hall-7`, `mqtt`, `all`. */
  readonly scope: string
  readonly state: PageState
  readonly openedAt: string
  readonly resolvedAt: string | null
  /** Heartbeats that were ever part of it, those that still are bad, and how many there are in the scope. */
  readonly heartbeats: number
  readonly open: number
  readonly size: number
  /** The first few. */
  readonly names: readonly string[]
}
