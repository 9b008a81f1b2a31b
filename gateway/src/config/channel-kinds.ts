// What one channel says about its kind: where its pages go, and with which keys. Problems show none of it.

import { sampleOf, TEMPLATE_FIELDS, unknownFields } from '../domain/page-template.ts'
import type { ChannelFields, ChannelKindFields } from './fields.ts'
import { isSecret, isWebUrl, parseMailAddress, parseSmtpUrl, SECRET, SMTP_URL, WEB_URL } from './literals.ts'
import { nearest, type Report, show, showSecret, under } from './report.ts'
import type { ChannelKind } from './settings.ts'

/** Where a problem was reported, what is returned only keeps the place. */
export function readKind(channel: ChannelFields, path: string, report: Report): ChannelKind {
  const named = KINDS.filter((kind) => channel[kind] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1) {
    const isKnown = report.problems.some((problem) => isInside(problem.path, path))
    if (!isKnown)
      report.add(path, `one of ${KINDS.join(', ')}`, kind === undefined ? 'none of them' : named.join(' and '))
    return NONE
  }
  return READERS[kind](channel, under(path, kind), report)
}

/** Whether the path is of something else than the name, so that a kind was meant. */
function isInside(path: string, channel: string): boolean {
  return path.startsWith(channel) && path !== channel && path !== under(channel, 'name')
}

type KindName = keyof ChannelKindFields
type Reader = (channel: ChannelFields, path: string, report: Report) => ChannelKind

const NONE: ChannelKind = { kind: 'webhook', url: '', secrets: [] }

const READERS: Readonly<Record<KindName, Reader>> = {
  webhook: ({ webhook: { url, secret } = {} }, path, report) => ({
    kind: 'webhook',
    url: readUrl(url, path, report),
    secrets: readSecrets(secret, `${path}.secret`, report),
  }),
  slack: ({ slack: { url } = {} }, path, report) => ({ kind: 'slack', url: readUrl(url, path, report) }),
  discord: ({ discord: { url } = {} }, path, report) => ({ kind: 'discord', url: readUrl(url, path, report) }),
  teams: ({ teams: { url } = {} }, path, report) => ({ kind: 'teams', url: readUrl(url, path, report) }),
  irm: ({ irm: { url } = {} }, path, report) => ({ kind: 'irm', url: readUrl(url, path, report) }),
  ntfy: ({ ntfy: { url, topic, token } = {} }, path, report) => ({
    kind: 'ntfy',
    url: readUrl(url, path, report),
    topic: readText(topic, `${path}.topic`, /^[A-Za-z0-9_-]{1,64}$/, TOPIC, report),
    ...(token !== undefined && { token: readText(token, `${path}.token`, /^[\x21-\x7e]+$/, TOKEN, report) }),
  }),
  pagerduty: ({ pagerduty: { routingKey, url } = {} }, path, report) => ({
    kind: 'pagerduty',
    routingKey: readText(routingKey, `${path}.routingKey`, /^[A-Za-z0-9]{32}$/, ROUTING_KEY, report),
    ...(url !== undefined && { url: readUrl(url, path, report) }),
  }),
  alertmanager: ({ alertmanager: { url, api = 'webhook' as const } = {} }, path, report) => {
    const address = readUrl(url, path, report)
    const isPlain = api === 'webhook' || !/[?#]/.test(address)
    if (!isPlain) report.add(`${path}.url`, "Alertmanager's address, without ? or #", 'something else')
    return { kind: 'alertmanager', url: address, api }
  },
  email: ({ email = {} }, path, report) => readEmail(email, path, report),
  template: ({ template = {} }, path, report) => readTemplate(template, path, report),
}

const KINDS = Object.keys(READERS) as readonly KindName[]

const TOPIC = '1 to 64 letters, digits, "-" or "_"'
const TOKEN = 'a token such as tk_…'
const MAIL_ADDRESS = 'a mail address such as ops@example.org or "Ops <ops@example.org>"'
const ROUTING_KEY = 'the 32 letters and digits of an integration key'

function readUrl(url: string | undefined, path: string, report: Report): string {
  if (url === undefined) addMissing(`${path}.url`, WEB_URL, report)
  else if (!isWebUrl(url)) report.add(`${path}.url`, WEB_URL, 'something else')
  return url ?? ''
}

function readText(text: string | undefined, path: string, form: RegExp, expected: string, report: Report): string {
  if (text === undefined) addMissing(path, expected, report)
  else if (!form.test(text)) report.add(path, expected, showSecret(text))
  return text ?? ''
}

function readSecrets(secret: string | readonly string[] | undefined, path: string, report: Report): readonly string[] {
  if (secret === undefined) return []
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (secrets.length === 0 || secrets.length > 2) {
    report.add(path, 'one secret, or a list of two while rotating', `a list of ${secrets.length}`)
  }
  secrets.forEach((one, index) => {
    const place = typeof secret === 'string' ? path : `${path}[${index}]`
    if (one !== undefined && !isSecret(one)) report.add(place, SECRET, 'something else')
  })
  return secrets
}

function readEmail(
  { smtp, password, from, to = [] }: NonNullable<ChannelKindFields['email']>,
  path: string,
  report: Report,
): ChannelKind {
  const server = parseSmtpUrl(smtp ?? '')
  if (smtp === undefined) addMissing(`${path}.smtp`, SMTP_URL, report)
  else if (server === undefined) report.add(`${path}.smtp`, SMTP_URL, 'something else')
  const { user, password: inUrl, ...place } = server ?? { host: '', port: 0, isSecure: false, user: '', password: '' }
  if (password !== undefined && inUrl !== '') report.add(`${path}.password`, 'one password', 'another in smtp')
  const given = password ?? inUrl
  const isHalf = server !== undefined && (user === '') !== (given === '')
  if (isHalf) report.add(`${path}.smtp`, 'a user and a password, or neither', 'one of them')
  if (to.length === 0) addMissing(`${path}.to`, 'at least one mail address', report)
  return {
    kind: 'email',
    server: { ...place, ...(user !== '' && { login: { user, password: given } }) },
    from: readMailAddress(from, `${path}.from`, report),
    to: to.map((address, index) => readMailAddress(address, `${path}.to[${index}]`, report)),
  }
}

function readMailAddress(text: string | undefined, path: string, report: Report): string {
  if (text === undefined) addMissing(path, MAIL_ADDRESS, report)
  else if (parseMailAddress(text) === undefined) report.add(path, MAIL_ADDRESS, show(text))
  return text ?? ''
}

function readTemplate(
  { url, body, headers = {}, contentType = 'application/json' }: NonNullable<ChannelKindFields['template']>,
  path: string,
  report: Report,
): ChannelKind {
  if (body === undefined) addMissing(`${path}.body`, 'text with fields such as {{text}}', report)
  const unknown = unknownFields(body ?? '')
  for (const name of unknown) {
    report.add(`${path}.body`, `a field of a page in {{}}${nearest(name, TEMPLATE_FIELDS)}`, show(name))
  }
  const isJson = /[/+]json *(?:;|$)/i.test(contentType)
  if (isJson && unknown.length === 0 && body !== undefined && !isJsonText(sampleOf(body))) {
    report.add(`${path}.body`, 'JSON with every field inside quotes', 'something else')
  }
  if (!/^[\w.+-]+\/[\w.+-]+(?: *;[ -~]*)?$/.test(contentType)) {
    report.add(`${path}.contentType`, 'a media type such as application/json', show(contentType))
  }
  for (const [name, value] of Object.entries(headers)) {
    const place = under(`${path}.headers`, name)
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) report.add(place, 'the name of a header', 'another one')
    else if (OURS.has(name.toLowerCase())) report.add(place, 'a header that Overdue does not set itself', 'one it does')
    else if (!/^[\t\x20-\x7e]*$/.test(value)) report.add(place, 'printable ASCII', 'something else')
  }
  return { kind: 'template', url: readUrl(url, path, report), body: body ?? '', headers, contentType }
}

const OURS = new Set(['host', 'content-length', 'content-type', 'transfer-encoding', 'connection', 'expect', 'upgrade'])

/** Where something stood that was no text, that is told already. */
function addMissing(path: string, expected: string, report: Report): void {
  if (!report.problems.some((problem) => problem.path === path)) report.add(path, expected, 'nothing')
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
