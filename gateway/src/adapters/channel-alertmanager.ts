// A page for what speaks Alertmanager: as the body of its webhook, version 4, or as alerts for its API, v2.
import { createHash } from 'node:crypto'
import type { Channel } from '../app/channel.ts'
import type { PageBody } from '../domain/page.ts'
import { DAY, formatInstant, type Instant } from '../domain/time.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { firstLineOf, linesBelow, mainLinkOf, webUrl, within } from './channel-words.ts'

export type AlertmanagerPlace = {
  readonly url: string
  /** `webhook` posts what Alertmanager posts; `v2` posts what it takes, below its address. */
  readonly api: 'webhook' | 'v2'
}

export function createAlertmanagerChannel({ url, api, ...options }: HttpOptions & AlertmanagerPlace): Channel {
  return createHttpChannel(composeAlertmanager({ url, api }), options)
}

export function composeAlertmanager({ url, api }: AlertmanagerPlace): Compose {
  if (api === 'webhook') return (page) => jsonPost(url, webhookBody(page))
  const place = `${url.replace(/\/+$/, '')}/api/v2/alerts`
  return (page, now) => jsonPost(place, alertsOf(page, now))
}

type Labels = Readonly<Record<string, string>>

const MOST_TEXT = 10_000
/** An alert that nobody ends stays for so long: Overdue ends it, whenever that is. */
const FAR_AHEAD = 365 * DAY
/** How Go writes "never", and Alertmanager the end of an alert that fires. */
const NEVER_ENDED = '0001-01-01T00:00:00Z'

function webhookBody(page: PageBody): object {
  const isOver = page.state === 'resolved'
  const status = isOver ? 'resolved' : 'firing'
  const labels = labelsOf(page, page.severity)
  const annotations = annotationsOf(page)
  const groupLabels = { alertname: nameOf(page), about: page.about }
  const alert = {
    status,
    labels,
    annotations,
    startsAt: startOf(page),
    endsAt: isOver ? (page.incident?.resolvedAt ?? page.storm?.resolvedAt ?? page.at) : NEVER_ENDED,
    generatorURL: mainLinkOf(page) ?? '',
    fingerprint: createHash('sha256').update(page.about).digest('hex').slice(0, 16),
  }
  return {
    receiver: page.page.target,
    status,
    alerts: [alert],
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: page.links.gateway ?? '',
    version: '4',
    groupKey: `{}:{about=${JSON.stringify(page.about)}, alertname=${JSON.stringify(nameOf(page))}}`,
    truncatedAlerts: 0,
  }
}

/**
 * Alertmanager knows an alert by all of its labels. A severity can rise while an incident is open, so its end is told for
 * every severity under which it may have begun.
 */
function alertsOf(page: PageBody, now: Instant): readonly object[] {
  const isOver = page.state === 'resolved'
  const severities = isOver ? new Set<PageBody['severity']>([page.severity, 'critical', 'warning']) : [page.severity]
  const link = mainLinkOf(page)
  return [...severities].map((severity) => ({
    labels: labelsOf(page, severity),
    annotations: annotationsOf(page),
    startsAt: startOf(page),
    endsAt: formatInstant(isOver ? now : now + FAR_AHEAD),
    ...(link !== undefined && { generatorURL: link }),
  }))
}

function startOf({ incident, storm, at }: PageBody): string {
  return incident?.openedAt ?? storm?.openedAt ?? at
}

/** `OverdueIncident`, `OverdueStorm`, `OverdueChannel`, `OverdueGateway`, `OverdueDrill`. */
function nameOf({ type }: PageBody): string {
  const [subject = ''] = type.split('.')
  return `Overdue${subject.charAt(0).toUpperCase()}${subject.slice(1)}`
}

/** Only what is the same at the beginning and at the end. */
function labelsOf(page: PageBody, severity: PageBody['severity']): Labels {
  const heartbeat = page.incident?.heartbeat ?? page.heartbeat?.name
  return {
    alertname: nameOf(page),
    about: page.about,
    ...(heartbeat !== undefined && { heartbeat }),
    ...(page.storm !== undefined && { scope: within(MOST_TEXT, page.storm.scope) }),
    severity,
  }
}

function annotationsOf(page: PageBody): Labels {
  const lines = linesBelow(page).map(({ label, text }) => [label.toLowerCase(), within(MOST_TEXT, text)] as const)
  const runbook = webUrl(page.links.runbook ?? '')
  const acknowledge = webUrl(page.links.acknowledge ?? '')
  return {
    summary: within(MOST_TEXT, firstLineOf(page)),
    ...Object.fromEntries(lines),
    state: page.state,
    ...(runbook !== undefined && { runbook_url: runbook }),
    ...(acknowledge !== undefined && { acknowledge_url: acknowledge }),
  }
}
