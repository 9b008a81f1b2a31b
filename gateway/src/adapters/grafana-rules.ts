// The part of Prometheus' API that shows alerting rules and what fires, for Grafana's list of rules and its alert lists.
import { MOST_ALERTS } from '../app/alerts.ts'
import type { KnownGroups } from '../app/known-groups.ts'
import {
  alertsOfAll,
  keyOf,
  type Rule,
  type RuleAlert,
  type RuleGroup,
  type RuleWorld,
  ruleGroups,
} from '../app/rules.ts'
import { isFitting } from '../domain/matcher.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { JSON_TYPE, type RawQuery, textsOf } from './grafana-asked.ts'
import { PROMETHEUS, refuse, succeed } from './grafana-prometheus.ts'
import { readSelector } from './grafana-selector.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { inTurns } from './in-turns.ts'

export type RulesWorld = RuleWorld & {
  readonly groups: KnownGroups
  now(): Instant
  lastTickAt(): Instant
}

export function ruleRoutes(world: RulesWorld): readonly Route[] {
  const route = (path: string, summary: string, answer: (asked: Asked<RawQuery>) => Promise<Answer>): Route => ({
    ...{ method: 'GET', path: `${PROMETHEUS}${path}`, for: 'grafana', docs: { summary }, answer },
  })
  return [
    route('/rules', 'A rule for each group and each way to be bad', ({ query }) => rules(world, query)),
    route('/alerts', 'What fires, and what is pending', async () =>
      succeed({ alerts: await inTurns(alertsOfAll(world, MOST_ALERTS), alertItem) }),
    ),
  ]
}

type Budget = { left: number }

/** What is beyond is on the next page. */
const MOST_GROUPS_SHOWN = 1_000
/** Of each rule the newest: nobody reads more. */
const MOST_IN_RULE = 1_000

async function rules(world: RulesWorld, query: RawQuery): Promise<Answer> {
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
  const page = shown.slice(0, Math.min(Number(limit) || MOST_GROUPS_SHOWN, MOST_GROUPS_SHOWN))
  const last = page.at(-1)
  const budget = { left: textsOf(query, 'exclude_alerts')[0] === 'true' ? 0 : MOST_ALERTS }
  const evaluation = { lastEvaluation: formatInstant(world.lastTickAt()), evaluationTime: 0 }
  const all = page.flatMap((group) => group.rules.map((rule) => ({ group, rule })))
  const texts = await inTurns(all, ({ group, rule }) => ({
    group,
    text: JSON.stringify({ ...ruleItem(rule, group, budget), ...evaluation }),
  }))
  const written = Map.groupBy(texts, ({ group }) => group)
  const groups = page.map((group) => {
    const { name, file } = group
    const head = JSON.stringify({ name, file, interval: 1, limit: 0, ...evaluation })
    const own = written.get(group)?.map(({ text }) => text) ?? []
    return `${head.slice(0, -1)},"rules":[${own.join(',')}]}`
  })
  const isMore = last !== undefined && page.length < shown.length
  const next = isMore ? `,"groupNextToken":"${Buffer.from(keyOf(last)).toString('base64url')}"` : ''
  const text = `{"status":"success","data":{"groups":[${groups.join(',')}]${next}}}`
  return { status: 200, text, type: JSON_TYPE }
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

function ruleItem(rule: Rule, group: RuleGroup, budget: Budget): object {
  const { alertname, state, summary } = rule
  const labels = labelsOf(group)
  const inGroup = group.file === 'storms' ? '' : `, group="${labels['group'] ?? ''}"`
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
  const alerts = Array.from(rule.alerts(Math.min(budget.left, MOST_IN_RULE)), alertItem)
  budget.left -= alerts.length
  return alerts
}

function alertItem({ activeAt, ...alert }: RuleAlert): object {
  return { ...alert, activeAt: formatInstant(activeAt), value: '1e+00' }
}
