// The crontabs of a host: /etc/crontab, cron.d, the users' own, and the folders of scripts that they run.
import { anacronJobs } from './anacron.ts'
import { type CrontabOf, crontabJobs, type FolderRun, notesOfEntry, whenOfEntry } from './crontab-jobs.ts'
import type { Found } from './job.ts'
import { packagesOf } from './packages.ts'
import { type Folder, folderJobs } from './run-parts.ts'
import { isUnseen, listFolder, readText, type Site, under } from './site.ts'
import { nameOf, type User, usersOf } from './users.ts'

export function cronJobs(site: Site): readonly Found[] {
  const users = usersOf(site.tree)
  const packageOf = packagesOf(site.tree)
  const reader: CrontabOf['reader'] = isThere(site, '/usr/sbin/crond') ? 'cronie' : 'debian'
  const jobs: Found[] = []
  const runs: FolderRun[] = []
  const take = (text: string, of: CrontabOf): void => {
    const found = crontabJobs(site, text, of)
    jobs.push(...found.jobs)
    runs.push(...found.folders)
  }
  const system = readText(site, '/etc/crontab')
  if (system !== undefined) take(system.text, { file: '/etc/crontab', hasUser: true, reader })
  for (const { name, kind } of listFolder(site, CRON_D)) {
    if (kind !== 'file' || name.startsWith('.')) continue
    const file = under(CRON_D, name)
    const content = readText(site, file)
    if (content === undefined) continue
    const stopped = whyUnread(site, name, content, users)
    const owner = packageOf(file)
    take(content.text, {
      ...{ file, hasUser: true, reader },
      ...(owner !== undefined && { package: owner }),
      ...(stopped !== undefined && { stopped }),
    })
  }
  for (const { file, user, text } of spooled(site))
    take(text, { file, hasUser: false, owner: { name: user, from: 'crontab' }, reader })

  const anacron = anacronJobs(site, isThere(site, ANACRON))
  jobs.push(...anacron.jobs)
  const folders = new Map<string, Folder>()
  for (const { folder, entry, file } of runs) {
    // Debian's lines leave the work to anacron where there is one.
    if (entry.command.includes(ANACRON) && isThere(site, ANACRON)) continue
    const notes = notesOfEntry(entry, reader, site.zone)
    folders.set(folder, {
      when: whenOfEntry(site, entry, reader),
      user: entry.user ?? 'root',
      by: `${file}:${entry.line}`,
      notes,
    })
  }
  for (const [folder, run] of anacron.folders) if (!folders.has(folder)) folders.set(folder, run)
  return [...jobs, ...folderJobs(site, folders, users, packageOf)]
}

const CRON_D = '/etc/cron.d'
const ANACRON = '/usr/sbin/anacron'
const SPOOLS = ['/var/spool/cron/crontabs', '/var/spool/cron']

function isThere({ tree }: Site, path: string): boolean {
  return tree.follow(path) !== undefined
}

/** Debian's cron(8): names without a dot, files of root that nobody else may write. */
function whyUnread(
  site: Site,
  name: string,
  { uid, mode }: { uid: number; mode: number },
  users: readonly User[],
): string | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'cron skips the file: its name has more than letters, digits, - and _'
  if ((mode & 0o022) !== 0) return 'cron skips the file: others than its owner may write it'
  // In a copy of a host the files are mostly whoever's made it.
  if (site.run !== undefined && uid !== 0)
    return `cron skips the file: it is ${nameOf(users, uid) ?? `user ${uid}`}'s, not root's`
  return undefined
}

type Spooled = { readonly file: string; readonly user: string; readonly text: string }

function* spooled(site: Site): Iterable<Spooled> {
  let isHidden = false
  for (const folder of SPOOLS) {
    const entries = site.tree.list(folder)
    if (isUnseen(entries)) {
      if (!entries.isMissing) site.blind.push({ where: folder, why: entries.why })
      isHidden ||= !entries.isMissing
      continue
    }
    for (const { name, kind } of entries) {
      if (kind !== 'file' || /^tmp\.|^\./.test(name)) continue
      const content = readText(site, under(folder, name))
      if (content !== undefined) yield { file: under(folder, name), user: name, text: content.text }
      else isHidden ||= name === site.self
    }
  }
  // One's own crontab can be asked for where the folder is closed.
  if (!isHidden || site.run === undefined || site.self === undefined) return
  const asked = site.run('crontab', ['-l'])
  if ('out' in asked) yield { file: `crontab.${site.self}`, user: site.self, text: asked.out }
  else if (!/no crontab/.test(asked.why)) site.blind.push({ where: 'crontab -l', why: asked.why })
}
