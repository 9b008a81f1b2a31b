// What Grafana does to a query before InfluxDB sees it, and to the answer before a panel sees it: as in its sources, for the formats
// that the dashboards use (public/app/features/templating, pkg/tsdb/influxdb/influxql).
import type { Panel } from '../build/panel.ts'
import type { Query } from '../build/query.ts'

/** A list is what several values of a variable are; All is `all`, which no format escapes. */
export type Value = string | readonly string[] | { readonly all: string }
export type Values = Readonly<Record<string, Value>>
export type Range = { readonly from: number; readonly to: number }
export type Answer = {
  readonly columns: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
  readonly values: readonly (readonly unknown[])[]
}
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }

const SECOND = 1000
const STEPS = [10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
const POINTS = 1000

export function spanOf(duration: string): number {
  const [, amount = '', unit = ''] = /^(?:now-)?(\d+)([smhd])$/.exec(duration) ?? []
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit]
  if (seconds === undefined) throw new Error(`${duration} is no span`)
  return Number(amount) * seconds * SECOND
}

/** The range of a panel, and the interval that Grafana makes of it. */
export function rangeOf(
  panel: Pick<Panel, 'timeFrom' | 'interval'>,
  span: string,
  now: number,
): Range & { interval: number } {
  const length = spanOf(panel.timeFrom ?? span)
  const least = spanOf(panel.interval ?? '10s')
  const wanted = Math.max(least, length / POINTS)
  const interval = Math.max(least, (STEPS.find((step) => step * SECOND >= wanted) ?? 86_400) * SECOND)
  return { from: now - length, to: now, interval }
}

export function interpolate(text: string, values: Values, range: Range & { interval: number }): string {
  return text
    .replaceAll(/\$\{(\w+)(?::(\w+))?\}/g, (_, name: string, format?: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`\${${name}} is no variable of this dashboard`)
      return formatted(value, format)
    })
    .replaceAll('$timeFilter', `time >= ${range.from}ms and time <= ${range.to}ms`)
    .replaceAll('$__interval_ms', String(range.interval))
    .replaceAll('$__interval', `${range.interval / SECOND}s`)
}

/** As a panel gets it: one table with the tags as columns, or one series a column and group, named by the alias. */
export function frameOf(answer: readonly Answer[], { resultFormat, alias }: Query): Table {
  if (resultFormat === 'table') {
    const [first] = answer
    if (first === undefined) return { columns: [], rows: [] }
    const tags = Object.keys(first.tags ?? {})
    return {
      columns: ['Time', ...tags, ...first.columns.slice(1)],
      rows: answer.flatMap(({ tags: own = {}, values }) =>
        values.map(([time, ...others]) => [time, ...tags.map((tag) => own[tag]), ...others]),
      ),
    }
  }
  const named = answer.flatMap(({ columns, tags = {}, values }) =>
    columns.slice(1).map((name, index) => ({
      name: (alias ?? '').replaceAll(/\$tag_(\w+)|\$col/g, (what, tag?: string) =>
        what === '$col' ? name : (tags[tag ?? ''] ?? ''),
      ),
      rows: values.filter((row) => row[index + 1] !== null).map((row) => [row[0], row[index + 1]]),
    })),
  )
  return { columns: named.map(({ name }) => name), rows: named.flatMap(({ rows }) => rows) }
}

function formatted(value: Value, format?: string): string {
  if (typeof value === 'object' && 'all' in value) return value.all
  const list = typeof value === 'string' ? [value] : value
  if (format !== 'regex') return list.join(',')
  const escaped = list.map((one) => one.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&'))
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`
}
