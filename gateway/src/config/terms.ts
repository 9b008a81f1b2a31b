// What is declared about a heartbeat: the keys that a heartbeat, `defaults` and `signals.create` share, as terms.
import type { Terms } from '../domain/heartbeat.ts'
import { checkSchedule, type Schedule } from '../domain/schedule.ts'
import { type Duration, SECOND } from '../domain/time.ts'
import { readDuration } from './durations.ts'
import type { TermsFields } from './fields.ts'
import { nearest, type Report, show, under } from './report.ts'

const SCHEDULES = ['every', 'cron', 'calendar', 'window', 'schedule'] as const

const LEAST_LIMIT: Duration = SECOND

export type TermsRules = {
  /** What they have that the fields don't say. */
  readonly base: Terms
  /** Whether `base` says when signals are expected, so that the fields need not. */
  readonly isScheduled: boolean
  /** Of a schedule that names none. */
  readonly zone: string
  readonly policies: ReadonlySet<string>
}

/** Terms that can be kept: with a schedule, and under a policy that there is. */
export function readWholeTerms(fields: TermsFields, path: string, rules: TermsRules, report: Report): Terms {
  if (!rules.isScheduled && !hasSchedule(fields)) report.add(path, `one of ${SCHEDULES.join(', ')}`, 'none of them')
  const terms = readTerms(fields, path, rules.base, rules.zone, report)
  if (!rules.policies.has(terms.policy)) {
    const expected = `the name of a policy${nearest(terms.policy, rules.policies)}`
    report.add(under(path, 'policy'), expected, show(terms.policy))
  }
  return terms
}

/** `base` says what the fields don't; `zone` is that of a schedule which names none. */
function readTerms(fields: TermsFields, path: string, base: Terms, zone: string, report: Report): Terms {
  const limit = (key: 'grace' | 'startWithin' | 'finishWithin', least = LEAST_LIMIT) => {
    const duration = readDuration(fields[key], under(path, key), report, least)
    return duration === undefined ? {} : { [key]: duration }
  }
  return {
    ...base,
    ...plain(fields),
    schedule: readSchedule(fields, path, base.schedule, zone, report),
    ...limit('grace', 0),
    ...limit('startWithin'),
    ...limit('finishWithin'),
    ...(fields.slow !== undefined && { slow: typeof fields.slow === 'number' ? fields.slow : 0 }),
    ...(fields.early !== undefined && { early: fields.early === true || fields.early === 'on' }),
  }
}

/** Whether the fields say when signals are expected. */
export function hasSchedule(fields: TermsFields): boolean {
  return SCHEDULES.some((key) => fields[key] !== undefined)
}

/** Fields that are terms as they stand. */
function plain(fields: TermsFields): Partial<Terms> {
  const { description, owner, tags, group, parent, tolerate, recoverAfter } = fields
  const { policy, severity, unseen, runbook, will, resume } = fields
  const all = { description, owner, tags, group, parent, tolerate, recoverAfter }
  const more = { policy, severity, unseen, runbook, will, resume }
  return Object.fromEntries(
    Object.entries({ ...all, ...more }).filter(([, value]) => value !== undefined),
  ) as Partial<Terms>
}

function readSchedule(fields: TermsFields, path: string, base: Schedule, zone: string, report: Report): Schedule {
  const named = SCHEDULES.filter((key) => fields[key] !== undefined)
  if (named.length > 1) report.add(path, `one of ${SCHEDULES.join(', ')}`, named.join(' and '))
  if (fields.on !== undefined && fields.window === undefined)
    report.add(under(path, 'on'), 'a window beside it', show(fields.on))
  const schedule = scheduleOf(fields, path, base, zone, report)
  if (schedule === undefined || named.length > 1) return base
  const problems = named.length === 0 && fields.zone === undefined ? [] : checkSchedule(schedule, path)
  report.problems.push(...problems)
  return problems.length > 0 ? base : schedule
}

/** Undefined where a duration could not be read. */
function scheduleOf(
  fields: TermsFields,
  path: string,
  base: Schedule,
  otherwise: string,
  report: Report,
): Schedule | undefined {
  const zone = fields.zone ?? otherwise
  if (fields.every !== undefined) {
    const every = readDuration(fields.every, under(path, 'every'), report)
    return every === undefined ? undefined : { kind: 'every', every }
  }
  if (fields.cron !== undefined) return { kind: 'cron', cron: fields.cron, zone }
  if (fields.calendar !== undefined) return { kind: 'calendar', calendar: fields.calendar, zone }
  if (fields.window !== undefined) return { kind: 'window', window: fields.window, on: String(fields.on ?? ''), zone }
  if (fields.schedule === 'none') return { kind: 'none' }
  return fields.zone !== undefined && 'zone' in base ? { ...base, zone } : base
}
