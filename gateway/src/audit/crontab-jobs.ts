// The jobs of crontabs: of users, of the system, of cron.d, and of files in a repository.
import { atPercent, type CrontabEntry, LONGEST_COMMAND, readCrontab } from './crontab.ts'
import type { Found, Owner, Seam } from './job.ts'
import { programOf, scriptsOf } from './scripts.ts'
import type { Site } from './site.ts'
import { baseName } from './site.ts'
import { cronWhen } from './when.ts'

export type CrontabOf = {
  readonly file: string
  readonly hasUser: boolean
  /** Whose it is, where its lines have no user. */
  readonly owner?: Owner
  readonly package?: string
  /** Why cron does not read the file. */
  readonly stopped?: string
  /** Debian's cron reads no CRON_TZ and no file with a flaw; of a repository's file nobody knows who reads it. */
  readonly reader: 'debian' | 'cronie' | 'unknown'
}

/** A line that runs the scripts of a folder; they are the jobs. */
export type FolderRun = { readonly folder: string; readonly entry: CrontabEntry; readonly file: string }

export function crontabJobs(site: Site, text: string, of: CrontabOf): { jobs: Found[]; folders: FolderRun[] } {
  const { entries, flaws } = readCrontab(text, of.hasUser)
  for (const { line, why } of flaws) site.blind.push({ where: `${of.file}:${line}`, why, kind: 'crontab' })
  const [flaw] = flaws
  const ignored = flaw === undefined ? undefined : `cron ignores the whole file: line ${flaw.line}: ${flaw.why}`
  const stopped = of.stopped ?? (of.reader === 'debian' ? ignored : undefined)
  const jobs: Found[] = []
  const folders: FolderRun[] = []
  if (entries.length > MOST_ENTRIES)
    site.blind.push({
      where: of.file,
      why: `more than ${MOST_ENTRIES} jobs, which cron does not read`,
      kind: 'crontab',
    })
  for (const entry of entries.slice(0, MOST_ENTRIES)) {
    const folder = folderRunBy(entry.command)
    if (folder === undefined) jobs.push(jobOf(site, entry, of, stopped))
    else folders.push({ folder, entry, file: of.file })
  }
  if (jobs.some(({ seam }) => typeof seam === 'object')) site.texts.set(of.file, text)
  return { jobs, folders }
}

/** `run-parts --report /etc/cron.daily`. */
export function folderRunBy(command: string): string | undefined {
  return /\brun-parts\s+(?:-\S+\s+)*(\/[\w./-]+)/.exec(command)?.[1]
}

export function whenOfEntry(
  site: Site,
  { schedule, settings }: CrontabEntry,
  reader: CrontabOf['reader'],
): Found['when'] {
  if (schedule.includes('~')) return { written: schedule, why: 'cron picks the minute at random' }
  const own = settings['CRON_TZ']
  return cronWhen(schedule, own !== undefined && reader !== 'debian' ? own : site.zone)
}

/** Settings that change what a line means. */
export function notesOfEntry(
  { settings, command }: CrontabEntry,
  reader: CrontabOf['reader'],
  hostZone: string,
): readonly string[] {
  const zone = settings['CRON_TZ']
  const notes: string[] = []
  if (zone !== undefined && reader !== 'cronie')
    notes.push(`CRON_TZ=${zone} counts for cronie; Debian's cron ignores it`)
  if (reader === 'unknown' && zone === undefined)
    notes.push(`it runs in the zone of whoever runs it, taken as ${hostZone}`)
  if (command.endsWith('\\')) notes.push('it ends in a backslash: cron joins no lines')
  if (command.length > LONGEST_COMMAND) notes.push(`longer than ${LONGEST_COMMAND} characters: cron refuses it`)
  if (settings['MAILTO'] === '') notes.push('MAILTO is empty: what it prints is thrown away')
  return notes
}

function jobOf(site: Site, entry: CrontabEntry, of: CrontabOf, stopped: string | undefined): Found {
  const { command, user, line, column, comment, settings } = entry
  const owner: Owner | undefined = user === undefined ? of.owner : { name: user, from: 'crontab' }
  const { command: run, length } = atPercent(command)
  const shell = baseName(settings['SHELL'] ?? '/bin/sh')
  const seam: Seam | string = /^(?:ba|da|z|k|a)?sh$/.test(shell)
    ? {
        ...{ kind: 'line', from: column, until: column + length, percent: true },
        path: (settings['PATH'] ?? DEFAULT_PATH).split(':'),
      }
    : `its shell is ${shell}`
  return {
    kind: 'crontab',
    group: site.group,
    title: titleOf(run, of.file),
    command,
    when: whenOfEntry(site, entry, of.reader),
    file: of.file,
    line,
    notes: notesOfEntry(entry, of.reader, site.zone),
    // pytocron and its like read the comment above.
    evidence: `${comment ?? ''}\n${scriptsOf(site.tree, run)}`,
    seam,
    ...(owner !== undefined && { owner }),
    ...(comment !== undefined && { description: comment }),
    ...(of.package !== undefined && { package: of.package }),
    ...(stopped !== undefined && { stopped }),
  }
}

/** Debian's cron refuses more. */
const MOST_ENTRIES = 1_000
const DEFAULT_PATH = '/usr/bin:/bin'

function titleOf(command: string, file: string): string {
  return baseName(programOf(command)) || baseName(file)
}
