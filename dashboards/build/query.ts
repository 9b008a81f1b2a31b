// InfluxQL as Grafana keeps it in a panel, and the conditions that panels share. Each query is one statement that InfluxDB
// 1.x, 2.x and 3 answer alike: no Flux, no SLIMIT, no cardinality.

export const DATASOURCE = { type: 'influxdb', uid: '${datasource}' } as const

export type Query = { readonly query: string; readonly resultFormat: 'table' | 'time_series'; readonly alias?: string }
export type Target = Query & {
  readonly refId: string
  readonly datasource: typeof DATASOURCE
  readonly rawQuery: true
}

/** `All` is `.*`, so no list of a hundred thousand names ever stands in a query. */
export const IN_GROUP = '"group" =~ /^${group:regex}$/'
export const IN_OWNER = '"owner" =~ /^${owner:regex}$/'
/** Part of a name, from a text box; empty is every name. */
export const NAMED = '"heartbeat" =~ /${search:regex}/'
export const OF_INSTANCE = '"instance" =~ /^${instance:regex}$/'
export const OF_HEARTBEAT = '"heartbeat" = \'${heartbeat:raw}\''

/** One table: its columns are the tags it is grouped by and the names after AS. */
export function rows(...lines: readonly string[]): Query {
  return { query: lines.join(' '), resultFormat: 'table' }
}

/** One series a column and group, named by `alias`: `$col`, `$tag_group` or plain words. */
export function series(alias: string, ...lines: readonly string[]): Query {
  return { query: lines.join(' '), resultFormat: 'time_series', alias }
}

/** Refs are letters in the order of the queries. */
export function targets(queries: readonly Query[]): readonly Target[] {
  return queries.map((query, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    rawQuery: true,
    ...query,
  }))
}

/** Sums what each group had last in each interval, or at all without `every`. */
export function sumOfGroups(fields: readonly string[], every?: string): string {
  const [first = '', ...others] = fields
  const time = every === undefined ? '' : `time(${every}), `
  // One selector only where there is no interval: with two, the point that they come from is lost.
  const inner =
    every === undefined
      ? [`last("${first}") AS "${first}"`, ...others.map((field) => `"${field}"`)]
      : fields.map((field) => `last("${field}") AS "${field}"`)
  return [
    `SELECT ${fields.map((field) => `sum("${field}") AS "${field}"`).join(', ')}`,
    `FROM (SELECT ${inner.join(', ')} FROM "hb_fleet" WHERE $timeFilter AND ${IN_GROUP} GROUP BY ${time}"group" fill(none))`,
    'WHERE $timeFilter',
    ...(every === undefined ? [] : [`GROUP BY time(${every}) fill(none)`]),
  ].join(' ')
}
