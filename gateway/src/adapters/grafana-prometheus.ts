// The part of Prometheus' API that Grafana asks before it shows rules, and while somebody explores: a few series that are really
// answered, and the shapes of everything else.

import { MOST_ALERTS } from '../app/alerts.ts'
import type { Registry } from '../app/registry.ts'
import { alertsOfAll, type RuleWorld } from '../app/rules.ts'
import type { Labels } from '../domain/alert.ts'
import { isFitting, type Matcher } from '../domain/matcher.ts'
import { type Instant, parseInstant, SECOND } from '../domain/time.ts'
import { VERDICTS } from '../domain/verdict.ts'
import { JSON_TYPE, type RawQuery, textsOf } from './grafana-asked.ts'
import { readSelector } from './grafana-selector.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { inTurns } from './in-turns.ts'

export const PROMETHEUS = '/grafana/prometheus/api/v1'

export type QueryWorld = RuleWorld & {
  readonly registry: RuleWorld['registry'] & Pick<Registry, 'verdicts'>
  readonly version: string
  now(): Instant
}

export function succeed(data: object): Answer {
  return { status: 200, json: { status: 'success', data } }
}

/** As Prometheus says no. */
export function refuse(error: string): Answer {
  return { status: 400, text: JSON.stringify({ status: 'error', errorType: 'bad_data', error }), type: JSON_TYPE }
}

export function prometheusRoutes(world: QueryWorld): readonly Route[] {
  const get = (
    path: string,
    summary: string,
    answer: (query: RawQuery, params: Asked['params']) => Answer | Promise<Answer>,
  ): Route => ({
    ...{ method: 'GET', path: `${PROMETHEUS}${path}`, for: 'grafana', docs: { summary } },
    answer: ({ query, params }: Asked<RawQuery>) => answer(query, params),
  })
  /** Also as a form, as Grafana asks; vmalert calls none at all JSON. */
  const both = (
    path: string,
    summary: string,
    answer: (query: RawQuery) => Answer | Promise<Answer>,
  ): readonly Route[] => [
    get(path, summary, answer),
    {
      ...{ method: 'POST', path: `${PROMETHEUS}${path}`, for: 'grafana', takesForm: 'by any name', docs: { summary } },
      answer: ({ query, body }: Asked<RawQuery, RawQuery | undefined>) => answer({ ...query, ...body }),
    },
  ]
  return [
    get('/status/buildinfo', 'What Prometheus says of itself', () => succeed(buildInfo(world.version))),
    get('/metadata', 'What the series are', () => succeed(METADATA)),
    get('/label/:name/values', 'Values of a label', (query, params) =>
      withSeries(world, query, (series) => {
        const name = params['name'] as string
        return sorted(series.flatMap(({ labels }) => (Object.hasOwn(labels, name) ? [labels[name] as string] : [])))
      }),
    ),
    ...both('/query', 'One selector or a number', (query) => instant(world, query)),
    ...both('/query_range', 'Nothing: there is no history here', () => succeed({ resultType: 'matrix', result: [] })),
    ...both('/query_exemplars', 'Nothing', () => succeed([])),
    ...both('/labels', 'Names of labels', (query) =>
      withSeries(world, query, (series) => sorted(series.flatMap(({ labels }) => Object.keys(labels)))),
    ),
    ...both('/series', 'Series by selectors', (query) =>
      withSeries(world, query, (series) => series.map(({ labels }) => labels)),
    ),
  ]
}

/** Without `features`, it is a Prometheus whose rules can't be changed from outside. */
function buildInfo(version: string): object {
  return { version: '2.55.0', revision: version, branch: 'overdue', buildUser: 'overdue', buildDate: '', goVersion: '' }
}

const METADATA = {
  overdue_heartbeats: [{ type: 'gauge', help: 'Heartbeats by verdict.', unit: '' }],
  ALERTS: [{ type: 'gauge', help: 'What fires, and what is pending.', unit: '' }],
}

type Sample = { readonly labels: Labels; readonly value: number }

async function instant(world: QueryWorld, query: RawQuery): Promise<Answer> {
  const text = textsOf(query, 'query')[0]?.trim() ?? ''
  if (text === '') return refuse('query: expected an expression, got none')
  const asked = textsOf(query, 'time')[0]
  const at = asked === undefined ? world.now() / SECOND : readTime(asked)
  if (at === undefined) return refuse(`time: expected seconds or an instant, got ${JSON.stringify(asked)}`)
  const [whole, one, other = 0] = SUM.exec(text) ?? []
  if (whole !== undefined) return succeed({ resultType: 'scalar', result: [at, String(Number(one) + Number(other))] })
  const matchers = readSelector(text)
  const found = matchers === undefined ? [] : await samples(world, matchers)
  const result = found.map(({ labels, value }) => ({ metric: labels, value: [at, String(value)] }))
  return succeed({ resultType: 'vector', result })
}

/** What Grafana asks to see whether anybody is there: `1+1`. */
const SUM = /^(\d{1,9}(?:\.\d{1,9})?)(?:\s*\+\s*(\d{1,9}(?:\.\d{1,9})?))?$/

function readTime(written: string): number | undefined {
  if (/^-?\d{1,12}(\.\d+)?$/.test(written)) return Number(written)
  const at = parseInstant(written)
  return at === undefined ? undefined : at / SECOND
}

async function withSeries(
  world: QueryWorld,
  query: RawQuery,
  show: (series: readonly Sample[]) => object,
): Promise<Answer> {
  const selectors = textsOf(query, 'match').map(readSelector)
  if (selectors.includes(undefined)) return refuse('match[]: expected a selector such as ALERTS{severity="critical"}')
  const wished = selectors.length === 0 ? [[]] : (selectors as readonly (readonly Matcher[])[])
  const found = (await Promise.all(wished.map((matchers) => samples(world, matchers)))).flat()
  return succeed(show([...new Map(found.map((sample) => [JSON.stringify(sample.labels), sample])).values()]))
}

async function samples(world: QueryWorld, matchers: readonly Matcher[]): Promise<readonly Sample[]> {
  const textOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? (labels[name] as string) : '')
  const fits = ({ labels }: Sample): boolean =>
    matchers.every((matcher) => isFitting(matcher, textOf(labels, matcher.name)))
  const isNamed = (name: string): boolean =>
    matchers.every((matcher) => matcher.name !== '__name__' || isFitting(matcher, name))
  const alerts = isNamed('ALERTS') ? alertsOfAll(world, MOST_ALERTS) : []
  const fitting = await inTurns(alerts, ({ labels, state }): readonly Sample[] => {
    const sample = { labels: { __name__: 'ALERTS', alertstate: state, ...labels }, value: 1 }
    return fits(sample) ? [sample] : []
  })
  const counts = VERDICTS.map((verdict) => ({
    labels: { __name__: 'overdue_heartbeats', verdict },
    value: world.registry.verdicts.get(verdict) ?? 0,
  }))
  return [...fitting.flat(), ...counts.filter(fits)]
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
