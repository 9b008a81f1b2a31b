// The only reader of environment variables. Those that begin with OVERDUE_ are all known or a problem;
// the others belong to somebody else and are seen only where the file names them as `${NAME}`.
import type { Checked } from '../domain/problem.ts'
import { createReport, nearest, type Report, show } from './report.ts'
import type { Settings } from './settings.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** What the environment says; what it does not say is absent. Addresses are not read yet. */
export type Environment = {
  readonly config?: string
  readonly http?: string
  readonly mqtt?: string
  readonly data?: string
  readonly log?: Settings['log']
  readonly adminToken?: string
  readonly grafanaToken?: string
  readonly influx?: { readonly url?: string; readonly token?: string; readonly org?: string; readonly bucket?: string }
}

/** An empty variable counts as unset. `readFile` throws when it cannot. */
export function readEnvironment(env: Variables, readFile: (path: string) => string): Checked<Environment> {
  const report = createReport()
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || KNOWN_VARIABLES.includes(name)) continue
    report.add(name, `a variable that Overdue knows${nearest(name, KNOWN_VARIABLES)}`, 'an unknown one')
  }
  const log = env['OVERDUE_LOG'] || undefined
  if (log !== undefined && !isLevel(log)) report.add('OVERDUE_LOG', LEVELS.join(', '), show(log))
  const texts = {
    config: env['OVERDUE_CONFIG'],
    http: env['OVERDUE_HTTP'],
    mqtt: env['OVERDUE_MQTT'],
    data: env['OVERDUE_DATA'],
    log,
    adminToken: secretOf(env, 'OVERDUE_ADMIN_TOKEN', readFile, report),
    grafanaToken: secretOf(env, 'OVERDUE_GRAFANA_TOKEN', readFile, report),
  }
  const influx = said({
    url: env['INFLUX_URL'],
    token: secretOf(env, 'INFLUX_TOKEN', readFile, report),
    org: env['INFLUX_ORG'],
    bucket: env['INFLUX_BUCKET'],
  })
  if (report.problems.length > 0) return { problems: report.problems }
  return { value: { ...(said(texts) as Environment), ...(Object.keys(influx).length > 0 && { influx }) } }
}

function said(texts: Variables): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text)) as Readonly<Record<string, string>>
}

const PREFIX = 'OVERDUE_'
const LEVELS: readonly Settings['log'][] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

export const KNOWN_VARIABLES: readonly string[] = [
  'OVERDUE_HTTP',
  'OVERDUE_MQTT',
  'OVERDUE_DATA',
  'OVERDUE_CONFIG',
  'OVERDUE_LOG',
  'OVERDUE_ADMIN_TOKEN',
  'OVERDUE_ADMIN_TOKEN_FILE',
  'OVERDUE_GRAFANA_TOKEN',
  'OVERDUE_GRAFANA_TOKEN_FILE',
  // As InfluxData's own tools call them.
  'INFLUX_URL',
  'INFLUX_TOKEN',
  'INFLUX_TOKEN_FILE',
  'INFLUX_ORG',
  'INFLUX_BUCKET',
  // These two are the command line's.
  'OVERDUE_URL',
  'OVERDUE_TOKEN',
]

function isLevel(text: string): text is Settings['log'] {
  return (LEVELS as readonly string[]).includes(text)
}

function secretOf(
  env: Variables,
  name: string,
  readFile: (path: string) => string,
  report: Report,
): string | undefined {
  const path = env[`${name}_FILE`]
  if (!path) return env[name]
  if (env[name]) report.add(`${name}_FILE`, `either it or ${name}`, 'both')
  try {
    const text = readFile(path).trim()
    if (text === '') report.add(`${name}_FILE`, 'a file with a token in it', `${show(path)}, which is empty`)
    return text
  } catch (error) {
    report.add(`${name}_FILE`, 'a file that can be read', `${show(path)} (${(error as Error).message})`)
    return undefined
  }
}
