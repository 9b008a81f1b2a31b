// What is wrong as Prometheus shows alerting rules: a rule for each group of heartbeats and each way to be bad. Incidents and
// storms fire, what is only late or unverified is pending. The work is that of what is bad, never that of all there is.
import { type AlertSubject, alertLabels, type Labels, stormSubject } from '../domain/alert.ts'
import { inZone, zoneOf } from '../domain/explain.ts'
import type { Incident } from '../domain/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import { AlertView, type AlertWorld } from './alerts.ts'
import type { Registry } from './registry.ts'

export type RuleAlert = {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'firing' | 'pending'
  readonly activeAt: Instant
}

export type RuleState = 'firing' | 'pending' | 'inactive'

export type Rule = {
  readonly alertname: string
  readonly summary: string
  readonly state: RuleState
  /** At most so many, the newest first, each made when it is asked for. */
  alerts(most: number): Iterable<RuleAlert>
}

/** `file`: `heartbeats/<group>`; `-` stands for no group. */
export type RuleGroup = { readonly file: string; readonly name: string; readonly rules: readonly Rule[] }

export type RuleWorld = AlertWorld & { readonly registry: AlertWorld['registry'] & Pick<Registry, 'withVerdict'> }

/** Of those that are late or unverified so many are shown: after a long night it may be everybody. */
export const MOST_PENDING = 1_000

/** In order; `quiet`: groups that are shown although all is well there. */
export function ruleGroups(world: RuleWorld, quiet: Iterable<string>): readonly RuleGroup[] {
  const bad = new Map<string, Bad>()
  const of = (group: string): Bad => {
    const known = bad.get(group) ?? { incidents: new Map(), waiting: new Map() }
    bad.set(group, known)
    return known
  }
  for (const group of quiet) of(group)
  const { registry } = world
  for (const incident of registry.open()) {
    const group = registry.roster.termsOf(registry.find(incident.heartbeat))?.group ?? ''
    add(of(group).incidents, incident.verdict, incident)
  }
  let shown = 0
  for (const verdict of PENDING)
    for (const number of registry.withVerdict(verdict)) {
      if (shown++ >= MOST_PENDING) break
      add(of(registry.roster.termsOf(number)?.group ?? '').waiting, verdict, number)
    }
  const view = new AlertView(world, [])
  const groups = [...bad].map(([group, found]) => groupOf(group, found, view, world))
  return [...groups, stormGroup(view, world)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** Of all rules, one after the other. */
export function* alertsOfAll(world: RuleWorld, most: number): Iterable<RuleAlert> {
  let left = most
  for (const { rules } of ruleGroups(world, []))
    for (const rule of rules)
      for (const alert of rule.alerts(left)) {
        yield alert
        left--
      }
}

export function keyOf({ file, name }: Pick<RuleGroup, 'file' | 'name'>): string {
  return `${file};${name}`
}

type Bad = { readonly incidents: Map<Verdict, Incident[]>; readonly waiting: Map<Verdict, number[]> }

const PENDING = ['late', 'unverified'] as const
const CONDITIONS = {
  late: 'It is past due and inside its grace',
  missed: 'Its deadline passed without an ok',
  failed: 'It said that it failed',
  overrun: 'A run did not end within its limit',
  slow: 'A run takes much longer than usual',
  unverified: 'It was expected while the gateway could not hear',
} as const satisfies Partial<Record<Verdict, string>>

function add<T>(lists: Map<Verdict, T[]>, verdict: Verdict, one: T): void {
  const list = lists.get(verdict)
  if (list === undefined) lists.set(verdict, [one])
  else list.push(one)
}

function groupOf(group: string, { incidents, waiting }: Bad, view: AlertView, world: RuleWorld): RuleGroup {
  const name = group || '-'
  const rules = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).map((verdict): Rule => {
    const firing = incidents.get(verdict) ?? []
    const pending = waiting.get(verdict) ?? []
    return {
      alertname: alertLabels({ about: '', severity: 'critical', verdict })['alertname'] as string,
      summary: CONDITIONS[verdict],
      state: firing.length > 0 ? 'firing' : pending.length > 0 ? 'pending' : 'inactive',
      *alerts(most) {
        for (const incident of newest(firing, most))
          yield firingAlert(view.incident(incident, view.subjectOf(incident)))
        for (const number of pending.slice(0, Math.max(0, most - firing.length))) yield* pendingAlert(number, world)
      },
    }
  })
  return { file: `heartbeats/${name}`, name, rules }
}

function stormGroup(view: AlertView, { registry }: RuleWorld): RuleGroup {
  const { storms } = registry.casebook
  const open = [...storms.open()]
  const rule: Rule = {
    alertname: 'OverdueStorm',
    summary: 'Many heartbeats that have something in common are bad',
    state: open.length > 0 ? 'firing' : 'inactive',
    *alerts(most) {
      for (const storm of newest(open, most)) yield firingAlert(view.storm(storm, stormSubject(storm)))
    },
  }
  return { file: 'storms', name: 'storms', rules: [rule] }
}

function newest<T>(list: readonly T[], most: number): readonly T[] {
  return most === 0 ? [] : list.slice(-most).toReversed()
}

function firingAlert({ labels, annotations, startsAt }: ReturnType<AlertView['incident']>): RuleAlert {
  return { labels, annotations, state: 'firing', activeAt: startsAt }
}

/** None, if it was removed meanwhile. */
function* pendingAlert(number: number, { registry, scene }: RuleWorld): Iterable<RuleAlert> {
  if (registry.roster.termsOf(number) === undefined) return
  const { name, terms, state } = registry.heartbeat(number)
  const { verdict, since, deadlineAt } = state
  const { severity = 'critical', policy, description } = terms
  const subject: AlertSubject = { about: '', name, terms, severity, verdict, policy }
  const zone = zoneOf(terms, scene().zone)
  const next = Number.isFinite(deadlineAt) ? `; it is missed after ${inZone(deadlineAt, zone)}` : ''
  const summary = `${name} is ${verdict} since ${inZone(since, zone)}${next}`
  yield {
    ...{ labels: alertLabels(subject), state: 'pending', activeAt: since },
    annotations: { summary, ...(description !== '' && { description }) },
  }
}
