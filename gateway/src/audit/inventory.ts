// An audit for people and for programs: what runs, when, whose it is, where it stands, and whom it pings. Commands are
// shown without the secrets in them.
import { formatDuration, formatInstant, type Instant } from '../domain/time.ts'
import type { Audit, Job } from './job.ts'
import { escaped, masked, shown } from './mask.ts'
import { describePing, type Ping } from './pings.ts'
import { inWords, localTime, nextRuns, zoneOf } from './words.ts'

export type Inventory = {
  readonly at: string
  readonly jobs: readonly InventoryJob[]
  readonly blind: readonly { readonly where: string; readonly why: string }[]
}

export type InventoryJob = {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly title: string
  readonly command: string
  readonly written: string
  readonly words: string
  /** The keys of a heartbeat, as overdue.yaml and PUT take them; null where no heartbeat can say it. */
  readonly schedule: Readonly<Record<string, string>> | null
  readonly why: string | null
  readonly next: readonly string[]
  readonly owner: string | null
  readonly ownerFrom: string | null
  readonly description: string | null
  readonly file: string
  readonly line: number
  readonly pings: readonly Ping[]
  readonly package: string | null
  readonly stopped: string | null
  readonly notes: readonly string[]
}

/** What `--json` prints and the console takes. */
export function inventoryOf({ jobs, blind }: Audit, now: Instant): Inventory {
  return {
    at: formatInstant(now),
    jobs: jobs.map((job) => ({
      ...{ name: job.name, kind: job.kind, group: job.group, title: job.title },
      command: masked(job.command),
      written: job.when.written,
      words: inWords(job.when),
      schedule: 'why' in job.when ? null : scheduleKeys(job.when),
      why: 'why' in job.when ? job.when.why : null,
      next: runsOf(job, now).map(formatInstant),
      owner: job.owner?.name ?? null,
      ownerFrom: job.owner?.from ?? null,
      description: job.description === undefined ? null : masked(job.description),
      ...{ file: job.file, line: job.line, pings: job.pings },
      ...{ package: job.package ?? null, stopped: job.stopped ?? null, notes: job.notes ?? [] },
    })),
    blind,
  }
}

/** A heartbeat's schedule, in the words of overdue.yaml. */
export function scheduleKeys(when: Exclude<Job['when'], { why: string }>): Readonly<Record<string, string>> {
  const { schedule } = when
  const grace: Readonly<Record<string, string>> = when.grace === undefined ? {} : { grace: formatDuration(when.grace) }
  switch (schedule.kind) {
    case 'every':
      return { every: formatDuration(schedule.every), ...grace }
    case 'cron':
      return { cron: schedule.cron, zone: schedule.zone, ...grace }
    case 'calendar':
      return { calendar: schedule.calendar, zone: schedule.zone, ...grace }
    case 'window':
      return { window: schedule.window, ...(schedule.on !== '' && { on: schedule.on }), zone: schedule.zone, ...grace }
    case 'none':
      return { schedule: 'none' }
  }
}

export function* inventoryLines(audit: Audit, now: Instant): Iterable<string> {
  const groups = [...new Set(audit.jobs.map(({ group }) => group))]
  for (const group of groups) {
    const jobs = audit.jobs.filter((job) => job.group === group)
    const own = jobs.filter((job) => job.package === undefined)
    if (own.length > 0) {
      yield `${escaped(group)}: ${count(own.length, 'job')}`
      for (const job of own) yield* jobLines(job, now)
      yield ''
    }
    const brought = jobs.filter((job) => job.package !== undefined)
    if (brought.length === 0) continue
    yield `${escaped(group)}: ${count(brought.length, 'job')} that packages brought`
    for (const job of brought)
      yield `  ${escaped(job.title)}: ${shown(inWords(job.when), 60)}, ${job.package}, ${place(job)}${job.stopped === undefined ? '' : `; ${shown(job.stopped)}`}`
    yield ''
  }
  for (const { where, why } of audit.blind) yield `could not look at ${escaped(where)}: ${shown(why)}`
  if (audit.blind.length > 0) yield ''
  yield summary(audit)
}

export function runsOf(job: Job, now: Instant): readonly Instant[] {
  return 'why' in job.when || job.stopped !== undefined ? [] : nextRuns(job.when.schedule, now, NEXT)
}

export function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`
}

export function place({ file, line }: Job): string {
  return `${escaped(file)}:${line}`
}

const NEXT = 3

function* jobLines(job: Job, now: Instant): Iterable<string> {
  yield `  ${job.name}   ${shown(job.command)}`
  const zone = 'why' in job.when ? undefined : zoneOf(job.when.schedule)
  const runs = runsOf(job, now).map((run) => localTime(run, zone ?? 'UTC'))
  yield `    when   ${shown(inWords(job.when))}${zone === undefined ? '' : ` (${zone})`}${runs.length === 0 ? '' : `: ${runs.join(', ')}`}`
  if ('why' in job.when) yield `    note   no heartbeat can say this: ${shown(job.when.why)}`
  if (job.stopped !== undefined) yield `    note   does not run: ${shown(job.stopped)}`
  yield `    owner  ${job.owner === undefined ? 'nobody' : `${shown(job.owner.name, 80)} (${OWNERS[job.owner.from]})`}`
  yield `    where  ${place(job)} (${job.kind})`
  yield `    pings  ${
    job.pings.length === 0
      ? 'nobody'
      : job.pings
          .map(describePing)
          .map((ping) => shown(ping))
          .join(', ')
  }`
  for (const note of job.notes ?? []) yield `    note   ${shown(note)}`
}

const OWNERS: Readonly<Record<NonNullable<Job['owner']>['from'], string>> = {
  crontab: 'the user it runs as',
  unit: 'the user it runs as',
  label: 'its label says so',
  file: 'owns the file',
  git: 'wrote the file last',
}

function summary({ jobs }: Audit): string {
  const own = jobs.filter((job) => job.package === undefined && job.stopped === undefined)
  const silent = own.filter(({ pings }) => pings.length === 0).length
  const ownerless = own.filter(({ owner }) => owner === undefined).length
  const brought = jobs.filter((job) => job.package !== undefined).length
  return [
    `${count(own.length, 'job')}, ${silent} of them without a ping, ${ownerless} without an owner`,
    ...(brought === 0 ? [] : [`${count(brought, 'job')} of packages`]),
  ].join('; ')
}
