// The lists at the top of a dashboard: which InfluxDB, which group, which heartbeat, and where the console is.
import { DATASOURCE, IN_GROUP, NAMED } from './query.ts'

export type Variable = { readonly name: string; readonly type: string } & Readonly<Record<string, unknown>>

/** Any InfluxDB data source that speaks InfluxQL: the files name none. */
export const INFLUX: Variable = {
  name: 'datasource',
  label: 'InfluxDB',
  type: 'datasource',
  query: 'influxdb',
  refresh: 1,
  regex: '',
  multi: false,
  includeAll: false,
  hide: 0,
  options: [],
  current: {},
}

export const GROUP: Variable = many('group', 'Group', 'SHOW TAG VALUES FROM "hb_fleet" WITH KEY = "group"')
export const OWNER: Variable = many(
  'owner',
  'Owner',
  `SHOW TAG VALUES FROM "hb_state" WITH KEY = "owner" WHERE ${IN_GROUP}`,
)
/** Only those who have had an incident: the list of all costs a look at every heartbeat. */
export const OWNER_OF_INCIDENT: Variable = many(
  'owner',
  'Owner',
  `SHOW TAG VALUES FROM "hb_incident" WITH KEY = "owner" WHERE ${IN_GROUP}`,
)
export const INSTANCE: Variable = many(
  'instance',
  'Instance',
  'SHOW TAG VALUES FROM "hb_gateway" WITH KEY = "instance"',
)

/** Part of a name: a browser can't list a hundred thousand of them. */
export const SEARCH: Variable = textbox('search', 'Name has', '')

/**
 * One heartbeat of at most 1000 that fit. It is read once a visit and not again with the time range, because a name that a link
 * brought and that is not among them would then be replaced.
 */
export const HEARTBEAT: Variable = {
  ...query(
    'heartbeat',
    'Heartbeat',
    `SHOW TAG VALUES FROM "hb_state" WITH KEY = "heartbeat" WHERE ${IN_GROUP} AND ${NAMED} LIMIT 1000`,
  ),
  refresh: 1,
  multi: false,
  includeAll: false,
}

export const CONSOLE: Variable = textbox('console', 'Console', 'http://localhost:8080')

function many(name: string, label: string, text: string): Variable {
  const all = { selected: true, text: ['All'], value: ['$__all'] }
  return { ...query(name, label, text), multi: true, includeAll: true, allValue: '.*', current: all }
}

function query(name: string, label: string, text: string): Variable {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: text,
    definition: text,
    refresh: 2,
    regex: '',
    sort: 1,
    hide: 0,
    options: [],
    current: {},
  }
}

function textbox(name: string, label: string, value: string): Variable {
  const current = { selected: true, text: value, value }
  return { name, label, type: 'textbox', query: value, hide: 0, options: [current], current }
}
