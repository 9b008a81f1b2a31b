// From the text of overdue.yaml and the environment to settings, or to everything that is wrong with them.
import { DEFAULT_TERMS, type Terms } from '../domain/heartbeat.ts'
import type { Checked, Problem } from '../domain/problem.ts'
import { DAY } from '../domain/time.ts'
import { zoneNamed } from '../domain/zone.ts'
import { heartbeatsOfBridges, readBridges } from './bridges.ts'
import { readChannels, readResponders } from './channels.ts'
import { readDrills } from './drills.ts'
import { readDuration } from './durations.ts'
import type { Environment } from './env.ts'
import type { DocumentFields, TermsFields } from './fields.ts'
import { readAlertmanager, readGrafana } from './grafana.ts'
import { readHeartbeats } from './heartbeats.ts'
import { readInflux } from './influx.ts'
import { interpolate, type Surroundings } from './interpolate.ts'
import * as literals from './literals.ts'
import { readMutes } from './mutes.ts'
import { readOnCall } from './oncall.ts'
import { readPolicies } from './policies.ts'
import { readPublic } from './public.ts'
import { createReport, type Report, show, showSecret } from './report.ts'
import type { Address, Settings } from './settings.ts'
import { fitDocument } from './shape.ts'
import { hasSchedule, readWholeTerms } from './terms.ts'
import { readWatchdog } from './watchdog.ts'
import { readYaml } from './yaml.ts'

export type Origin = Surroundings & {
  readonly environment: Environment
  /** The zone of schedules where nothing names one. */
  readonly hostZone: string
}

/** `text` is the file's; empty where there is none. Every problem at once. */
export function readDocument(text: string, origin: Origin): Checked<Settings> {
  const yaml = readYaml(text)
  if ('problems' in yaml) return yaml
  const report = createReport()
  const filled = new Set<string>()
  const value = interpolate(yaml.value, origin, report, filled)
  const missing = report.problems.splice(0)
  const settings = readSettings(fitDocument(value, report), origin, report)
  const found = report.problems.filter(({ path }) => !missing.some((problem) => problem.path === path))
  if (missing.length + found.length === 0) return { value: settings }
  // What was filled in may be a secret.
  const hidden = (problem: Problem): Problem => ({ ...problem, found: 'something else, filled in from elsewhere' })
  return { problems: [...missing, ...found.map((problem) => (filled.has(problem.path) ? hidden(problem) : problem))] }
}

function readSettings(fields: DocumentFields, origin: Origin, report: Report): Settings {
  const { environment, file, hostZone } = origin
  const zone = readZone(fields.zone, hostZone, report)
  const channels = readChannels(fields.channels ?? [], report)
  const everyone = channels.map(({ name }) => name)
  const responders = readResponders(fields.responders ?? [], new Set(everyone), report)
  const taken = [...everyone, ...responders.map(({ name }) => name)]
  const oncall = readOnCall(fields.oncall ?? [], { zone, responders, taken }, report)
  const targets = new Set([...taken, ...oncall.map(({ name }) => name)])
  const policies = readPolicies(fields.policies ?? [], { targets, everyone, zone }, report)
  const policyNames = new Set(policies.map(({ name }) => name))
  const shared = (own: TermsFields | undefined, path: string, base: Terms): Terms =>
    readWholeTerms(own ?? {}, path, { base, isScheduled: true, zone, policies: policyNames }, report)
  const defaults = shared(fields.defaults, 'defaults', DEFAULT_TERMS)
  const bridgeRules = { policies: policyNames, around: origin }
  const own = fields.heartbeats ?? []
  const heartbeats = readHeartbeats(
    [...own, ...heartbeatsOfBridges(fields.bridges ?? [], own, bridgeRules)],
    {
      base: { ...defaults, declaredBy: 'file' },
      isScheduled: hasSchedule(fields.defaults ?? {}),
      zone,
      policies: policyNames,
    },
    report,
  )
  const create = fields.signals?.create ?? 'auto'
  const http = readAddress(environment.http, fields.listen?.http, 'http', DEFAULT_HTTP, report) as Address
  return {
    file,
    http,
    mqtt: readAddress(environment.mqtt, fields.listen?.mqtt, 'mqtt', DEFAULT_MQTT, report),
    data: environment.data ?? fields.data ?? './data',
    retention: {
      facts: readDuration(fields.retention?.facts, 'retention.facts', report, DAY) ?? 90 * DAY,
      bodies: readDuration(fields.retention?.bodies, 'retention.bodies', report) ?? 30 * DAY,
    },
    bodiesKeep: readSize(fields.bodies?.keep, report),
    zone,
    url: readUrl(fields.url, http, report),
    signals: {
      open: fields.signals?.open ?? 'auto',
      create: typeof create === 'object' ? shared(create, 'signals.create', defaults) : create,
      ...readPingKey(fields.signals?.pingKey, report),
    },
    bridges: readBridges(fields.bridges ?? [], bridgeRules, report),
    channels,
    allow: readAllowed(fields.webhooks?.allow ?? [], report),
    ...readWatchdog(fields.watchdog, report),
    published: readPublic(fields.public, report),
    grafana: readGrafana(fields.grafana, environment.grafanaToken, report),
    ...readAlertmanager(fields.alertmanager, report),
    responders,
    oncall,
    policies,
    mutes: readMutes(fields, zone, report),
    defaults,
    heartbeats,
    drills: readDrills(fields.drills ?? [], { heartbeats, zone }, report),
    ...readInflux(fields.influx, environment, report),
    log: environment.log ?? 'info',
    ...(environment.adminToken !== undefined && { adminToken: environment.adminToken }),
  }
}

const DEFAULT_HTTP: Address = { host: '127.0.0.1', port: 8080 }
const DEFAULT_MQTT: Address = { host: '127.0.0.1', port: 1883 }
const BODIES_KEEP = 100_000

function readZone(zone: string | undefined, hostZone: string, report: Report): string {
  if (zone === undefined) return zoneNamed(hostZone) === undefined ? 'UTC' : hostZone
  if (zoneNamed(zone) !== undefined) return zone
  report.add('zone', 'an IANA zone such as Europe/Riga', show(zone))
  return 'UTC'
}

/** The environment's word goes before the file's; only MQTT can be off. */
function readAddress(
  ours: string | undefined,
  file: string | false | undefined,
  kind: 'http' | 'mqtt',
  otherwise: Address,
  report: Report,
): Address | 'off' {
  const text = ours ?? file
  if (text === undefined) return otherwise
  const path = ours === undefined ? `listen.${kind}` : `OVERDUE_${kind.toUpperCase()}`
  if (kind === 'mqtt' && (text === false || text === 'off')) return 'off'
  const address = literals.parseAddress(String(text))
  if (address === undefined) report.add(path, `${literals.ADDRESS}${kind === 'mqtt' ? ', or off' : ''}`, show(text))
  return address ?? otherwise
}

function readSize(size: string | undefined, report: Report): number {
  if (size === undefined) return BODIES_KEEP
  const bytes = literals.parseSize(size)
  if (bytes === undefined) report.add('bodies.keep', literals.SIZE, show(size))
  return bytes ?? BODIES_KEEP
}

function readUrl(url: string | undefined, http: Address, report: Report): string {
  if (url === undefined) {
    const isEverywhere = http.host === '0.0.0.0' || http.host === '::'
    return `http://${literals.formatAddress(isEverywhere ? { ...http, host: 'localhost' } : http)}`
  }
  if (!literals.isWebUrl(url)) report.add('url', literals.WEB_URL, show(url))
  return url.replace(/\/+$/, '')
}

function readPingKey(key: string | undefined, report: Report): { readonly pingKey?: string } {
  if (key === undefined) return {}
  if (!literals.isPingKey(key)) report.add('signals.pingKey', literals.PING_KEY, showSecret(key))
  return { pingKey: key }
}

function readAllowed(list: readonly (string | undefined)[], report: Report): readonly string[] {
  list.forEach((cidr, index) => {
    if (cidr !== undefined && !literals.isCidr(cidr)) report.add(`webhooks.allow[${index}]`, literals.CIDR, show(cidr))
  })
  return list.filter((cidr) => cidr !== undefined)
}
