// An audit against what a gateway knows: jobs without a heartbeat, heartbeats without a job, schedules that differ.
import { describeSchedule, nextDue, type Schedule } from '../domain/schedule.ts'
import { DAY, type Duration, HOUR, type Instant, NEVER, parseDuration } from '../domain/time.ts'
import { type Choice, chosen, isIgnored } from './choice.ts'
import { AUDIT_TAG } from './heartbeats-yaml.ts'
import { count, place } from './inventory.ts'
import { type Audit, type Job, KINDS } from './job.ts'
import { lookedAt } from './look.ts'
import { escaped, shown } from './mask.ts'
import { inWords } from './words.ts'

export type Declared = {
  readonly name: string
  readonly group: string
  readonly tags: readonly string[]
  /** As the gateway describes it: `cron "0 3 * * *" in Europe/Riga`. */
  readonly schedule: string
}

export type Comparison = { readonly isGood: boolean; readonly lines: readonly string[] }

export function compare(audit: Audit, declared: readonly Declared[], choice: Choice, now: Instant): Comparison {
  const byName = new Map(declared.map((heartbeat) => [heartbeat.name.toLowerCase(), heartbeat]))
  const jobs = chosen(audit, choice).filter(({ stopped }) => stopped === undefined)
  const bad: string[] = []
  const asides: string[] = []
  for (const job of jobs) {
    const heartbeat = byName.get(job.name.toLowerCase())
    const elsewhere = job.pings.find(({ service }) => service !== 'overdue')
    if (heartbeat !== undefined) {
      const difference = 'why' in job.when ? undefined : differenceOf(job.when.schedule, heartbeat.schedule, now)
      if (difference !== undefined) bad.push(`${job.name}: ${difference} (${place(job)})`)
    } else if (elsewhere === undefined)
      bad.push(`${job.name}: a job without a heartbeat: ${shown(inWords(job.when), 80)} (${place(job)})`)
    else asides.push(`${job.name}: pings ${shown(elsewhere.service)} instead (${place(job)})`)
  }
  const known = new Set(audit.jobs.map(({ name }) => name.toLowerCase()))
  for (const { name, tags, group } of declared) {
    if (known.has(name.toLowerCase()) || !tags.includes(AUDIT_TAG) || isIgnored(name, choice)) continue
    const kind = KINDS.find((one) => tags.includes(one))
    // Only what an audit made, of a place that was looked at to its end: silence about the rest is no sign.
    if (kind === undefined || !isLookedAt(audit, group, kind)) continue
    bad.push(`${escaped(name)}: a heartbeat without a job: no ${kind} in ${shown(group)} has it`)
  }
  const blind = audit.blind.map(({ where, why }) => `could not look at ${escaped(where)}: ${shown(why)}`)
  const verdict =
    bad.length === 0 ? `${count(jobs.length, 'job')}, as the gateway has them` : `${count(bad.length, 'difference')}`
  return { isGood: bad.length === 0, lines: [...bad, ...asides, ...blind, verdict] }
}

/** How far it is looked ahead: over two changes of the clock. */
const AHEAD = 400 * DAY
const MOST_RUNS = 2_000

function isLookedAt({ looked, jobs }: Audit, group: string, kind: Job['kind']): boolean {
  // A namespace is known by its jobs alone.
  if (kind === 'kubernetes') return jobs.some((job) => job.kind === kind && job.group === group)
  return looked.has(lookedAt(group, kind))
}

/** Undefined where the heartbeat expects what the job does. */
function differenceOf(job: Schedule, written: string, now: Instant): string | undefined {
  const ours = describeSchedule(job)
  if (ours === written) return undefined
  const theirs = parseDescription(written)
  const differs = `the job runs ${ours}, the heartbeat expects ${shown(written)}`
  if (theirs === undefined || job.kind === 'none' || theirs.kind === 'none') return differs
  const runs = runsOf(job, now)
  if (theirs.kind === 'every')
    return Math.abs(longestGap(job, runs, now) - theirs.every) <= HOUR && job.kind !== 'every' ? undefined : differs
  if (theirs.kind === 'window') return runs.length > 0 && isWithin(runs, theirs, now) ? undefined : differs
  return sameRuns(runs, runsOf(theirs, now)) ? undefined : differs
}

/** The other way round from `describeSchedule`. */
export function parseDescription(text: string): Schedule | undefined {
  if (text === 'no schedule') return { kind: 'none' }
  const every = parseDuration(/^every (\S+)$/.exec(text)?.[1] ?? '')
  if (every !== undefined) return { kind: 'every', every }
  const [, kind, line, zone] = /^(cron|calendar) "(.*)" in (\S+)$/.exec(text) ?? []
  if (kind === 'cron') return { kind, cron: line as string, zone: zone as string }
  if (kind === 'calendar') return { kind, calendar: line as string, zone: zone as string }
  const [, window, on = '', windowZone] = /^window (\S+)(?: on (.+?))? in (\S+)$/.exec(text) ?? []
  return window === undefined ? undefined : { kind: 'window', window, on, zone: windowZone as string }
}

function runsOf(schedule: Schedule, now: Instant): readonly Instant[] {
  if (schedule.kind === 'every') return []
  const runs: Instant[] = []
  try {
    for (let due = nextDue(schedule, now); due < now + AHEAD && runs.length < MOST_RUNS; due = nextDue(schedule, due))
      runs.push(due)
  } catch {
    // What the gateway's own words mean is asked of its version; another may say more.
    return []
  }
  return runs
}

function longestGap(schedule: Schedule, runs: readonly Instant[], now: Instant): Duration {
  if (schedule.kind === 'every') return schedule.every
  return runs.reduce(
    (longest, run, index) => Math.max(longest, run - (runs[index - 1] ?? Math.max(now, run - longest))),
    0,
  )
}

function sameRuns(ours: readonly Instant[], theirs: readonly Instant[]): boolean {
  return ours.length > 0 && ours.length === theirs.length && ours.every((run, index) => run === theirs[index])
}

/** Each run begins in a window of its own. */
function isWithin(runs: readonly Instant[], window: Extract<Schedule, { kind: 'window' }>, now: Instant): boolean {
  let due = nextDue(window, now - 2 * DAY)
  for (const run of runs) {
    while (due < run) due = nextDue(window, due)
    if (due === NEVER || !opens(window, due, run)) return false
  }
  return true
}

function opens(window: Extract<Schedule, { kind: 'window' }>, due: Instant, run: Instant): boolean {
  const [open = 0, close = 0] = window.window.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    return (hour * 60 + minute) * 60_000
  })
  return run >= due - (close > open ? close - open : close + DAY - open) && run <= due
}
