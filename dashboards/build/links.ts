// Where things lead: from a heartbeat to its dashboard and to its page in the console, and from each dashboard to the others.
import type { Link } from './panel.ts'

export const UID = {
  overview: 'overdue-overview',
  fleet: 'overdue-fleet',
  heartbeat: 'overdue-heartbeat',
  oncall: 'overdue-oncall',
  gateway: 'overdue-gateway',
} as const

/** From a row or a point that has a heartbeat, in the same range and from the same InfluxDB. */
export const OF_ROW: readonly Link[] = [
  {
    title: 'Dashboard of ${__data.fields.heartbeat}',
    url: `/d/${UID.heartbeat}?var-heartbeat=\${__data.fields.heartbeat}&\${datasource:queryparam}&\${__url_time_range}`,
    targetBlank: false,
  },
  {
    title: '${__data.fields.heartbeat} in the console, with its runbook',
    url: '${console}/heartbeats/${__data.fields.heartbeat:percentencode}',
    targetBlank: true,
  },
]

/** The same, where the heartbeat is a label of the series. */
export const OF_SERIES: readonly Link[] = [
  {
    title: 'Dashboard of ${__field.labels.heartbeat}',
    url: `/d/${UID.heartbeat}?var-heartbeat=\${__field.labels.heartbeat}&\${datasource:queryparam}&\${__url_time_range}`,
    targetBlank: false,
  },
]

export const GROUP_OF_ROW: readonly Link[] = [
  {
    title: 'Group ${__data.fields.group} in the fleet',
    url: `/d/${UID.fleet}?var-group=\${__data.fields.group}&\${datasource:queryparam}&\${__url_time_range}`,
    targetBlank: false,
  },
]

/** In the head of each dashboard. */
export const DASHBOARD_LINKS: readonly unknown[] = [
  {
    type: 'dashboards',
    title: 'Overdue',
    tags: ['overdue'],
    asDropdown: false,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
    icon: 'external link',
    tooltip: '',
    url: '',
  },
  {
    type: 'link',
    title: 'Console',
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    targetBlank: true,
    icon: 'external link',
    tooltip: "The gateway's own pages: acknowledge, silence, explain",
    url: '${console}',
  },
]
