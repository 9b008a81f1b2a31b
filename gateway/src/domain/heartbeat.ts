// The monitored promise — "this reports on this schedule" — and the live state that facts fold into.
import type { Incident } from './incident.ts'
import type { Name } from './names.ts'
import type { Schedule } from './schedule.ts'
import type { SeqRange } from './sequence.ts'
import type { Source } from './signal.ts'
import { type Duration, type Instant, NEVER } from './time.ts'
import type { Verdict } from './verdict.ts'

export type Severity = 'warning' | 'critical'

/** Everything that is declared about a heartbeat but its name. */
export type Terms = {
  readonly description: string
  readonly owner: string
  readonly tags: readonly string[]
  readonly group: string
  readonly parent: Name
  readonly schedule: Schedule
  readonly grace?: Duration
  readonly startWithin?: Duration
  readonly finishWithin?: Duration
  /** Consecutive misses before an incident opens. */
  readonly tolerate: number
  /** Consecutive oks before it closes. */
  readonly recoverAfter: number
  /** A good run of this many baselines is slow; 0 is off. */
  readonly slow: number
  /** Whether a success shortly before a due instant counts for it. */
  readonly early: boolean
  readonly policy: string
  readonly severity?: Severity
  readonly unseen: 'page' | 'wait'
  readonly runbook: string
  readonly will: 'ignore' | 'suspect' | 'down'
  readonly resume: 'signal' | 'manual'
  readonly declaredBy: 'file' | 'api' | 'signal'
}

export const DEFAULT_TERMS: Terms = Object.freeze<Terms>({
  description: '',
  owner: '',
  tags: [],
  group: '',
  parent: '',
  schedule: { kind: 'every' as const, every: 86_400_000 },
  tolerate: 1,
  recoverAfter: 1,
  slow: 3,
  early: true,
  policy: 'default',
  unseen: 'page',
  runbook: '',
  will: 'suspect',
  resume: 'signal',
  declaredBy: 'signal',
})

export type OpenRun = {
  /** Empty for the anonymous run. */
  readonly id: string
  readonly startedAt: Instant
  /** Its limits count from here: a start that was buffered on the device is not judged for the time it lay there. */
  readonly judgedFrom: Instant
  /** Reported as overrun: kept for its duration, no longer judged. */
  readonly overran: boolean
}

export type Recognisable = { readonly identity: string; readonly at: Instant }

/** `[at, duration]` of a good run, oldest first. */
export type Sample = readonly [at: Instant, duration: Duration]

/** What only some heartbeats have; one shared empty value stands for "none of it". */
export type Particulars = {
  readonly runs: readonly OpenRun[]
  readonly samples: readonly Sample[]
  /** The samples are lags behind the due instant, not measured durations. */
  readonly lagged: boolean
  /** The latest signals that can be recognised again, newest last. */
  readonly recent: readonly Recognisable[]
  readonly boot: number
  /** Numbers of messages that were heard. */
  readonly seqs: readonly SeqRange[]
  /** The open incident. */
  readonly incident: Incident | undefined
  /** What it said last was that it would be silent, or that its link broke. */
  readonly farewell: { readonly kind: 'bye' | 'will'; readonly at: Instant } | undefined
  /** A broken link makes this the deadline; NEVER when nothing is suspected. */
  readonly suspectAt: Instant
  /** The blind window that touched what is expected now: `[from, to]`. */
  readonly blind: readonly [Instant, Instant] | undefined
}

export const NO_PARTICULARS: Particulars = Object.freeze({
  runs: [],
  samples: [],
  lagged: false,
  recent: [],
  boot: 0,
  seqs: [],
  incident: undefined,
  farewell: undefined,
  suspectAt: NEVER,
  blind: undefined,
})

export type State = {
  readonly declaredAt: Instant
  readonly verdict: Verdict
  /** When the verdict became true. */
  readonly since: Instant
  /** 0: never. */
  readonly lastSignalAt: Instant
  /** The newest time that an ok was true; 0: never. */
  readonly lastOkAt: Instant
  /** The newest time that an ok or a fail was true; older ones are history only. */
  readonly judgedAt: Instant
  /** When the signal that set what is waited for was true; older ones move nothing. */
  readonly anchorAt: Instant
  /** What is waited for; NEVER: nothing. */
  readonly dueAt: Instant
  readonly deadlineAt: Instant
  /** Signals ever accepted. */
  readonly signals: number
  readonly misses: number
  /** Consecutive oks since the heartbeat was last bad. */
  readonly oks: number
  readonly via: Source
  readonly more: Particulars
}

export type Heartbeat = { readonly name: Name; readonly terms: Terms; readonly state: State }
