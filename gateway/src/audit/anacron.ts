// anacron's table: a period in days, a delay in minutes, a name, a command. It knows no time of day.
import { DAY } from '../domain/time.ts'
import { folderRunBy } from './crontab-jobs.ts'
import type { Found, When } from './job.ts'
import type { Folder } from './run-parts.ts'
import { scriptsOf } from './scripts.ts'
import { readText, type Site } from './site.ts'
import { whenOf } from './when.ts'

const FILE = '/etc/anacrontab'
const DEFAULT_PATH = '/usr/bin:/bin'

/** `isThere` says whether anything reads the table. */
export function anacronJobs(site: Site, isThere: boolean): { jobs: Found[]; folders: Map<string, Folder> } {
  const jobs: Found[] = []
  const folders = new Map<string, Folder>()
  const content = readText(site, FILE)
  let path = DEFAULT_PATH
  for (const [index, whole] of (content?.text ?? '').split('\n').entries()) {
    const line = index + 1
    const [, key, value = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(whole) ?? []
    if (key === 'PATH') path = value
    if (key !== undefined || /^\s*(?:#|$)/.test(whole)) continue
    const parts = /^\s*(@\w+|\d+)\s+(\d+)\s+(\S+)\s+(\S.*)$/.exec(whole)
    if (parts === null) {
      site.blind.push({ where: `${FILE}:${line}`, why: 'expected a period, a delay, a name and a command' })
      continue
    }
    const [, period = '', delay = '', name = '', command = ''] = parts
    const when = whenOfPeriod(period, `${period} ${delay}`)
    const folder = folderRunBy(command)
    const stopped = isThere ? {} : { stopped: 'there is no /usr/sbin/anacron that reads the table' }
    if (folder !== undefined) {
      if (isThere) folders.set(folder, { when, user: 'root', by: `${FILE}:${line}`, notes: [] })
      continue
    }
    const from = whole.lastIndexOf(command)
    jobs.push({
      ...{ kind: 'anacron', group: site.group, title: name, command, when, file: FILE, line },
      owner: { name: 'root', from: 'crontab' },
      notes: [`${delay} minutes after anacron starts`],
      evidence: scriptsOf(site.tree, command),
      seam: { kind: 'line', from, until: from + command.length, percent: false, path: path.split(':') },
      ...stopped,
    })
  }
  if (jobs.length > 0 && content !== undefined) site.texts.set(FILE, content.text)
  return { jobs, folders }
}

const PERIODS: Readonly<Record<string, number>> = {
  '@daily': 1,
  '@weekly': 7,
  '@monthly': 31,
  '@yearly': 366,
  '@annually': 366,
}

/** Once in so many days, at whatever time the host is up: the next run may be a day later by the clock. */
function whenOfPeriod(period: string, written: string): When {
  const days = PERIODS[period] ?? Number(period)
  if (!Number.isInteger(days) || days < 1) return { written, why: `no period: ${period}` }
  return whenOf(written, { kind: 'every', every: days * DAY }, DAY)
}
