// Brokers that somebody else runs. Each has a heartbeat of its own: a bridge that stays deaf is one incident, not one for each
// device behind it.
import { isPlainFilter, isPlainTopic, parseBrokerUrl } from './broker-words.ts'
import { readName } from './channels.ts'
import { readDuration } from './durations.ts'
import type { BridgeFields, HeartbeatFields } from './fields.ts'
import { placeOf, type Surroundings } from './interpolate.ts'
import { nearest, type Report, show, showSecret } from './report.ts'
import type { BridgeSettings } from './settings.ts'

export type BridgeRules = { readonly policies: ReadonlySet<string>; readonly around: Surroundings }

/** `adopted`: topics of the rules that adopt them, which a bridge hears unless it names its own. */
export function readBridges(
  list: readonly (BridgeFields | undefined)[],
  rules: BridgeRules & { readonly adopted: readonly string[] },
  report: Report,
): readonly BridgeSettings[] {
  const names = new Set<string>()
  if (list.length > MOST) report.add('bridges', `at most ${MOST} bridges`, show(list))
  return list.flatMap((fields, index) => {
    if (fields === undefined) return []
    const path = `bridges[${index}]`
    return [{ name: readBridgeName(fields.name, path, names, report), ...readBridge(fields, path, rules, report) }]
  })
}

/** The heartbeat of each bridge, for those that the file does not declare itself. */
export function heartbeatsOfBridges(
  list: readonly (BridgeFields | undefined)[],
  declared: readonly (HeartbeatFields | undefined)[],
  { policies }: BridgeRules,
): readonly HeartbeatFields[] {
  const own = new Set(declared.map((fields) => fields?.name?.toLowerCase()))
  return list.flatMap((fields): HeartbeatFields[] => {
    const { name = '', owner, policy, url = '' } = fields ?? {}
    if (!LEVEL.test(name) || own.has(`bridge-${name}`.toLowerCase())) return []
    own.add(`bridge-${name}`.toLowerCase())
    const grace = readDuration(fields?.grace, '', QUIET) === undefined ? GRACE : (fields?.grace as string)
    return [
      {
        ...{ name: `bridge-${name}`, every: '1m', grace, description: `Hears the broker at ${hostOf(url)}` },
        ...(owner !== undefined && { owner }),
        ...(policy !== undefined && policies.has(policy) && { policy }),
      },
    ]
  })
}

const MOST = 32
/** So that `bridge-<name>` is one level of a name. */
const LEVEL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,55}$/
const GROUP = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/
const GRACE = '2m'
/** Somebody else has told what is wrong. */
const QUIET: Report = { problems: [], add: () => undefined }

function readBridgeName(name: string | undefined, path: string, names: Set<string>, report: Report): string {
  if (name !== undefined && !LEVEL.test(name)) {
    report.add(`${path}.name`, 'up to 56 letters, digits, "-" or "_", with a letter or digit first', show(name))
    return name
  }
  return readName(name, `${path}.name`, names, report)
}

function readBridge(
  fields: BridgeFields,
  path: string,
  { policies, around, adopted }: BridgeRules & { readonly adopted: readonly string[] },
  report: Report,
): Omit<BridgeSettings, 'name'> {
  const {
    username,
    password,
    clientId,
    root = 'hb',
    group = 'overdue',
    topics = [...new Set(adopted)],
    canary,
    policy,
  } = fields
  const check = (isGood: boolean, key: string, expected: string, found: unknown): void => {
    if (!isGood) report.add(`${path}.${key}`, expected, show(found))
  }
  const { url = '' } = fields
  if (parseBrokerUrl(url) === undefined)
    report.add(`${path}.url`, BROKER_URL, url.includes('@') ? showSecret(url) : show(fields.url))
  check(isPlainTopic(root, 64), 'root', 'a topic without wildcards, of up to 64 characters', root)
  check(GROUP.test(group), 'group', 'up to 63 letters, digits, "-" or "_"', group)
  check(clientId === undefined || isPlainTopic(clientId, 64), 'clientId', 'up to 64 characters', clientId)
  check(canary === undefined || isPlainTopic(canary, 128), 'canary', 'a topic without wildcards', canary)
  check(
    policy === undefined || policies.has(policy),
    'policy',
    `a policy of this file${nearest(policy ?? '', policies)}`,
    policy,
  )
  for (const [index, filter] of topics.entries())
    check(isPlainFilter(filter), `topics[${index}]`, 'a topic filter', filter)
  readDuration(fields.grace, `${path}.grace`, report)
  if (password !== undefined && username === undefined)
    report.add(`${path}.username`, 'a name beside the password', 'nothing')
  if ((fields.cert === undefined) !== (fields.key === undefined))
    report.add(`${path}.${fields.cert === undefined ? 'cert' : 'key'}`, 'cert and key together', 'only one of them')
  return {
    ...{ url, root, group, shared: readShared(fields.shared), version: readVersion(fields.version), topics },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(clientId !== undefined && { clientId }),
    ...(canary !== undefined && { canary }),
    ...readFiles(fields, path, around, report),
  }
}

const BROKER_URL =
  'a URL such as mqtt://host:1883, mqtts://host, ws://host/mqtt or wss://host/mqtt, without a user name in it'

function readShared(shared: BridgeFields['shared']): BridgeSettings['shared'] {
  return shared === 'auto' ? 'auto' : shared === 'on' || shared === true
}

function readVersion(version: BridgeFields['version']): BridgeSettings['version'] {
  if (version === '3.1.1') return 4
  return version === 5 || version === '5' ? 5 : 'auto'
}

/** Read here so that a wrong path is told at once, and again at each connection: certificates are renewed. */
function readFiles(
  fields: BridgeFields,
  path: string,
  around: Surroundings,
  report: Report,
): Pick<BridgeSettings, 'ca' | 'cert' | 'key'> {
  const entries = (['ca', 'cert', 'key'] as const).flatMap((key) => {
    const name = fields[key]
    if (name === undefined) return []
    const place = placeOf(name, around)
    try {
      around.readFile(place)
    } catch (error) {
      report.add(`${path}.${key}`, 'a file that can be read', `${show(place)} (${(error as Error).message})`)
    }
    return [[key, place] as const]
  })
  return Object.fromEntries(entries)
}

function hostOf(url: string): string {
  return parseBrokerUrl(url)?.host ?? ''
}
