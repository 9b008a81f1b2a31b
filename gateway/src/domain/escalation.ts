// Who is paged at which turn of an escalation, and when a turn comes. A policy is copied into the incident when it
// opens; whom its targets stand for is asked when the turn is taken.
//
//   triggered -> acknowledged -> (times out) triggered -> … -> resolved; muted: no turn is taken until the mute ends
import type { Severity } from './heartbeat.ts'
import { isWrong } from './problem.ts'
import { type Duration, type Instant, MINUTE, NEVER } from './time.ts'
import { nextOpening, parseWindow, type Window } from './window.ts'
import { type Zone, zoneNamed } from './zone.ts'

/** Hours in which a step pages. Outside of them it waits for the next opening, or is left out. */
export type During = {
  readonly window: string
  readonly on: string
  readonly zone: string
  readonly otherwise: 'wait' | 'skip'
}

export type Step = {
  /** From the opening of the incident, or from the last rise of its severity. */
  readonly after: Duration
  /** Names of channels, responders and on-call schedules. */
  readonly page: readonly string[]
  /** Only for incidents of this severity; absent: for all. */
  readonly severity?: Severity
  readonly during?: During
  readonly repeat?: { readonly every: Duration; readonly times: number }
}

export type Policy = {
  readonly name: string
  readonly ackTimeout: Duration
  readonly steps: readonly Step[]
  /** Who is paged where a target stands for nobody; empty: every channel. */
  readonly fallback: readonly string[]
}

export const ACK_TIMEOUT: Duration = 30 * MINUTE
export const NO_POLICY: Policy = { name: '', ackTimeout: ACK_TIMEOUT, steps: [], fallback: [] }

/** What an escalation is about, be it an incident or a storm, as far as its turns go. */
export type Escalation = {
  readonly id: string
  readonly severity: Severity
  readonly policy: Policy
  readonly state: EscalationState
  /** The turns count from here: the opening, a rise in severity, an acknowledgement that timed out, the end of a mute. */
  readonly beganAt: Instant
  /** Turns of the policy taken since `beganAt`. */
  readonly turns: number
  readonly acknowledgedAt?: Instant
  readonly acknowledgedBy?: string
  /** Whoever was paged knows that the acknowledgement times out soon. */
  readonly warned: boolean
  readonly pages: readonly QueuedPage[]
  readonly mute?: Muting
  /** It waited already to see whether it is part of a storm. */
  readonly gathered: boolean
}

export type EscalationState = 'triggered' | 'acknowledged' | 'resolved'

export type QueuedPage = {
  readonly id: string
  readonly kind: string
  readonly channel: string
  /** The way from the policy to the channel: `primary › ana › ops`. */
  readonly path: string
  readonly queuedAt: Instant
  readonly settledAt?: Instant
  readonly outcome?: 'delivered' | 'refused' | 'expired'
}

/** Why nobody is paged at the moment, and until when at the latest; no `until`: until what mutes it ends. */
export type Muting = {
  readonly by: MutedBy
  /** The silence, maintenance window, heartbeat or storm. */
  readonly what: string
  readonly why: string
  readonly until?: Instant
}

/** `parent`: its parent is silent, or may be; `gathering`: a moment to see whether it is part of a storm. */
export type MutedBy = 'silence' | 'maintenance' | 'parent' | 'storm' | 'gathering'

/** One time at which somebody is to be paged: the step, and which of its repeats. */
export type Turn = { readonly step: number; readonly repeat: number; readonly at: Instant }

/** Every turn of a policy for an escalation that began at `beganAt`, in order of time; ties keep the order of the steps. */
export function turnsOf(policy: Policy, severity: Severity, beganAt: Instant): readonly Turn[] {
  const turns: Turn[] = []
  policy.steps.forEach((step, index) => {
    if (step.severity !== undefined && step.severity !== severity) return
    let at = openAt(step.during, beganAt + step.after)
    for (let repeat = 0; repeat <= (step.repeat?.times ?? 0); repeat++) {
      turns.push({ step: index, repeat, at })
      at = openAt(step.during, at + (step.repeat?.every ?? 0))
    }
  })
  return turns.sort((a, b) => a.at - b.at)
}

/** Undefined when all were taken. */
export function nextTurn({ policy, severity, beganAt, turns }: Escalation): Turn | undefined {
  return turnsOf(policy, severity, beganAt)[turns]
}

/** Everyone who was paged, in the order of their first page. */
export function pagedChannels({ pages }: Pick<Escalation, 'pages'>): readonly string[] {
  return [...new Set(pages.map(({ channel }) => channel))]
}

/** The same, by the way that the page took. */
export function pagedPaths({ pages }: Pick<Escalation, 'pages'>): readonly string[] {
  return [...new Map(pages.map(({ channel, path }) => [channel, path])).values()]
}

export type EscalationMoment = {
  readonly at: Instant
  readonly kind: 'turn' | 'unmuted' | 'warned' | 'acknowledgementExpired'
}

/** What comes next of itself; undefined: nothing. */
export function momentOf(escalation: Escalation): EscalationMoment | undefined {
  const { state, mute, warned, acknowledgedAt = NEVER, policy } = escalation
  if (state === 'resolved') return undefined
  if (state === 'triggered') {
    if (mute !== undefined) return mute.until === undefined ? undefined : { at: mute.until, kind: 'unmuted' }
    const turn = nextTurn(escalation)
    return turn === undefined || turn.at === NEVER ? undefined : { at: turn.at, kind: 'turn' }
  }
  const expiresAt = acknowledgedAt + policy.ackTimeout
  if (warned) return { at: expiresAt, kind: 'acknowledgementExpired' }
  return { at: expiresAt - Math.min(LONGEST_WARNING, policy.ackTimeout / 6), kind: 'warned' }
}

/** Before an acknowledgement times out, whoever was paged is told; sooner before it for short ones. */
const LONGEST_WARNING: Duration = 5 * MINUTE

/** False while a step that is left out outside of its hours is outside of them. */
export function isOpen(during: During | undefined, at: Instant): boolean {
  return during === undefined || during.otherwise === 'wait' || openingOf(during, at) === at
}

function openAt(during: During | undefined, at: Instant): Instant {
  return during?.otherwise === 'wait' ? openingOf(during, at) : at
}

/** `at` itself inside the hours, else their next opening. */
function openingOf(during: During, at: Instant): Instant {
  const { window, zone } = hoursOf(during)
  const found = nextOpening(window, zone, at)
  return found === undefined ? NEVER : Math.max(found.opensAt, at)
}

const known = new Map<string, { readonly window: Window; readonly zone: Zone }>()

function hoursOf({ window: text, on, zone: zoneName }: During): { readonly window: Window; readonly zone: Zone } {
  const key = `${text}|${on}|${zoneName}`
  const hours = known.get(key)
  if (hours !== undefined) return hours
  const window = parseWindow(text, on)
  const zone = zoneNamed(zoneName)
  if (isWrong(window) || zone === undefined) throw new Error(`invariant: hours are checked when they are read: ${key}`)
  const parsed = { window: window.value, zone }
  known.set(key, parsed)
  return parsed
}
