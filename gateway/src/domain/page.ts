// What a page says, as its receiver reads it: the same for every channel, made when it is sent.

import type { PageKind } from './fact.ts'
import type { Terms } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { pagedChannels } from './incident.ts'
import { describeSchedule } from './schedule.ts'
import { formatDuration, formatInstant, type Instant } from './time.ts'

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
  /** Everyone who was paged about it so far, as paths. */
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

export type PageSubject = {
  readonly id: string
  readonly kind: PageKind
  readonly channel: string
  readonly step: number
  readonly queuedAt: Instant
  readonly attempt: number
}

export function incidentPage(
  subject: PageSubject,
  incident: Incident,
  terms: Terms | undefined,
  url: string,
): PageBody {
  return {
    type: subject.kind,
    id: subject.id,
    at: formatInstant(subject.queuedAt),
    text: headline(subject.kind, incident),
    incident: {
      id: incident.id,
      heartbeat: incident.heartbeat,
      verdict: incident.verdict,
      severity: incident.severity,
      state: incident.state,
      openedAt: formatInstant(incident.openedAt),
      seenAt: formatInstant(incident.seenAt),
      deadlineAt: orNull(incident.deadlineAt),
      acknowledgedAt: orNull(incident.acknowledgedAt),
      acknowledgedBy: incident.acknowledgedBy ?? null,
      resolvedAt: orNull(incident.resolvedAt),
      resolvedBy: incident.resolvedBy ?? null,
      paged: pagedChannels(incident),
    },
    heartbeat: {
      name: incident.heartbeat,
      owner: terms?.owner ?? '',
      description: terms?.description ?? '',
      tags: terms?.tags ?? [],
      group: terms?.group ?? '',
      schedule: terms === undefined ? '' : describeSchedule(terms.schedule),
    },
    page: { step: subject.step + 1, attempt: subject.attempt, target: subject.channel },
    explanation: incident.explanation,
    links: linksTo(incident, terms, url),
  }
}

export function noticePage(subject: PageSubject, text: string, url: string): PageBody {
  return {
    type: subject.kind,
    id: subject.id,
    at: formatInstant(subject.queuedAt),
    text,
    page: { step: 0, attempt: subject.attempt, target: subject.channel },
    explanation: text,
    links: { gateway: url },
  }
}

/** What and since when, in one line. */
function headline(kind: PageKind, incident: Incident): string {
  const since = formatInstant(incident.openedAt)
  switch (kind) {
    case 'incident.resolved':
      return `${incident.heartbeat} is resolved after ${formatDuration((incident.resolvedAt ?? incident.openedAt) - incident.openedAt)} (by ${incident.resolvedBy ?? 'heartbeat'})`
    case 'incident.acknowledged':
      return `${incident.heartbeat} is ${incident.verdict} since ${since}, acknowledged by ${incident.acknowledgedBy ?? 'somebody'}`
    default:
      return `${incident.heartbeat} is ${incident.verdict} since ${since}`
  }
}

function linksTo(incident: Incident, terms: Terms | undefined, url: string): Readonly<Record<string, string>> {
  const api = `${url}/api/v1`
  return {
    incident: `${api}/incidents/${incident.id}`,
    acknowledge: `${api}/incidents/${incident.id}/acknowledge`,
    resolve: `${api}/incidents/${incident.id}/resolve`,
    heartbeat: `${api}/heartbeats/${encodeURIComponent(incident.heartbeat)}`,
    explain: `${api}/heartbeats/${encodeURIComponent(incident.heartbeat)}/explain`,
    ...(terms === undefined || terms.runbook === '' ? {} : { runbook: terms.runbook }),
  }
}

function orNull(at: Instant | undefined): string | null {
  return at === undefined ? null : formatInstant(at)
}
