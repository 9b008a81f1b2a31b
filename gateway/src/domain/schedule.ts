// When signals are expected: five kinds, one question each way along time. Answers depend on nothing but the
// schedule, the instant and the time-zone data; the memory of parsed texts is only there to be quick.
import { type Calendar, nextElapse, parseCalendar, previousElapse } from './calendar.ts'
import { type Cron, nextFiring, parseCron, previousFiring } from './cron.ts'
import { type Checked, formatProblem, isWrong, type Problem } from './problem.ts'
import { DAY, type Duration, formatDuration, type Instant, NEVER, SECOND } from './time.ts'
import { nextOpening, parseWindow, previousOpening, type Window } from './window.ts'
import { type Zone, zoneNamed } from './zone.ts'

export type Schedule =
  | { readonly kind: 'every'; readonly every: Duration }
  | { readonly kind: 'cron'; readonly cron: string; readonly zone: string }
  | { readonly kind: 'calendar'; readonly calendar: string; readonly zone: string }
  | { readonly kind: 'window'; readonly window: string; readonly on: string; readonly zone: string }
  | { readonly kind: 'none' }

export const LEAST_EVERY: Duration = SECOND
export const MOST_EVERY: Duration = 400 * DAY

/** Everything that keeps the schedule from being used; `path` is where the schedule's own fields stand. */
export function checkSchedule(schedule: Schedule, path: string): readonly Problem[] {
  const parsed = parse(schedule)
  if (!isWrong(parsed)) return []
  if (path === '') return parsed.problems
  return parsed.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }))
}

/**
 * The first due instant strictly after `after`; `NEVER` for none and after the last. For `every`, `after` is the
 * last ok. Throws for a schedule that `checkSchedule` refuses, like every question below.
 */
export function nextDue(schedule: Schedule, after: Instant): Instant {
  const parsed = known(schedule)
  if (parsed.kind === 'none' || after === NEVER) return NEVER
  if (parsed.kind === 'every') return after + parsed.every
  if (parsed.kind === 'cron') return nextFiring(parsed.cron, parsed.zone, after)
  if (parsed.kind === 'calendar') return nextElapse(parsed.calendar, parsed.zone, after)
  return nextOpening(parsed.window, parsed.zone, after)?.due ?? NEVER
}

/** The last due instant at or before `before`; undefined for every and none, and before the first. */
export function previousDue(schedule: Schedule, before: Instant): Instant | undefined {
  const parsed = known(schedule)
  if (parsed.kind === 'none' || parsed.kind === 'every') return undefined
  if (parsed.kind === 'cron') return previousFiring(parsed.cron, parsed.zone, before)
  if (parsed.kind === 'calendar') return previousElapse(parsed.calendar, parsed.zone, before)
  return previousOpening(parsed.window, parsed.zone, before)?.due
}

/** The instant from which an ok counts for `due`: the opening of the window that closes then; otherwise `due` itself. */
export function opening(schedule: Schedule, due: Instant): Instant {
  const parsed = known(schedule)
  if (parsed.kind !== 'window') return due
  const found = previousOpening(parsed.window, parsed.zone, due)
  return found?.due === due ? found.opensAt : due
}

/** The shorter of the gaps to the due instants before and after; a day for one that stands alone, `NEVER` for none. */
export function gapAround(schedule: Schedule, due: Instant): Duration {
  if (schedule.kind === 'none') return NEVER
  if (schedule.kind === 'every') return schedule.every
  const gap = Math.min(nextDue(schedule, due) - due, due - (previousDue(schedule, due - 1) ?? -NEVER))
  return gap === NEVER ? DAY : gap
}

/** `every 5m`, `cron "0 3 * * *" in Europe/Riga`, `window 02:00-04:00 on mon-fri in UTC`. */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'every':
      return `every ${formatDuration(schedule.every)}`
    case 'cron':
      return `cron "${schedule.cron}" in ${schedule.zone}`
    case 'calendar':
      return `calendar "${schedule.calendar}" in ${schedule.zone}`
    case 'window':
      return `window ${schedule.window}${schedule.on.trim() === '' ? '' : ` on ${schedule.on}`} in ${schedule.zone}`
    case 'none':
      return 'no schedule'
  }
}

type Parsed =
  | { readonly kind: 'every'; readonly every: Duration }
  | { readonly kind: 'cron'; readonly cron: Cron; readonly zone: Zone }
  | { readonly kind: 'calendar'; readonly calendar: Calendar; readonly zone: Zone }
  | { readonly kind: 'window'; readonly window: Window; readonly zone: Zone }
  | { readonly kind: 'none' }

/** Several thousand different lines are more than a fleet has; the oldest makes room. */
const MOST_MEMORIES = 8_192
const memory = new Map<string, Parsed>()

function known(schedule: Schedule): Parsed {
  if (schedule.kind === 'every' || schedule.kind === 'none') return schedule
  const key = keyOf(schedule)
  const remembered = memory.get(key)
  if (remembered !== undefined) return remembered
  const parsed = parse(schedule)
  if (isWrong(parsed)) throw new Error(`unchecked schedule: ${parsed.problems.map(formatProblem).join('; ')}`)
  if (memory.size >= MOST_MEMORIES) memory.delete(memory.keys().next().value as string)
  memory.set(key, parsed.value)
  return parsed.value
}

function keyOf(schedule: Exclude<Schedule, { readonly kind: 'every' | 'none' }>): string {
  if (schedule.kind === 'cron') return `cron\n${schedule.cron}\n${schedule.zone}`
  if (schedule.kind === 'calendar') return `calendar\n${schedule.calendar}\n${schedule.zone}`
  return `window\n${schedule.window}\n${schedule.on}\n${schedule.zone}`
}

function parse(schedule: Schedule): Checked<Parsed> {
  if (schedule.kind === 'none') return { value: schedule }
  if (schedule.kind === 'every') {
    if (schedule.every >= LEAST_EVERY && schedule.every <= MOST_EVERY) return { value: schedule }
    const expected = `${formatDuration(LEAST_EVERY)} to ${formatDuration(MOST_EVERY)}`
    const found = Number.isFinite(schedule.every) ? formatDuration(schedule.every) : String(schedule.every)
    return { problems: [{ path: 'every', expected, found }] }
  }
  const problems: Problem[] = []
  const zone = zoneNamed(schedule.zone)
  if (zone === undefined) {
    problems.push({ path: 'zone', expected: 'an IANA zone such as Europe/Riga', found: JSON.stringify(schedule.zone) })
  }
  const parsed = parseText(schedule)
  if (isWrong(parsed)) problems.push(...parsed.problems)
  if (isWrong(parsed) || zone === undefined) return { problems }
  return { value: { ...parsed.value, zone } as Parsed }
}

function parseText(schedule: Exclude<Schedule, { readonly kind: 'every' | 'none' }>): Checked<object> {
  if (schedule.kind === 'cron') {
    const cron = parseCron(schedule.cron, 'cron')
    return isWrong(cron) ? cron : { value: { kind: 'cron', cron: cron.value } }
  }
  if (schedule.kind === 'calendar') {
    const calendar = parseCalendar(schedule.calendar, 'calendar')
    return isWrong(calendar) ? calendar : { value: { kind: 'calendar', calendar: calendar.value } }
  }
  const window = parseWindow(schedule.window, schedule.on, 'window', 'on')
  return isWrong(window) ? window : { value: { kind: 'window', window: window.value } }
}
