// Why a heartbeat is what it is: the sentence of one rule, and the whole story as fields and as text.
import { baselineOf, medianOf } from './baseline.ts'
import { type GraceSource, graceOf } from './deadline.ts'
import type { Draft } from './draft.ts'
import type { Directory } from './escalate.ts'
import { type Muting, nextTurn } from './escalation.ts'
import type { Heartbeat, State, Terms } from './heartbeat.ts'
import { hintsFor } from './hints.ts'
import { type Liveness, livenessOf, livenessText, type Presence } from './liveness.ts'
import { runLimit, wakeAt } from './moments.ts'
import { describeSchedule } from './schedule.ts'
import type { Signal } from './signal.ts'
import { type Duration, formatDuration, formatInstant, type Instant, NEVER, SECOND } from './time.ts'
import type { Rule, Verdict } from './verdict.ts'

/** One sentence, fit for the first lines of a page. */
export function reasonFor(draft: Draft, rule: Rule, at: Instant, signal?: Signal): string {
  const { terms, state, scene } = draft
  const local = (instant: Instant) => inZone(instant, zoneOf(terms, scene.zone))
  const heard = state.lastOkAt === 0 ? 'never seen' : `last ok ${local(state.lastOkAt)}`
  switch (rule) {
    case 'deadline':
      return `No ok by ${local(at)}: ${describeSchedule(terms.schedule)}, due ${local(state.dueAt)}, grace ${graceText(terms, state)}; ${heard}.`
    case 'startWithin':
      return `No start within ${formatDuration(terms.startWithin ?? 0)} of ${local(state.dueAt)} (${describeSchedule(terms.schedule)}); ${heard}.`
    case 'will':
      return `The device's link broke at ${local(state.lastSignalAt)} and nothing was heard after it; ${heard}.`
    case 'finishWithin':
    case 'runLimit':
      return `A run is open for longer than ${formatDuration(runLimit(terms, state).limit)} (${rule === 'finishWithin' ? 'finishWithin' : 'the larger of grace and four times its usual duration'}); ${heard}.`
    case 'baseline':
      return `A run takes at least ${terms.slow} times its usual ${rounded(baselineOf(state.more.samples))}; ${heard}.`
    case 'signal':
      return signal === undefined ? 'It said so.' : failure(signal, local)
    default:
      return `${rule} at ${local(at)}.`
  }
}

export type Explanation = {
  readonly name: string
  readonly verdict: Verdict
  readonly since: Instant
  readonly schedule: string
  readonly lastSignalAt: Instant
  readonly lastOkAt: Instant
  readonly dueAt: Instant
  readonly deadlineAt: Instant
  readonly grace: Duration
  readonly graceFrom: GraceSource
  readonly baseline: Duration | undefined
  readonly samples: number
  readonly wakeAt: Instant
  readonly incident: string | undefined
  /** The ways that the page would take now. */
  readonly nextStep: { readonly at: Instant; readonly ways: readonly string[] } | undefined
  readonly muted: Muting | undefined
  readonly blind: readonly [Instant, Instant] | undefined
  readonly liveness: Liveness | undefined
  readonly hints: readonly string[]
  readonly text: string
}

export function explain(heartbeat: Heartbeat, zone: string, directory: Directory, now: Instant): Explanation {
  const { name, terms, state } = heartbeat
  const { grace, from } = graceOf(terms, state, state.dueAt)
  const presence = directory.presenceOf?.(name)
  const facts: Omit<Explanation, 'text'> = {
    name,
    verdict: state.verdict,
    since: state.since,
    schedule: describeSchedule(terms.schedule),
    lastSignalAt: state.lastSignalAt,
    lastOkAt: state.lastOkAt,
    dueAt: state.dueAt,
    deadlineAt: state.deadlineAt,
    grace,
    graceFrom: from,
    baseline: baselineOf(state.more.samples) ?? medianOf(state.more.samples),
    samples: state.more.samples.length,
    wakeAt: wakeAt(terms, state),
    incident: state.more.incident?.id,
    nextStep: nextStep(state, directory, now),
    muted: state.more.incident?.mute,
    blind: state.more.blind,
    liveness: livenessOf(heartbeat, presence, now),
    hints: hintsFor(heartbeat, now),
  }
  return { ...facts, text: [...sentences(facts, heartbeat, zone, presence)].join('\n') }
}

function nextStep(state: State, directory: Directory, now: Instant): Explanation['nextStep'] {
  const { incident } = state.more
  if (incident?.state !== 'triggered' || incident.mute !== undefined) return undefined
  const turn = nextTurn(incident)
  if (turn === undefined) return undefined
  const targets = incident.policy.steps[turn.step]?.page ?? []
  const ways = targets.flatMap((target) => {
    const found = directory.waysTo(target, now).map(({ path }) => path)
    return found.length > 0 ? found : [`${target} › fallback`]
  })
  return { at: turn.at, ways }
}

function* sentences(
  facts: Omit<Explanation, 'text'>,
  { terms, state }: Heartbeat,
  zone: string,
  presence: Presence | undefined,
): Iterable<string> {
  const both = (at: Instant) => `${inZone(at, zoneOf(terms, zone))} (${formatInstant(at)})`
  yield `${facts.name} is ${facts.verdict} since ${both(facts.since)}.`
  if (state.more.incident !== undefined) yield `Why: ${state.more.incident.explanation}`
  yield `It is expected ${facts.schedule}${terms.owner === '' ? ', and nobody owns it' : `, and ${terms.owner} owns it`}.`
  yield facts.lastSignalAt === 0
    ? 'Nothing was ever heard of it.'
    : `Last signal ${both(facts.lastSignalAt)}${facts.lastOkAt === 0 ? ', never an ok' : `, last ok ${both(facts.lastOkAt)}`}.`
  if (facts.dueAt !== NEVER)
    yield `Due ${both(facts.dueAt)}, grace ${graceText(terms, state)}, so silence becomes a miss after ${both(facts.deadlineAt)}.`
  if (facts.samples > 0)
    yield `It usually takes ${rounded(facts.baseline)} (${facts.samples} ${facts.samples === 1 ? 'sample' : 'samples'}).`
  if (facts.nextStep !== undefined)
    yield `Unless somebody acknowledges, ${facts.nextStep.ways.join(', ')} will be paged at ${both(facts.nextStep.at)}.`
  if (facts.muted !== undefined)
    yield `Nobody is paged: ${facts.muted.why}${facts.muted.until === undefined ? '' : `, until ${both(facts.muted.until)}`}.`
  if (facts.blind !== undefined)
    yield `The gateway could not hear from ${both(facts.blind[0])} to ${both(facts.blind[1])}.`
  if (facts.liveness !== undefined) yield livenessText(facts.liveness, presence, both)
  for (const hint of facts.hints) yield `Hint: ${hint}`
}

function failure(signal: Signal, local: (at: Instant) => string): string {
  const how =
    signal.exit !== undefined
      ? `exit code ${signal.exit}`
      : signal.killedBy !== undefined
        ? `killed by ${signal.killedBy}`
        : 'fail'
  return `It reported ${how} at ${local(signal.at)}${signal.message === undefined ? '' : `: ${signal.message.slice(0, 300)}`}.`
}

const GRACE_SOURCES: Readonly<Record<GraceSource, string>> = {
  explicit: 'as declared',
  signal: 'as the signal said',
  gap: 'by default from the time between its signals',
  lag: 'four times its usual lag',
}

function graceText(terms: Terms, state: State): string {
  const own = state.deadlineAt - state.dueAt
  const { grace, from } = graceOf(terms, state, state.dueAt)
  if (own === grace || !Number.isFinite(own)) return `${formatDuration(grace)} ${GRACE_SOURCES[from]}`
  return `${formatDuration(own)} ${state.more.blind === undefined ? GRACE_SOURCES.signal : 'because the gateway could not hear'}`
}

function rounded(duration: Duration | undefined): string {
  return duration === undefined
    ? 'duration'
    : formatDuration(duration > 10_000 ? Math.round(duration / 1000) * 1000 : Math.round(duration))
}

/** The zone that a heartbeat's people think in. */
export function zoneOf(terms: Terms, otherwise: string): string {
  return 'zone' in terms.schedule ? terms.schedule.zone : otherwise
}

/** `Sat 2026-03-28 03:00:00 Europe/Riga`. */
export function inZone(at: Instant, zone: string): string {
  if (!Number.isFinite(at)) return 'never'
  const key = `${Math.floor(at / SECOND)} ${zone}`
  const known = written.get(key)
  if (known !== undefined) return known
  if (written.size >= MOST_WRITTEN) written.clear()
  const text = writeInZone(at, zone)
  written.set(key, text)
  return text
}

/** In a storm thousands ask for the same few seconds, and asking Temporal is slow. */
const written = new Map<string, string>()
const MOST_WRITTEN = 1_000

function writeInZone(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][local.dayOfWeek - 1]
  return `${day} ${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'second' })} ${zone}`
}
