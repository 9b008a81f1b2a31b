// The scripts of cron.hourly, cron.daily and their like: run-parts starts those whose names it likes, one after another.
import type { Found, When } from './job.ts'
import { listFolder, readText, type Site, under } from './site.ts'
import { nameOf, type User } from './users.ts'

export type Folder = {
  readonly when: When
  readonly user: string
  /** The line that runs it. */
  readonly by: string
  readonly notes: readonly string[]
}

const FOLDERS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'].map((name) => `/etc/cron.${name}`)

/** `folders` says which folders are run, and when; the usual ones are looked into anyway. */
export function folderJobs(
  site: Site,
  folders: ReadonlyMap<string, Folder>,
  users: readonly User[],
  packageOf: (file: string) => string | undefined,
): readonly Found[] {
  return [...new Set([...FOLDERS, ...folders.keys()])].flatMap((folder) =>
    listFolder(site, folder).flatMap(({ name, kind }) => {
      // anacron's own mark that it is up to date.
      if (name.startsWith('.') || name === '0anacron' || kind === 'folder') return []
      const file = under(folder, name)
      const content = kind === 'file' ? readText(site, file) : undefined
      if (kind === 'file' && content === undefined) return []
      const run = folders.get(folder)
      const owner = packageOf(file)
      const stopped = whyNot(folder, run, name, kind, content?.mode ?? 0)
      const job: Found = {
        kind: 'run-parts',
        group: site.group,
        title: name.replace(/\.(?:sh|bash|py|pl|cron)$/, ''),
        command: file,
        when: run?.when ?? { written: folder, why: 'nothing runs the folder' },
        file,
        line: 1,
        owner:
          run === undefined
            ? { name: nameOf(users, content?.uid ?? 0) ?? String(content?.uid ?? 0), from: 'file' }
            : { name: run.user, from: 'crontab' },
        notes: run === undefined ? [] : [`run by ${run.by}, after the scripts before it`, ...run.notes],
        evidence: content?.text ?? '',
        seam: 'a ping goes into the script, as its last line',
        ...(owner !== undefined && { package: owner }),
        ...(stopped !== undefined && { stopped }),
      }
      return [job]
    }),
  )
}

function whyNot(folder: string, run: Folder | undefined, name: string, kind: string, mode: number): string | undefined {
  if (run === undefined) return `nothing in a crontab or anacrontab runs ${folder}`
  if (kind !== 'file') return 'its link leads nowhere'
  // run-parts(8), without --lsbsysinit and --regex.
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'run-parts skips it: its name has more than letters, digits, - and _'
  if ((mode & 0o111) === 0) return 'run-parts skips it: it is not executable'
  return undefined
}
