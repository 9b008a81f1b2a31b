// Where the gateway listens, with which keys, behind which proxies, and how much it takes from whom.
import { createSecureContext } from 'node:tls'
import type { Environment } from './env.ts'
import type { LimitsFields, ListenFields } from './fields.ts'
import { placeOf, type Surroundings } from './interpolate.ts'
import * as literals from './literals.ts'
import { type Report, show, showSecret } from './report.ts'
import type { Address, Limits, Settings, TlsSettings } from './settings.ts'

/** The environment's word goes before the file's. */
export function readListen(
  fields: ListenFields,
  { http, mqtt }: Environment,
  around: Surroundings,
  report: Report,
): Pick<Settings, 'http' | 'mqtt' | 'mqtts' | 'proxies'> {
  const at = (kind: string, ours: string | undefined): string =>
    ours === undefined ? `listen.${kind}` : `OVERDUE_${kind.toUpperCase()}`
  const secure = readPlace(fields.mqtts, 'listen.mqtts', undefined, report)
  const tls = readTls(fields.tls, around, report)
  if (secure !== undefined && fields.tls === undefined)
    report.add('listen.tls', 'a certificate and its key for listen.mqtts', 'nothing')
  const isOff = fields.mqtts === undefined || fields.mqtts === false || fields.mqtts === 'off'
  if (isOff && fields.tls !== undefined) report.add('listen.mqtts', `${literals.ADDRESS} for listen.tls`, 'nothing')
  const ours = { http: readAddress(http ?? fields.http, at('http', http), DEFAULT_HTTP, report) }
  return {
    ...ours,
    mqtt: readPlace(mqtt ?? fields.mqtt, at('mqtt', mqtt), DEFAULT_MQTT, report) ?? 'off',
    ...(secure !== undefined && tls !== undefined && { mqtts: { address: secure, tls } }),
    proxies: readProxies(fields.proxies ?? [], report),
  }
}

export function readLimits(fields: LimitsFields = {}): Limits {
  return {
    connections: fields.connections ?? 20_000,
    perAddress: fields.connectionsPerAddress ?? 1_000,
    perSecond: fields.connectionsPerSecond ?? 2_000,
    signals: { perSecond: fields.signalsPerSecond ?? 10, burst: fields.burst ?? 100 },
  }
}

const DEFAULT_HTTP: Address = { host: '127.0.0.1', port: 8080 }
const DEFAULT_MQTT: Address = { host: '127.0.0.1', port: 1883 }

function readAddress(text: string | undefined, path: string, otherwise: Address, report: Report): Address {
  if (text === undefined) return otherwise
  const address = literals.parseAddress(text)
  if (address === undefined) report.add(path, literals.ADDRESS, show(text))
  return address ?? otherwise
}

/** Undefined: off. */
function readPlace(
  text: string | false | undefined,
  path: string,
  otherwise: Address | undefined,
  report: Report,
): Address | undefined {
  if (text === false || text === 'off') return undefined
  if (text === undefined) return otherwise
  const address = literals.parseAddress(text)
  if (address === undefined) report.add(path, `${literals.ADDRESS}, or off`, show(text))
  return address
}

function readTls(fields: ListenFields['tls'], around: Surroundings, report: Report): TlsSettings | undefined {
  if (fields === undefined) return undefined
  const pem = (key: 'cert' | 'key' | 'ca'): string | undefined => {
    const written = fields[key]
    if (written === undefined) {
      if (key !== 'ca') report.add(`listen.tls.${key}`, 'the path of a PEM file', 'nothing')
      return undefined
    }
    // Filled in by ${file:…}, it is there already.
    if (written.startsWith('-----BEGIN')) return written
    try {
      return around.readFile(placeOf(written, around)).trim()
    } catch {
      const found = key === 'key' ? showSecret(written) : show(written)
      report.add(`listen.tls.${key}`, 'the path of a PEM file that can be read', found)
      return undefined
    }
  }
  const [cert, key, ca] = [pem('cert'), pem('key'), pem('ca')]
  const { clients = 'optional' } = fields
  if (fields.clients !== undefined && fields.ca === undefined)
    report.add('listen.tls.ca', 'the path of a PEM file, beside listen.tls.clients', 'nothing')
  if (cert === undefined || key === undefined) return undefined
  const tls: TlsSettings = { cert, key, ...(ca !== undefined && { ca }), clients }
  try {
    createSecureContext(tls)
    return tls
  } catch (error) {
    report.add(
      'listen.tls',
      'a certificate, and the key that belongs to it',
      (error as NodeJS.ErrnoException).code ?? 'others',
    )
    return undefined
  }
}

function readProxies(list: readonly (string | undefined)[], report: Report): readonly string[] {
  list.forEach((cidr, index) => {
    if (cidr !== undefined && !literals.isCidr(cidr)) report.add(`listen.proxies[${index}]`, literals.CIDR, show(cidr))
  })
  return list.filter((cidr) => cidr !== undefined)
}
