// What a page says, as its receiver reads it: the same for every channel, made when it is sent.

import type { PageKind } from './fact.ts'
import type { Terms } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import { pagedChannels } from './incident.ts'
import { describeSchedule } from './schedule.ts'
import { formatDuration, formatInstant, type Instant } from './time.ts'

export type PageBody = {
  readonly type: PageKind
  /** Stable over retries. */
  readonly id: string
  readonly at: string
  readonly text: string
  readonly incident?: Readonly<Record<string, unknown>>
  readonly heartbeat?: Readonly<Record<string, unknown>>
  readonly page: { readonly step: number; readonly attempt: number; readonly target: string }
  readonly explanation: string
  readonly links: Readonly<Record<string, string>>
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
