// What is wrong in the words of Alertmanager: an alert is known by its labels. They name what stays the same from one bad spell
// to the next, so that a silence made from an alert covers the next one, too.
import type { Severity, Terms } from './heartbeat.ts'
import type { Incident } from './incident.ts'
import type { Name } from './names.ts'
import { describeScope, type Storm } from './storm.ts'
import type { Verdict } from './verdict.ts'

/** An incident or a storm, as far as labels tell it. */
export type AlertSubject = {
  /** Its id. */
  readonly about: string
  readonly name?: Name
  readonly terms?: Pick<Terms, 'tags' | 'group' | 'owner'>
  readonly severity: Severity
  readonly verdict?: Verdict
  readonly policy?: string
  /** Of a storm: `group hall-7`, `mqtt`, `all`. */
  readonly scope?: string
}

export function incidentSubject(incident: Incident, terms: AlertSubject['terms']): AlertSubject {
  const { id, heartbeat, severity, verdict, policy } = incident
  return { about: id, name: heartbeat, ...(terms !== undefined && { terms }), severity, verdict, policy: policy.name }
}

export function stormSubject({ id, scope, severity, policy }: Storm): AlertSubject {
  const terms = { tags: [], owner: '', group: scope.kind === 'group' ? scope.group : '' }
  return { about: id, terms, severity, policy: policy.name, scope: describeScope(scope) }
}

export type Labels = Readonly<Record<string, string>>

/** Every label that an alert of ours can have, in order. */
export const ALERT_LABELS = [
  'alertname',
  'group',
  'heartbeat',
  'owner',
  'policy',
  'scope',
  'severity',
  'tags',
  'verdict',
] as const

/** What a label says; empty: nothing. `incident` is no label of an alert, but what a snooze matches. */
export function alertLabel(subject: AlertSubject, label: string): string {
  switch (label) {
    case 'alertname':
      return subject.scope === undefined ? alertName(subject.verdict) : 'OverdueStorm'
    case 'group':
      return subject.terms?.group ?? ''
    case 'heartbeat':
      return subject.name ?? ''
    case 'owner':
      return subject.terms?.owner ?? ''
    case 'policy':
      return subject.policy ?? ''
    case 'scope':
      return subject.scope ?? ''
    case 'severity':
      return subject.severity
    case 'tags':
      return tagsLabel(subject.terms?.tags ?? [])
    case 'verdict':
      return subject.verdict ?? ''
    case 'incident':
      return subject.about
    default:
      return ''
  }
}

/** Those that say something, in order. */
export function alertLabels(subject: AlertSubject): Labels {
  const labels: Record<string, string> = {}
  for (const label of ALERT_LABELS) {
    const text = alertLabel(subject, label)
    if (text !== '') labels[label] = text
  }
  return labels
}

/** `OverdueMissed`. */
export function alertName(verdict: Verdict = 'missed'): string {
  return `Overdue${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}`
}

/** `,db,nightly,`: with a comma on both sides each tag can be matched alone, by `.*,db,.*`. A comma in a tag becomes a semicolon. */
function tagsLabel(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `,${tags.map((tag) => tag.replaceAll(',', ';')).join(',')},`
}
