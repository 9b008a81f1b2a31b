// What Grafana is asked to show with its calls, where its graphs are annotated, and which Alertmanager is kept up to date.
import { type Duration, formatDuration, MINUTE, SECOND } from '../domain/time.ts'
import { readDuration } from './durations.ts'
import type { AlertmanagerFields, GrafanaFields } from './fields.ts'
import { isWebUrl, WEB_URL } from './literals.ts'
import { type Report, show, showSecret } from './report.ts'
import type { AlertmanagerSettings, Settings } from './settings.ts'

/** The environment's word goes before the file's. */
export function readGrafana(
  fields: GrafanaFields | undefined,
  environmentToken: string | undefined,
  report: Report,
): Settings['grafana'] {
  const token = environmentToken ?? fields?.token
  const path = environmentToken === undefined ? 'grafana.token' : 'OVERDUE_GRAFANA_TOKEN'
  if (token !== undefined) checkToken(token, path, report)
  const place = fields?.annotations
  if (place === undefined) return token === undefined ? {} : { token }
  const { url = '', token: theirs = '' } = place
  checkUrl(url, 'grafana.annotations.url', report)
  if (theirs === '') missing('grafana.annotations.token', 'the token of a service account of Grafana', report)
  const annotations = { url: url.replace(/\/+$/, ''), token: theirs }
  return { annotations, ...(token !== undefined && { token }) }
}

export function readAlertmanager(
  fields: AlertmanagerFields | undefined,
  report: Report,
): { readonly alertmanager?: AlertmanagerSettings } {
  if (fields === undefined) return {}
  const { url = '', username, password, token } = fields
  checkUrl(url, 'alertmanager.url', report)
  const every = readDuration(fields.every, 'alertmanager.every', report, LEAST) ?? DEFAULT
  if (every > MOST) report.add('alertmanager.every', `at most ${formatDuration(MOST)}`, show(fields.every))
  if (token !== undefined && password !== undefined)
    report.add('alertmanager.token', 'a token, or a username and a password', 'both')
  if ((username === undefined) !== (password === undefined))
    report.add('alertmanager.password', 'a username and a password', 'one of them')
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : username !== undefined && password !== undefined
        ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
        : undefined
  const place = url.replace(/\/+$/, '')
  return { alertmanager: { url: place, every, ...(authorization !== undefined && { authorization }) } }
}

const DEFAULT: Duration = 30 * SECOND
const LEAST: Duration = SECOND
/** Alertmanager shows an alert that nobody repeats as resolved. */
const MOST: Duration = 5 * MINUTE
const TOKEN = '16 to 200 printable characters without spaces'

function checkToken(token: string, path: string, report: Report): void {
  if (!/^[\x21-\x7e]{16,200}$/.test(token)) report.add(path, TOKEN, showSecret(token))
}

function checkUrl(url: string, path: string, report: Report): void {
  if (url === '') missing(path, WEB_URL, report)
  // There may be a password in it.
  else if (!isWebUrl(url)) report.add(path, WEB_URL, 'something else')
}

/** Unless its shape was told of already. */
function missing(path: string, expected: string, report: Report): void {
  if (!report.problems.some((problem) => problem.path === path)) report.add(path, expected, 'nothing')
}
