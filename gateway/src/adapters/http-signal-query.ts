// What a signal's query string says. A value that would change what the signal means is refused when it can't be
// read; an empty duration counts as absent: it comes from an unset shell variable. Unknown parameters are ignored.
import { cleanText, type Event, isMetricName, MOST_METRICS } from '@overdue/device-sdk/wire'
import { readSilence, SILENCE_FORM, type SilenceOrder } from '../app/url-silence.ts'
import type { Terms } from '../domain/heartbeat.ts'
import { type Checked, formatProblem, isWrong, type Problem } from '../domain/problem.ts'
import type { Schedule } from '../domain/schedule.ts'
import { boundedAt, boundedDuration, type Signal, type SignalKind } from '../domain/signal.ts'
import { type Duration, type Instant, parseDuration, SECOND } from '../domain/time.ts'

export type Query = {
  /** Kind, time and everything the signal carries, but no body. */
  readonly signal: Signal
  /** `create=1`, and the parameters that then describe the heartbeat. */
  readonly create?: URLSearchParams
}

/** The signal that path and query make, or the text that says what is wrong. */
export function readQuery(text: string, event: Event, receivedAt: Instant): Query | string {
  const query = new URLSearchParams(text)
  const kind = kindOf(event, query)
  if (kind === undefined) return `state: expected run, complete, ok or fail, got ${quoted(query.get('state'))}`
  const run = query.get('rid')
  if (run !== null && !UUID.test(run)) return 'invalid uuid format'
  const creates = query.get('create') === '1'
  const times: { [Name in TimeName]?: Duration } = {}
  for (const name of TIMES) {
    const value = query.get(name)?.trim()
    // With create=1 and no terms for the silence that follows, grace is the heartbeat's own.
    if (!value || (name === 'grace' && creates && !query.get('next'))) continue
    const duration = readDuration(value)
    if (duration === undefined) return `${name}: expected ${DURATION_FORM}, got ${quoted(value)}`
    times[name] = boundedDuration(duration)
  }
  const { age, ...rest } = times
  const message = cleanText(query.get('msg') ?? '')
  const metrics = metricsOf(query)
  const stopped = event.killedBy !== undefined && kind === 'fail'
  const signal: Signal = {
    kind,
    at: age === undefined ? receivedAt : boundedAt(receivedAt - age, receivedAt),
    receivedAt,
    via: 'http',
    ...rest,
    ...(run !== null && { run: run.toLowerCase() }),
    ...(event.exit !== undefined && { exit: event.exit }),
    ...(stopped && { killedBy: event.killedBy }),
    ...(message !== '' && { message }),
    ...(metrics && { metrics }),
  }
  return creates ? { signal, create: query } : { signal }
}

/** What `…/silence` is asked for, or the text that says what is wrong. */
export function readSilenceQuery(text: string): Pick<SilenceOrder, 'lasts' | 'reason'> | string {
  const query = new URLSearchParams(text)
  const written = query.get('for') ?? ''
  const lasts = readSilence(written)
  if (lasts === undefined) return `for: expected ${SILENCE_FORM}, got ${quoted(written)}`
  return { lasts, reason: cleanText(query.get('msg') ?? '') }
}

export type CreateRules = {
  readonly base: Terms
  /** Of a `cron` without one. */
  readonly zone: string
  checkSchedule(schedule: Schedule, path: string): readonly Problem[]
}

/** The terms of a heartbeat that a signal creates, or the text that says what is wrong. */
export function readTerms(query: URLSearchParams, rules: CreateRules): Terms | string {
  const schedule = scheduleOf(query, rules)
  if (isWrong(schedule)) return schedule.problems.map(formatProblem).join('\n')
  const written = query.get('grace')?.trim()
  const grace = written ? readDuration(written) : undefined
  if (written && grace === undefined) return `grace: expected ${DURATION_FORM}, got ${quoted(written)}`
  const owner = cleanText(query.get('owner') ?? '', LONGEST_LINE)
  const description = cleanText(query.get('desc') ?? '', LONGEST_LINE)
  const tags = (query.get('tags') ?? '').split(/[\s,]+/u).map((tag) => cleanText(tag, LONGEST_TAG))
  const named = [...new Set(tags)].filter((tag) => tag !== '').slice(0, MOST_TAGS)
  return {
    ...rules.base,
    schedule: schedule.value,
    declaredBy: 'signal',
    ...(grace !== undefined && { grace: boundedDuration(grace) }),
    ...(owner !== '' && { owner }),
    ...(description !== '' && { description }),
    ...(named.length > 0 && { tags: named }),
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const DURATION_FORM = 'seconds or a duration like 1m30s'
const LONGEST_LINE = 200
const LONGEST_TAG = 63
const MOST_TAGS = 32
const METRIC_PREFIX = 'm.'
const SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/

type TimeName = 'duration' | 'age' | 'next' | 'grace'
const TIMES: readonly TimeName[] = ['duration', 'age', 'next', 'grace']

const STATES: ReadonlyMap<string, SignalKind> = new Map<string, SignalKind>([
  ['run', 'start'],
  ['complete', 'ok'],
  ['ok', 'ok'],
  ['fail', 'fail'],
])

/** Between ok, start and fail: a fail anywhere wins, then the path's own event. Undefined: a state that is none. */
function kindOf(event: Event, query: URLSearchParams): SignalKind | undefined {
  const written = query.get('state')
  const state = written === null ? undefined : STATES.get(written)
  if (written !== null && state === undefined) return undefined
  const kind = event.kind as SignalKind
  if (kind !== 'ok' && kind !== 'start' && kind !== 'fail') return kind
  const result = query.get('result') ?? ''
  if (result !== '' && result !== 'success') return 'fail'
  // A service that was stopped cleanly ends by a system signal: what systemd calls a success is one.
  const failed = kind === 'fail' && !(result === 'success' && event.killedBy !== undefined)
  if (failed || state === 'fail') return 'fail'
  return kind === 'ok' ? (state ?? 'ok') : kind === 'start' ? 'start' : 'ok'
}

/** Whole or decimal seconds, or a duration with units. */
function readDuration(text: string): Duration | undefined {
  return SECONDS.test(text) ? Math.round(Number(text) * SECOND) : parseDuration(text)
}

/** What is no number is left out: a row count of `N/A` must not make a good run a false page. */
function metricsOf(query: URLSearchParams): Record<string, number> | undefined {
  const metrics: Record<string, number> = {}
  let count = 0
  for (const [key, text] of query) {
    if (count === MOST_METRICS) break
    if (!key.startsWith(METRIC_PREFIX)) continue
    const name = key.slice(METRIC_PREFIX.length)
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value) || !isMetricName(name)) continue
    if (!Object.hasOwn(metrics, name)) count++
    metrics[name] = value
  }
  return count === 0 ? undefined : metrics
}

function scheduleOf(query: URLSearchParams, rules: CreateRules): Checked<Schedule> {
  const every = query.get('every')?.trim()
  const cron = query.get('cron')?.trim()
  if (every && cron) return wrong('cron', 'either every or cron', 'both')
  if (!every && !cron) return { value: rules.base.schedule }
  const duration = every ? readDuration(every) : 0
  if (duration === undefined) return wrong('every', DURATION_FORM, quoted(every))
  const schedule: Schedule = cron
    ? { kind: 'cron', cron, zone: query.get('zone')?.trim() || rules.zone }
    : { kind: 'every', every: duration }
  const problems = rules.checkSchedule(schedule, '')
  return problems.length === 0 ? { value: schedule } : { problems }
}

function wrong(path: string, expected: string, found: string): Checked<Schedule> {
  return { problems: [{ path, expected, found }] }
}

function quoted(text: string | null | undefined): string {
  return `"${cleanText(text ?? '', 80)}"`
}
