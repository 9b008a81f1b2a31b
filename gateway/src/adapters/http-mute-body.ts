// What a request says of a silence or a maintenance window, read: for how long, from when, and whom.
import { checkMatchers } from '../domain/matcher.ts'
import { type Match, type Mute, outlasts, type When } from '../domain/mute.ts'
import { type Checked, isWrong, type Problem } from '../domain/problem.ts'
import { checkSchedule } from '../domain/schedule.ts'
import {
  DAY,
  type Duration,
  formatDuration,
  formatInstant,
  type Instant,
  MINUTE,
  parseDuration,
} from '../domain/time.ts'
import { INSTANT, readInstant } from './http-instant.ts'
import type { MatchBody, WindowBody } from './http-shapes-mutes.ts'

export const SHORTEST_MUTE: Duration = MINUTE
/** Of one stretch. A silence ends no later than this from now; a window is planned, and ends within the year. */
export const LONGEST_MUTE: Duration = 31 * DAY
const PLANNED_AHEAD: Duration = 400 * DAY

/** Paths begin at the body. `zone` is that of a `cron` which names none. */
export function readMute(
  body: WindowBody,
  kind: Mute['kind'],
  zone: string,
  now: Instant,
): Checked<{ readonly match: Match; readonly when: When }> {
  const when = body.cron === undefined ? readOnce(body, kind, now) : readRepeating(body, body.cron, zone)
  const match = readMatch(body.match)
  if (!isWrong(match) && !isWrong(when)) return { value: { match: match.value, when: when.value } }
  return { problems: [...(isWrong(match) ? match.problems : []), ...(isWrong(when) ? when.problems : [])] }
}

export function readFor(text: string, least: Duration, most: Duration): Checked<Duration> {
  const duration = parseDuration(text)
  if (duration !== undefined && duration >= least && duration <= most) return { value: duration }
  const expected = `a duration from ${formatDuration(least)} to ${formatDuration(most)}`
  return { problems: [{ path: 'for', expected, found: JSON.stringify(text) }] }
}

/** Nobody mutes everything by leaving something out. */
function readMatch({ all = false, ...match }: MatchBody): Checked<Match> {
  const isEmpty = Object.keys(match).length === 0
  if (all && !isEmpty)
    return { problems: [{ path: 'match.all', expected: 'either it or what it matches', found: 'both' }] }
  const problems = match.labels === undefined ? [] : checkMatchers(match.labels, 'match.labels')
  if (problems.length > 0) return { problems }
  if (all || !isEmpty) return { value: match }
  const expected = 'names, tags, groups, owners, severity, about or labels, or all: true'
  return { problems: [{ path: 'match', expected, found: 'none of them' }] }
}

function readRepeating(body: WindowBody, cron: string, otherwise: string): Checked<When> {
  const { zone = otherwise } = body
  const lasts = body.for === undefined ? missing('for') : readFor(body.for, SHORTEST_MUTE, LONGEST_MUTE)
  const problems = [
    ...checkSchedule({ kind: 'cron', cron, zone }, ''),
    ...(isWrong(lasts) ? lasts.problems : []),
    ...(['from', 'until'] as const).filter((key) => body[key] !== undefined).map(besideCron),
  ]
  if (isWrong(lasts) || problems.length > 0) return { problems }
  const when = { cron, zone, for: lasts.value }
  if (!outlasts(when, LONGEST_MUTE)) return { value: when }
  const expected = `a pause at least every ${formatDuration(LONGEST_MUTE)}`
  return { problems: [{ path: 'for', expected, found: 'firings that run into each other' }] }
}

function readOnce(body: WindowBody, kind: Mute['kind'], now: Instant): Checked<When> {
  const from = body.from === undefined ? { value: now } : readAt(body.from, 'from')
  const until = isWrong(from) ? readEnd(body, now) : readEnd(body, from.value)
  const problems = [
    ...(isWrong(from) ? from.problems : []),
    ...(isWrong(until) ? until.problems : []),
    ...(body.zone === undefined ? [] : [{ path: 'zone', expected: 'a cron beside it', found: 'none' }]),
  ]
  if (isWrong(from) || isWrong(until) || problems.length > 0) return { problems }
  const when = { from: from.value, until: until.value }
  const outside = problemOfBounds(when, kind, now)
  if (outside === undefined) return { value: when }
  const path = body.for === undefined ? 'until' : 'for'
  return { problems: [{ path, expected: outside, found: `an end at ${formatInstant(until.value)}` }] }
}

/** What is expected instead; what is past already does not count. */
export function problemOfBounds(
  { from, until }: Extract<When, { until: Instant }>,
  kind: Mute['kind'],
  now: Instant,
): string | undefined {
  const begins = Math.max(from, now)
  const [least, most] = [formatDuration(SHORTEST_MUTE), formatDuration(LONGEST_MUTE)]
  const what = from > now ? 'from' : 'now'
  if (until < begins + SHORTEST_MUTE) return `an end at least ${least} after ${what}`
  if (kind === 'silence' && until > now + LONGEST_MUTE) return `an end at most ${most} from now`
  if (until > begins + LONGEST_MUTE) return `an end at most ${most} after ${what}`
  if (until > now + PLANNED_AHEAD) return `an end at most ${formatDuration(PLANNED_AHEAD)} from now`
  return undefined
}

function readEnd(body: WindowBody, from: Instant): Checked<Instant> {
  if (body.for !== undefined && body.until !== undefined)
    return { problems: [{ path: 'until', expected: 'for or until', found: 'both' }] }
  if (body.until !== undefined) return readAt(body.until, 'until')
  if (body.for === undefined) return missing('for')
  const lasts = readFor(body.for, SHORTEST_MUTE, LONGEST_MUTE)
  return isWrong(lasts) ? lasts : { value: from + lasts.value }
}

function readAt(text: string, path: string): Checked<Instant> {
  const at = readInstant(text)
  return at === undefined ? { problems: [{ path, expected: INSTANT, found: JSON.stringify(text) }] } : { value: at }
}

function missing(path: 'for'): { readonly problems: readonly Problem[] } {
  return { problems: [{ path, expected: 'how long it lasts', found: 'nothing' }] }
}

function besideCron(path: 'from' | 'until'): Problem {
  return { path, expected: 'nothing beside cron', found: 'a value' }
}
