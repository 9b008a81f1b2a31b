// From what schedulers write to schedules that a heartbeat can have, or to the reason why there is none.
import { defaultGrace } from '../domain/deadline.ts'
import { formatProblem } from '../domain/problem.ts'
import { checkSchedule, gapAround, nextDue, type Schedule } from '../domain/schedule.ts'
import { type Duration, MINUTE, NEVER } from '../domain/time.ts'
import type { When } from './job.ts'
import { goDuration } from './spans.ts'

/** A schedule, if the gateway takes it. */
export function whenOf(written: string, schedule: Schedule, grace?: Duration): When {
  const problems = checkSchedule(schedule, '')
  if (problems.length > 0) return { written, why: problems.map(formatProblem).join('; ') }
  return { written, schedule, ...(grace !== undefined && { grace: Math.ceil(grace / MINUTE) * MINUTE }) }
}

/** The same, for a job that starts up to `delay` late: its grace has the delay on top of what it would be. */
export function delayed(when: When, delay: Duration): When {
  if ('why' in when || when.schedule.kind === 'none' || delay === 0) return when
  return whenOf(when.written, when.schedule, (when.grace ?? usualGrace(when.schedule)) + delay)
}

/** At least so much grace. */
export function patient(when: When, grace: Duration): When {
  if ('why' in when || when.schedule.kind === 'none') return when
  const usual = when.grace ?? usualGrace(when.schedule)
  return usual >= grace ? when : whenOf(when.written, when.schedule, grace)
}

/** A line of five fields, where steps may begin at a number: `5/15` is `5-59/15`. */
export function cronWhen(written: string, zone: string): When {
  const line = written.trim().replaceAll(/\s+/g, ' ')
  if (line === '@reboot') return { written: line, schedule: { kind: 'none' } }
  const fields = line.split(' ')
  const stepped =
    fields.length === 5 ? fields.map((field, index) => stepsFrom(field, LAST[index] as number)).join(' ') : line
  return whenOf(line, { kind: 'cron', cron: stepped, zone })
}

/**
 * What Go's cron takes: `@every 1h30m`, words, five fields, and with `seconds` six of which the first is the second.
 * A zone may stand before it.
 */
export function goCronWhen(written: string, zone: string, seconds: 'never' | 'maybe'): When {
  const [, named, rest = ''] = /^\s*(?:(?:CRON_)?TZ=(\S+)\s+)?(.*?)\s*$/s.exec(written) ?? []
  const own = named ?? zone
  const every = /^@every\s+(\S+)$/.exec(rest)?.[1]
  if (every !== undefined) {
    const duration = goDuration(every)
    return duration === undefined
      ? { written, why: `no duration: ${every}` }
      : whenOf(written, { kind: 'every', every: duration })
  }
  const [second = '', ...fields] = rest.split(/\s+/)
  if (seconds === 'never' || fields.length !== 5) return { ...cronWhen(rest, own), written: written.trim() }
  if (/^\d{1,2}$/.test(second))
    return { ...delayed(cronWhen(fields.join(' '), own), Number(second) * 1000), written: written.trim() }
  const step = /^(?:\*|0)\/(\d+)$/.exec(second)?.[1] ?? (second === '*' ? '1' : undefined)
  if (step !== undefined && fields.every((field) => field === '*' || field === '?'))
    return whenOf(written, { kind: 'every', every: Number(step) * 1000 })
  return { written, why: 'it runs several times a minute, at some times only' }
}

/** One line that fires when any of them does, where they differ in one field; otherwise why there is none. */
export function oneOf(whens: readonly When[]): When {
  const [first, ...more] = whens
  if (first === undefined) return { written: '', why: 'nothing says when' }
  return more.reduce(merged, first)
}

const LAST = [59, 23, 31, 12, 7]

function stepsFrom(field: string, last: number): string {
  return field.replaceAll(/(^|,)(\d+)\/(\d+)/g, `$1$2-${last}/$3`)
}

function usualGrace(schedule: Schedule): Duration {
  if (schedule.kind === 'every') return defaultGrace(schedule.every)
  const due = nextDue(schedule, 0)
  return due === NEVER ? 0 : defaultGrace(gapAround(schedule, due))
}

function merged(one: When, other: When): When {
  const written = `${one.written}; ${other.written}`
  if ('why' in one) return { written, why: one.why }
  if ('why' in other) return { written, why: other.why }
  if (one.schedule.kind === 'cron' && other.schedule.kind === 'cron' && one.schedule.zone === other.schedule.zone) {
    const [ours, theirs] = [one.schedule, other.schedule].map(({ cron }) => cron.split(' ')) as [string[], string[]]
    const differing = ours.flatMap((field, index) => (field === theirs[index] ? [] : [index]))
    const [index] = differing
    if (ours.length !== 5 || theirs.length !== 5 || differing.length > 1) return { written, why: SEVERAL }
    if (index === undefined) return { ...one, written }
    if (/^[*?]/.test(`${ours[index]}`) || /^[*?]/.test(`${theirs[index]}`)) return { written, why: SEVERAL }
    const both = ours.map((field, at) => (at === index ? `${field},${theirs[at]}` : field)).join(' ')
    const grace = Math.max(one.grace ?? 0, other.grace ?? 0)
    return whenOf(written, { ...one.schedule, cron: both }, grace > 0 ? grace : undefined)
  }
  return { written, why: SEVERAL }
}

const SEVERAL = 'it has several schedules, and a heartbeat has one'
