// Where the time series go. The environment's word goes before the file's; with INFLUX_URL alone there is a target, too.
import type { Environment } from './env.ts'
import type { InfluxFields } from './fields.ts'
import { isWebUrl, WEB_URL } from './literals.ts'
import { type Report, show, showSecret } from './report.ts'
import type { Settings } from './settings.ts'

export function readInflux(
  fields: InfluxFields | undefined,
  { influx: ours = {} }: Environment,
  report: Report,
): Pick<Settings, 'influx'> {
  const url = ours.url ?? fields?.url
  if (url === undefined) {
    if (fields !== undefined) report.add('influx.url', WEB_URL, 'nothing')
    return {}
  }
  const found = url.includes('@') ? showSecret(url) : show(url)
  if (!isWebUrl(url)) report.add(ours.url === undefined ? 'influx.url' : 'INFLUX_URL', WEB_URL, found)
  const { flavor = 'auto', database = DATABASE, series = 'all', groups = {}, instance, ...file } = fields ?? {}
  const { token = file.token, org = file.org, bucket = database } = ours
  const { username, password, retentionPolicy } = file
  for (const [key, text] of Object.entries({ database: bucket, username, retentionPolicy, org, instance }))
    if (text === '') report.add(`influx.${key}`, 'a name', 'an empty one')
  if (password !== undefined && username === undefined)
    report.add('influx.username', 'a name beside the password', 'nothing')
  if (token !== undefined && username !== undefined)
    report.add('influx.token', 'either a token, or a username and a password', 'both')
  if (flavor === 'v2' && org === undefined)
    report.add('influx.org', 'the organisation that the bucket is in', 'nothing')
  for (const [key, secret] of Object.entries({ token, username, password }))
    if (secret !== undefined && /\p{Cc}/u.test(secret))
      report.add(`influx.${key}`, 'no control characters, a line feed at the end included', 'some')
  const target = { url: url.replace(/\/+$/, ''), flavor, database: bucket }
  const login = present({ token, org, username, password, retentionPolicy })
  return { influx: { target: { ...target, ...login }, detail: series, details: groups, ...present({ instance }) } }
}

const DATABASE = 'overdue'

function present<T extends Readonly<Record<string, string | undefined>>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string
  }
}
