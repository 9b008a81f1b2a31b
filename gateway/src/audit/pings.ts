// Whom a command pings already. Addresses of pings are secrets: only the service, its host and, for an Overdue, the
// name of the heartbeat are kept.
import { isEventWord, isName, parseSegments } from '@overdue/device-sdk/wire'

export type Ping = {
  readonly service: string
  readonly host?: string
  /** The name of a heartbeat of an Overdue. */
  readonly name?: string
}

/** Each once, in the order they stand in. `gateway` is the address of the Overdue that is asked about. */
export function pingsIn(whole: string, gateway?: string): readonly Ping[] {
  const text = whole.slice(0, MOST_READ)
  const pings: Ping[] = []
  for (const [url] of text.matchAll(URLS)) {
    const ping = pingOf(url.replace(/[.,;:]+$/, ''), gateway)
    if (ping !== undefined) pings.push(ping)
  }
  for (const [, name = ''] of text.matchAll(OWN_COMMAND)) if (isName(name)) pings.push({ service: 'overdue', name })
  for (const [, topic = ''] of text.matchAll(OWN_TOPIC)) {
    const target = parseSegments(topic.split('/'))
    if ('name' in target) pings.push({ service: 'overdue', name: target.name })
  }
  for (const [pattern, service] of COMMANDS) if (pattern.test(text)) pings.push({ service })
  const seen = new Set<string>()
  return pings.filter((ping) => !seen.has(JSON.stringify(ping)) && seen.add(JSON.stringify(ping)))
}

/** `overdue (web-1/backup)`, `healthchecks at hc-ping.com`. */
export function describePing({ service, host, name }: Ping): string {
  return `${service}${name === undefined ? '' : ` (${name})`}${host === undefined ? '' : ` at ${host}`}`
}

/** No pattern takes long on so much. */
const MOST_READ = 65_536
const URLS = /https?:\/\/[^\s"'`<>|\\)]+/gi
const OWN_COMMAND =
  /\boverdue(?:['"]?\s+)(?:exec|ping)\s+(?:--?[a-z][a-z-]*(?:=\S+)?\s+(?:(?:\d+[smhd]?|https?:\S+)\s+)?)*['"]?([A-Za-z0-9][\w/-]*)/g
const OWN_TOPIC = /\bmosquitto_pub\b[^|;&\n]*?-t\s+['"]?hb\/([A-Za-z0-9][\w/-]*)/g

const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)hc-ping\.com$|(?:^|\.)healthchecks\.io$/, 'healthchecks'],
  [/(?:^|\.)cronitor\.(?:link|io)$/, 'cronitor'],
  [/(?:^|\.)nosnch\.in$/, "dead man's snitch"],
  [/(?:^|\.)betterstack\.com$|(?:^|\.)betteruptime\.com$/, 'better stack'],
  [/(?:^|\.)cronhub\.io$/, 'cronhub'],
  [/^ping\.checklyhq\.com$/, 'checkly'],
  [/^api\.(?:eu\.)?opsgenie\.com$/, 'opsgenie'],
]
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\bcronitor\s+(?:exec|ping)\b/, 'cronitor'],
  [/\bsentry-cli\s+monitors\s+run\b/, 'sentry'],
  [/\brunitor\s/, 'healthchecks'],
  [/\btask-mon\s/, 'healthchecks'],
]
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function pingOf(text: string, gateway: string | undefined): Ping | undefined {
  const isOurs = gateway !== undefined && (text === gateway || text.startsWith(`${gateway}/`))
  // A variable in an address, as in /ping/backup/$?, is a part of its path.
  const url = URL.parse(text.replaceAll(/\$\{?[\w?]*\}?/g, '_'))
  if (url === null) return undefined
  const { host, hostname, pathname } = url
  const known = HOSTS.find(([pattern]) => pattern.test(hostname))
  if (known !== undefined) return { service: known[1], host }
  if (/^\/api\/push\//.test(pathname)) return { service: 'uptime kuma', host }
  if (/^\/api\/\d+\/cron\//.test(pathname)) return { service: 'sentry', host }
  const base = isOurs ? (URL.parse(gateway)?.pathname.replace(/\/+$/, '') ?? '') : ''
  const segments = pathname.slice(base.length).split('/').slice(1)
  if (segments.at(-1) === '_' || segments.at(-1) === '') segments.pop()
  if (isOurs && segments.length === 1 && UUID.test(segments[0] as string)) return { service: 'overdue', host }
  if ((segments[0] !== 'ping' && segments[0] !== 'hb') || segments.length < 2) return undefined
  return named(segments.slice(1), host, isOurs)
}

function named(segments: readonly string[], host: string, isOurs: boolean): Ping {
  const [first = '', ...rest] = segments
  const isKey = UUID.test(first) || /^[A-Za-z0-9_-]{22}$/.test(first)
  const isAlone = rest.length === 0 || isEventWord(rest[0] as string)
  if (isKey && isAlone) return { service: isOurs ? 'overdue' : 'healthchecks', host }
  const target = parseSegments(isKey ? rest : segments)
  return 'name' in target ? { service: 'overdue', host, name: target.name } : { service: 'overdue', host }
}
