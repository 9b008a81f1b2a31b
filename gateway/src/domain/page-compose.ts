// A page put together when it is sent: what it is about as it is then, and the links by which it is answered.
import { type Escalation, pagedChannels, pagedPaths } from './escalation.ts'
import { zoneOf } from './explain.ts'
import type { PageKind } from './fact.ts'
import type { Terms } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import type { HeartbeatOnPage, PageBody, PageLinks, PageState } from './page.ts'
import { incidentHeadline, stormHeadline } from './page-headline.ts'
import { describeSchedule } from './schedule.ts'
import { describeScope, type Members, type Storm } from './storm.ts'
import { formatInstant, type Instant } from './time.ts'

export type PageSubject = {
  readonly id: string
  readonly kind: PageKind
  readonly channel: string
  readonly path: string
  readonly step: number
  readonly queuedAt: Instant
  readonly attempt: number
}

/** What a page needs beyond its subject: how links begin, a zone, and the links by which it is answered without a login. */
export type PageSetting = {
  readonly url: string
  /** Of what is said about heartbeats whose schedule has none. */
  readonly zone: string
  answers(about: string, page: string, by: string): PageLinks
}

export function incidentPage(
  subject: PageSubject,
  incident: Incident,
  terms: Terms | undefined,
  setting: PageSetting,
): PageBody {
  const { url } = setting
  const zone = terms === undefined ? setting.zone : zoneOf(terms, setting.zone)
  return {
    ...common(subject, incident, incidentHeadline(subject.kind, incident, zone)),
    severity: incident.severity,
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
    heartbeat: heartbeatOnPage(incident.heartbeat, terms),
    explanation: incident.explanation,
    links: {
      ...answersTo(subject, incident, setting),
      incident: `${url}/incidents/${incident.id}`,
      ...heartbeatLinks(incident.heartbeat, terms, url),
      gateway: url,
    },
  }
}

export function stormPage(
  subject: PageSubject,
  storm: Storm,
  members: Members,
  names: readonly string[],
  setting: PageSetting,
): PageBody {
  const { url } = setting
  return {
    ...common(subject, storm, stormHeadline(subject.kind, storm, members, setting.zone)),
    severity: storm.severity,
    storm: {
      id: storm.id,
      scope: describeScope(storm.scope),
      state: storm.state,
      openedAt: formatInstant(storm.openedAt),
      resolvedAt: orNull(storm.resolvedAt),
      heartbeats: members.all,
      open: members.open,
      size: storm.size,
      names,
    },
    explanation: storm.explanation,
    links: {
      ...answersTo(subject, storm, setting),
      incident: `${url}/incidents/${storm.id}`,
      gateway: url,
    },
  }
}

/** About the gateway itself; `about` ties what belongs together. */
export function noticePage(
  subject: PageSubject,
  { text, about, explanation }: { readonly text: string; readonly about: string; readonly explanation?: string },
  heartbeat: HeartbeatOnPage | undefined,
  url: string,
): PageBody {
  const { id, kind, queuedAt, path } = subject
  return {
    ...{ type: kind, id, at: formatInstant(queuedAt), text, about },
    state: kind === 'channel.recovered' ? 'resolved' : 'triggered',
    severity: kind === 'channel.failed' ? 'critical' : 'info',
    ...(heartbeat !== undefined && { heartbeat }),
    page: { step: subject.step + 1, attempt: subject.attempt, target: subject.channel, path },
    explanation: explanation ?? text,
    paged: [],
    links: { gateway: url },
  }
}

export function heartbeatOnPage(name: string, terms: Terms | undefined): HeartbeatOnPage {
  return {
    name,
    owner: terms?.owner ?? '',
    description: terms?.description ?? '',
    tags: terms?.tags ?? [],
    group: terms?.group ?? '',
    schedule: terms === undefined ? '' : describeSchedule(terms.schedule),
  }
}

function common(
  subject: PageSubject,
  escalation: Escalation,
  text: string,
): Pick<PageBody, 'type' | 'id' | 'at' | 'text' | 'about' | 'state' | 'page' | 'paged'> {
  const { id, kind, channel, path, step, queuedAt, attempt } = subject
  return {
    ...{ type: kind, id, at: formatInstant(queuedAt), text, about: escalation.id, state: stateOf(kind) },
    page: { step: step + 1, attempt, target: channel, path },
    paged: pagedPaths(escalation).filter((other) => other !== path),
  }
}

/** What the page said when it was decided, whatever became of it since. */
function stateOf(kind: PageKind): PageState {
  if (kind.endsWith('.resolved')) return 'resolved'
  return kind.endsWith('.acknowledged') || kind.endsWith('.expiring') ? 'acknowledged' : 'triggered'
}

function answersTo({ id, path }: PageSubject, escalation: Escalation, setting: PageSetting): PageLinks {
  // The responder, where there is one, else the channel.
  const by = path.split(' › ').at(-2) ?? path
  return setting.answers(escalation.id, id, by === 'fallback' ? (path.split(' › ').at(-1) as string) : by)
}

/** To pages for people: the heartbeat's own explains it. */
function heartbeatLinks(name: string, terms: Terms | undefined, url: string): PageLinks {
  const heartbeat = `${url}/heartbeats/${encodeURIComponent(name)}`
  const runbook = terms?.runbook ?? ''
  return { heartbeat, explain: heartbeat, ...(runbook !== '' && { runbook }) }
}

function orNull(at: Instant | undefined): string | null {
  return at === undefined ? null : formatInstant(at)
}
