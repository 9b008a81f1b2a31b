// The terms of a heartbeat as the keys of a file: what `defaults` don't say anyway.
import type { Terms } from '../domain/heartbeat.ts'
import type { Schedule } from '../domain/schedule.ts'
import { formatDuration } from '../domain/time.ts'

/** Read with these defaults, they are the same terms; but for a limit that only the defaults have. */
export function describeWritten(terms: Terms, defaults: Terms): object {
  const { description, owner, tags, group, parent, tolerate, recoverAfter, policy, unseen, runbook, will, resume } =
    terms
  const plain = {
    description,
    owner,
    tags,
    group,
    parent,
    tolerate,
    recoverAfter,
    policy,
    unseen,
    runbook,
    will,
    resume,
  }
  const told = Object.entries(plain).filter(([key, value]) => !isSame(value, defaults[key as keyof Terms]))
  const limits = (['grace', 'startWithin', 'finishWithin'] as const).flatMap((key) => {
    const limit = terms[key]
    return limit === undefined || limit === defaults[key] ? [] : [[key, formatDuration(limit)] as const]
  })
  return {
    ...scheduleFields(terms.schedule),
    ...Object.fromEntries(told),
    ...Object.fromEntries(limits),
    ...(terms.severity !== undefined && { severity: terms.severity }),
    ...(terms.slow !== defaults.slow && { slow: terms.slow === 0 ? 'off' : terms.slow }),
    ...(terms.early !== defaults.early && { early: terms.early ? 'on' : 'off' }),
  }
}

function scheduleFields(schedule: Schedule): object {
  switch (schedule.kind) {
    case 'every':
      return { every: formatDuration(schedule.every) }
    case 'cron':
      return { cron: schedule.cron, zone: schedule.zone }
    case 'calendar':
      return { calendar: schedule.calendar, zone: schedule.zone }
    case 'window':
      return { window: schedule.window, ...(schedule.on !== '' && { on: schedule.on }), zone: schedule.zone }
    case 'none':
      return { schedule: 'none' }
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
