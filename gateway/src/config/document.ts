// From the text of overdue.yaml and the environment to settings, or to everything that is wrong with them.
import { DEFAULT_TERMS, type Terms } from '../domain/heartbeat.ts'
import type { Checked, Problem } from '../domain/problem.ts'
import { DAY } from '../domain/time.ts'
import { zoneNamed } from '../domain/zone.ts'
import { readAdopt } from './adopt.ts'
import { heartbeatsOfBridges, readBridges } from './bridges.ts'
import { readChannels, readResponders } from './channels.ts'
import { readDevices } from './devices.ts'
import { readDrills } from './drills.ts'
import { readDuration } from './durations.ts'
import type { Environment } from './env.ts'
import type { DocumentFields, TermsFields } from './fields.ts'
import { readAlertmanager, readGrafana } from './grafana.ts'
import { readHeartbeats } from './heartbeats.ts'
import { readInflux } from './influx.ts'
import { interpolate, type Surroundings } from './interpolate.ts'
import { readLimits, readListen } from './listen.ts'
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
  const rules = { isScheduled: hasSchedule(fields.defaults ?? {}), zone, policies: policyNames }
  const ofFile: Terms = { ...defaults, declaredBy: 'file' }
  const own = fields.heartbeats ?? []
  const ofBridge = { policies: policyNames, around: origin }
  const ofBridges = heartbeatsOfBridges(fields.bridges ?? [], own, ofBridge)
  const heartbeats = readHeartbeats([...own, ...ofBridges], { ...rules, base: ofFile }, report)
  const adopt = readAdopt(fields.adopt ?? [], { ...rules, base: defaults, heartbeats }, report)
  const create = fields.signals?.create ?? 'auto'
  const listen = readListen(fields.listen ?? {}, environment, origin, report)
  return {
    file,
    ...listen,
    limits: readLimits(fields.limits),
    data: environment.data ?? fields.data ?? './data',
    retention: {
      facts: readDuration(fields.retention?.facts, 'retention.facts', report, DAY) ?? 90 * DAY,
      bodies: readDuration(fields.retention?.bodies, 'retention.bodies', report) ?? 30 * DAY,
    },
    bodiesKeep: readSize(fields.bodies?.keep, report),
    zone,
    url: readUrl(fields.url, listen.http, report),
    signals: {
      open: fields.signals?.open ?? 'auto',
      denied: fields.signals?.denied ?? 'drop',
      create: typeof create === 'object' ? shared(create, 'signals.create', defaults) : create,
      ...readPingKey(fields.signals?.pingKey, report),
    },
    bridges: readBridges(fields.bridges ?? [], { ...ofBridge, adopted: adopt.flatMap(({ topics }) => topics) }, report),
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
    devices: readDevices(fields.devices ?? [], report),
    drills: readDrills(fields.drills ?? [], { heartbeats, zone }, report),
    adopt,
    ...readInflux(fields.influx, environment, report),
    log: environment.log ?? 'info',
    ...(environment.adminToken !== undefined && { adminToken: environment.adminToken }),
  }
}

const BODIES_KEEP = 100_000

function readZone(zone: string | undefined, hostZone: string, report: Report): string {
  if (zone === undefined) return zoneNamed(hostZone) === undefined ? 'UTC' : hostZone
  if (zoneNamed(zone) !== undefined) return zone
  report.add('zone', 'an IANA zone such as Europe/Riga', show(zone))
  return 'UTC'
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
