// What each query has to answer about the story of the seed, written down by hand: columns of tables, names of series.
import type { Values } from './grafana.ts'

const GROUPS = ['-', 'backups', 'hall-7', 'workers']
const WRONG = ['Time', 'missed', 'failed', 'overrun', 'slow', 'unverified']
const BLIND = ['Time', 'blind_ms', 'unverified', 'cause', 'source', 'instance']
const STORM_LINES = ['Time', 'text', 'event', 'group']
const BLIND_LINES = ['Time', 'blind_ms', 'cause', 'source']
const VALUES = ['Time', 'key', 'value']

/** By dashboard and title, one list a query: A, B, … */
export const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  'overdue-overview': {
    'Wrong now': [WRONG],
    'Oldest overdue': [['Time', 'oldest']],
    'Open incidents': [['incidents'], ['storms']],
    'What is wrong, and since when': [['Time', 'verdict', 'heartbeat', 'owner', 'group', 'text']],
    'Who has it': [['Time', 'event', 'heartbeat', 'owner', 'by']],
    'All the others': [['Time', 'ok', 'running', 'late', 'unseen', 'paused', 'total']],
    'Wrong over time': [WRONG.slice(1)],
    'Signals heard': [['signals']],
    group: [VALUES],
    owner: [VALUES],
    Storms: [STORM_LINES],
    'Could not hear until here': [BLIND_LINES],
  },
  'overdue-fleet': {
    'Groups now': [['Time', 'group', 'bad', 'slow', 'unverified', 'late', 'ok', 'total', 'incidents', 'overdue_ms']],
    'Bad heartbeats by group': [GROUPS],
    'Not ok now': [['Time', 'verdict', 'heartbeat', 'owner', 'group', 'since', 'last_signal', 'overdue_ms', 'missed']],
    'Who was bad, and when': [[]],
    'Share that is well': [GROUPS],
    'Share that is late': [GROUPS],
    'Signals by group': [GROUPS],
    Storms: [['Time', 'event', 'group', 'open', 'by', 'text'], STORM_LINES],
    'Blind windows': [BLIND],
    'Bad again and again': [['Time', 'incidents', 'heartbeat', 'owner']],
    'Least well': [['Time', 'well', 'heartbeat']],
    'Starts of devices, lost messages': [['lost', 'starts']],
    'How old signals were': [GROUPS],
    group: [VALUES],
    owner: [VALUES],
    'Could not hear until here': [BLIND_LINES],
  },
  'overdue-heartbeat': {
    $heartbeat: [['Time', 'verdict']],
    'Since when, and what is next': [
      ['Time', 'verdict', 'owner', 'since', 'last_signal', 'due', 'deadline', 'overdue_ms', 'missed'],
    ],
    Verdict: [['verdict']],
    'Arrivals against the schedule': [['after due']],
    Duration: [['took'], ['baseline'], ['3 × baseline']],
    'Time between signals': [['gap']],
    Signals: [['ok', 'start']],
    'Share of each hour in which it was not bad': [['well']],
    'Signals and runs': [['Time', 'kind', 'run', 'duration_ms', 'lag_ms', 'gap_ms', 'exit', 'missed', 'seq', 'via']],
    Incidents: [
      ['Time', 'event', 'severity', 'by', 'detect_ms', 'ack_ms', 'duration_ms', 'text'],
      ['Time', 'text', 'event', 'severity'],
    ],
    Pages: [['Time', 'kind', 'responder', 'channel', 'outcome', 'step', 'attempts', 'latency_ms', 'why']],
    group: [VALUES],
    heartbeat: [VALUES],
    'Could not hear until here': [BLIND_LINES],
  },
  'overdue-oncall': {
    'Time to acknowledge': [['median'], ['p90']],
    Incidents: [['opened'], ['acknowledged'], ['resolved']],
    'Time to detect and to end': [['detected, p90'], ['open, p90']],
    'Pages that reached nobody': [['refused'], ['expired']],
    'What happened': [['Time', 'event', 'heartbeat', 'group', 'by', 'severity', 'ack_ms', 'duration_ms', 'text']],
    'Who was paged how often': [['Time', 'responder', 'pages']],
    'Pages by channel and outcome': [['Time', 'channel', 'outcome', 'pages']],
    'Incidents over time': [['acknowledged', 'opened', 'resolved']],
    'Pages over time': [['delivered', 'dropped', 'expired', 'refused']],
    'Time to acknowledge over time': [['critical', 'warning']],
    'From a decision to somebody': [['mail', 'ops-webhook', 'phone']],
    'The last pages': [
      ['Time', 'responder', 'channel', 'outcome', 'kind', 'heartbeat', 'step', 'attempts', 'latency_ms', 'why'],
    ],
    Drills: [['Time', 'channel', 'responder', 'outcome', 'latency_ms']],
    group: [VALUES],
    Storms: [STORM_LINES],
  },
  'overdue-gateway': {
    'The gateway now': [['Time', 'uptime_s', 'heartbeats', 'incidents', 'storms', 'mqtt_clients']],
    'What should be nothing': [['Time', 'channels_failed', 'pages_waiting', 'influx_lag_ms', 'influx_dead']],
    Throughput: [['signals'], ['duplicates'], ['refused'], ['facts'], ['points']],
    'Commit latency': [['p50'], ['p99']],
    'Tick lag': [['tick lag']],
    'Pages waiting, channels failed': [['pages waiting'], ['channels failed'], ['channels']],
    'How far the series are behind': [['behind']],
    'Memory and disk': [['memory'], ['ledger'], ['free']],
    'Devices and heartbeats': [['devices'], ['connects'], ['heartbeats']],
    'Blind windows': [BLIND],
    instance: [VALUES],
    'Could not hear until here': [BLIND_LINES],
  },
}

/** What may be chosen at the top. All and every value at once have to answer the same. */
export const CHOICES: Readonly<Record<'all' | 'each', Values>> = {
  all: { ...one('train-model'), group: { all: '.*' }, owner: { all: '.*' }, instance: { all: '.*' } },
  each: { ...one('train-model'), group: GROUPS, owner: ['-', 'ana', 'ben', 'carl'], instance: ['main'] },
}

/** One of each, and a name with a slash, which InfluxQL would read as the end of an expression. */
export const NARROW: Values = {
  ...one('pump-18/battery'),
  search: '18/bat',
  group: 'hall-7',
  owner: ['ana'],
  instance: 'main',
}

function one(heartbeat: string): Values {
  return { heartbeat, search: '', console: 'http://localhost:8080', datasource: 'overdue-influx' }
}
