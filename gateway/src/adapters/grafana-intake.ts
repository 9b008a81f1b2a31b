// Alerts that others post, as they do to Alertmanager: one that names a heartbeat of ours is a signal of it, for as long as it
// fires; any other is shown until it ends.
import type { Counters } from '../app/counters.ts'
import type { ForeignAlerts } from '../app/foreign-alerts.ts'
import type { Intake } from '../app/intake.ts'
import type { Outcome } from '../app/ports.ts'
import type { Labels } from '../domain/alert.ts'
import { isLabelName } from '../domain/matcher.ts'
import type { Name } from '../domain/names.ts'
import { type Instant, isDue, MINUTE, parseInstant } from '../domain/time.ts'
import { ALERTMANAGER } from './grafana-alerts.ts'
import { sayNo } from './grafana-asked.ts'
import type { Answer, Asked, Route } from './http-route.ts'

export type IntakeWorld = {
  readonly intake: Intake
  readonly counters: Counters
  readonly foreign: ForeignAlerts
  now(): Instant
}

type Posted = {
  readonly labels: Labels
  readonly annotations?: Labels
  readonly startsAt?: string
  readonly endsAt?: string
  readonly generatorURL?: string
}

export function intakeRoute(world: IntakeWorld): Route {
  return {
    ...{ method: 'POST', path: `${ALERTMANAGER}/alerts`, for: 'grafana', body: ALERTS },
    docs: { summary: 'Takes alerts; one that names a heartbeat is a signal of it' },
    answer: ({ body }: Asked<unknown, readonly Posted[]>) => take(body, world),
  }
}

const text = { type: 'string' }
const texts = { type: 'object', additionalProperties: text, maxProperties: 100 }
const ALERTS: object = {
  type: 'array',
  items: {
    type: 'object',
    required: ['labels'],
    properties: { labels: texts, annotations: texts, startsAt: text, endsAt: text, generatorURL: text },
  },
}
/** An alert without an end ends by itself, as Alertmanager's `resolve_timeout` has it. */
const RESOLVES_AFTER: number = 5 * MINUTE
/** Go's zero time, 0001-01-01T00:00:00Z: not said. */
const UNSAID: Instant = -62_135_596_800_000
const MOST_TEXT = 16_000

/** What is good is taken, whatever else came with it. Answered when the signals are on disk. */
async function take(
  posted: readonly Posted[],
  { intake, counters, foreign, now: clock }: IntakeWorld,
): Promise<Answer> {
  const now = clock()
  const heard = new Set<Name>()
  const flaws: string[] = []
  for (const [index, alert] of posted.entries()) {
    const read = readAlert(alert, now)
    if (typeof read === 'string') flaws.push(`[${index}]: ${read}`)
    else if (!isSignOfLife(read.labels, intake)) {
      counters.add('alerts_taken')
      foreign.take(read, now)
    } else if (!isDue(read.endsAt, now)) heard.add(read.labels['heartbeat'] as Name)
  }
  const outcomes = await Promise.all([...heard].map((name) => hear(name, now, intake)))
  for (const outcome of outcomes) {
    if (outcome === 'durable') counters.add('signals_accepted', 'http')
    else counters.add('signals_refused', outcome)
  }
  if (outcomes.some((outcome) => outcome !== 'durable'))
    return sayNo(503, 'a signal can’t be made durable at the moment')
  return flaws.length === 0 ? { status: 200, json: {} } : sayNo(400, flaws.join('; '))
}

/**
 * It names a heartbeat of ours and says nothing bad. Whoever makes alerts of our own verdicts or series has the label, too, and
 * the alert that a heartbeat is silent must not be taken for a signal of it.
 */
function isSignOfLife(labels: Labels, intake: Intake): boolean {
  const { heartbeat = '', alertname = '', severity = 'none', verdict, grafana_folder: folder } = labels
  if (!intake.has(heartbeat) || verdict !== undefined || alertname.startsWith('Overdue')) return false
  return (severity === 'none' || severity === 'info') && (folder === undefined || alertname === 'Watchdog')
}

function hear(name: Name, now: Instant, intake: Intake): Promise<Outcome> {
  return new Promise((settled) =>
    intake.receive({ name, signal: { kind: 'ok', at: now, receivedAt: now, via: 'http' } }, settled),
  )
}

/** What it is, or what is wrong with it. */
function readAlert({ labels: all, annotations = {}, startsAt, endsAt, generatorURL = '' }: Posted, now: Instant) {
  const labels = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const names = Object.keys(labels)
  if (names.length === 0) return 'labels: expected at least one, got none'
  const misnamed = names.find((name) => !isLabelName(name))
  if (misnamed !== undefined)
    return `labels: expected names of letters, digits and "_", got ${JSON.stringify(misnamed)}`
  if (JSON.stringify([labels, annotations, generatorURL]).length > MOST_TEXT)
    return `expected at most ${MOST_TEXT} characters, got more`
  const from = readTime(startsAt, now)
  const until = readTime(endsAt, now + RESOLVES_AFTER)
  if (from === undefined || until === undefined)
    return 'expected startsAt and endsAt as instants such as 2026-12-24T09:00:00Z'
  return { labels, annotations, startsAt: from, endsAt: until, link: generatorURL }
}

function readTime(written: string | undefined, otherwise: Instant): Instant | undefined {
  const at = written === undefined || written === '' ? UNSAID : parseInstant(written)
  return at === UNSAID ? otherwise : at
}
