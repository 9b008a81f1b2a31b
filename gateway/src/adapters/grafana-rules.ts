// The part of Prometheus' API that shows alerting rules and what fires, for Grafana's list of rules and its alert lists.
import { MOST_ALERTS } from '../app/alerts.ts'
import type { KnownGroups } from '../app/known-groups.ts'
import { keyOf, type Rule, type RuleAlert, type RuleGroup, type RuleWorld, ruleGroups } from '../app/rules.ts'
import { isFitting } from '../domain/matcher.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { type RawQuery, textsOf } from './grafana-asked.ts'
import { PROMETHEUS, refuse, succeed } from './grafana-prometheus.ts'
import { readSelector } from './grafana-selector.ts'
import type { Answer, Asked, Route } from './http-route.ts'

export type RulesWorld = RuleWorld & {
  readonly groups: KnownGroups
  now(): Instant
  lastTickAt(): Instant
}

export function ruleRoutes(world: RulesWorld): readonly Route[] {
  const route = (path: string, summary: string, answer: (asked: Asked<RawQuery>) => Answer): Route => ({
    ...{ method: 'GET', path: `${PROMETHEUS}${path}`, for: 'grafana', docs: { summary }, answer },
  })
  return [
    route('/rules', 'A rule for each group and each way to be bad', ({ query }) => rules(world, query)),
    route('/alerts', 'What fires, and what is pending', () => {
      const groups = ruleGroups(world, [])
      const budget = { left: MOST_ALERTS }
      return succeed({ alerts: groups.flatMap(({ rules: all }) => all.flatMap((rule) => alertsOf(rule, budget))) })
    }),
  ]
}

type Budget = { left: number }

function rules(world: RulesWorld, query: RawQuery): Answer {
  const limit = textsOf(query, 'group_limit')[0]
  const token = textsOf(query, 'group_next_token')[0] ?? ''
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    return refuse(`group_limit: expected a number, got ${JSON.stringify(limit)}`)
  const fits = wishOf(query)
  if (fits === undefined) return refuse('match[]: expected a selector such as {severity="critical"}')
  const after = Buffer.from(token, 'base64url').toString()
  const shown = ruleGroups(world, world.groups.at(world.now()))
    .filter((group) => keyOf(group) > after)
    .flatMap((group) => {
      const kept = group.rules.filter((rule) => fits(group, rule))
      return kept.length === 0 ? [] : [{ ...group, rules: kept }]
    })
  const page = shown.slice(0, Number(limit) || shown.length)
  const last = page.at(-1)
  const budget = { left: textsOf(query, 'exclude_alerts')[0] === 'true' ? 0 : MOST_ALERTS }
  const evaluation = { lastEvaluation: formatInstant(world.lastTickAt()), evaluationTime: 0 }
  return succeed({
    groups: page.map(({ file, name, rules: all }) => ({
      ...{ name, file, interval: 1, limit: 0, ...evaluation },
      rules: all.map((rule) => ({ ...ruleItem(rule, file, name, budget), ...evaluation })),
    })),
    ...(last !== undefined &&
      page.length < shown.length && { groupNextToken: Buffer.from(keyOf(last)).toString('base64url') }),
  })
}

/** Undefined: a selector that can't be read. */
function wishOf(query: RawQuery): ((group: RuleGroup, rule: Rule) => boolean) | undefined {
  const one = (...names: readonly string[]): ((text: string) => boolean) => {
    const texts = names.flatMap((name) => textsOf(query, name))
    return texts.length === 0 ? () => true : (text) => texts.includes(text)
  }
  const [file, name, rule] = [one('file'), one('rule_group'), one('rule_name')]
  const selectors = textsOf(query, 'match').map(readSelector)
  if (selectors.includes(undefined)) return undefined
  const isOfAlerts = textsOf(query, 'type').every((type) => type === 'alert')
  return (group, { alertname }) =>
    isOfAlerts &&
    file(group.file) &&
    name(group.name) &&
    rule(alertname) &&
    (selectors.length === 0 ||
      selectors.some((matchers) => matchers?.every((m) => isFitting(m, labelsOf(group)[m.name] ?? ''))))
}

function ruleItem(rule: Rule, file: string, group: string, budget: Budget): object {
  const { alertname, state, summary } = rule
  const labels = labelsOf({ file, name: group })
  const inGroup = file === 'storms' ? '' : `, group="${labels['group'] ?? ''}"`
  return {
    ...{ type: 'alerting', name: alertname, health: 'ok', state, duration: 0, keepFiringFor: 0 },
    query: `ALERTS{alertname="${alertname}"${inGroup}}`,
    labels,
    annotations: { summary },
    alerts: alertsOf(rule, budget),
  }
}

function labelsOf({ file, name }: Pick<RuleGroup, 'file' | 'name'>): Readonly<Record<string, string>> {
  return file === 'storms' || name === '-' ? {} : { group: name }
}

function alertsOf(rule: Rule, budget: Budget): readonly object[] {
  const alerts = rule.alerts(budget.left)
  budget.left -= alerts.length
  return alerts.map(({ activeAt, ...alert }: RuleAlert) => ({
    ...alert,
    activeAt: formatInstant(activeAt),
    value: '1e+00',
  }))
}
