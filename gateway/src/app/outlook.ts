// What happens next to a heartbeat if nothing is heard: each moment ahead, and whom it pages.
import { baselineOf, slowFrom } from '../domain/baseline.ts'
import { graceOf } from '../domain/deadline.ts'
import { momentOf, nextTurn, type Policy, turnsOf } from '../domain/escalation.ts'
import type { Heartbeat, Severity } from '../domain/heartbeat.ts'
import { judgesSilence, openRuns, runLimit } from '../domain/moments.ts'
import { type Duration, type Instant, NEVER } from '../domain/time.ts'
import { isBad } from '../domain/verdict.ts'
import type { LiveScene } from './scene.ts'

export type Ahead = {
  readonly at: Instant
  readonly what: 'due' | 'missed' | 'notStarted' | 'slow' | 'overrun' | 'pages' | 'unmuted' | 'expires'
  /** Names that the step pages, resolved as they are now: `primary › ana`. */
  readonly whom: readonly string[]
}

/** In order of time. */
export function outlook(heartbeat: Heartbeat, scene: LiveScene, now: Instant): readonly Ahead[] {
  const ahead = [...moments(heartbeat, scene), ...incidentMoments(heartbeat, scene)]
  return ahead.filter(({ at }) => at !== NEVER && at > now).sort((a, b) => a.at - b.at)
}

/** Whom the first step pages that is for this severity. */
export function firstPaged(policy: Policy, severity: Severity, scene: LiveScene, at: Instant): readonly string[] {
  const step = turnsOf(policy, severity, at)[0]?.step
  return step === undefined ? [] : pagedBy(policy, step, scene, at)
}

/** Whom the targets of a step stand for at the moment; `isFull`: with the on-call schedule that says so. */
export function pagedBy(
  policy: Policy,
  step: number,
  scene: LiveScene,
  at: Instant,
  isFull = false,
): readonly string[] {
  return (policy.steps[step]?.page ?? []).map((target) => {
    const names = scene.waysTo(target, at)[0]?.path.split(' › ') ?? [target]
    const [person = target] = names.slice(-2)
    return isFull && names.length > 2 ? `${names[0]}: ${person}` : person
  })
}

function* moments(heartbeat: Heartbeat, scene: LiveScene): Iterable<Ahead> {
  const { terms, state } = heartbeat
  if (!judgesSilence(state)) return
  const policy = scene.policyOf(terms)
  const critical = terms.severity ?? 'critical'
  const pages = (severity: Severity, at: Instant): readonly string[] =>
    at === NEVER || state.more.incident !== undefined ? [] : firstPaged(policy, severity, scene, at)
  const runs = openRuns(state)
  const { limit } = runLimit(terms, state)
  const slow = state.more.lagged ? undefined : slowFrom(state.more.samples, terms.slow, false, 0)
  for (const run of runs) {
    const overrunAt = run.judgedFrom + limit
    yield { at: overrunAt, what: 'overrun', whom: pages(critical, overrunAt) }
    if (slow !== undefined && state.verdict !== 'slow' && !isBad(state.verdict))
      yield { at: run.judgedFrom + slow, what: 'slow', whom: pages('warning', run.judgedFrom + slow) }
  }
  yield { at: state.dueAt, what: 'due', whom: [] }
  if (runs.length > 0) return
  const isTolerated = state.misses + 1 < terms.tolerate
  yield { at: state.deadlineAt, what: 'missed', whom: isTolerated ? [] : pages(critical, state.deadlineAt) }
  if (terms.startWithin === undefined || state.dueAt === NEVER) return
  const startBy = state.dueAt + terms.startWithin
  yield { at: startBy, what: 'notStarted', whom: pages(critical, startBy) }
}

function* incidentMoments({ state }: Heartbeat, scene: LiveScene): Iterable<Ahead> {
  const { incident } = state.more
  const moment = incident && momentOf(incident)
  if (incident === undefined || moment === undefined) return
  const turn = nextTurn(incident)
  if (moment.kind === 'turn' && turn !== undefined)
    yield { at: turn.at, what: 'pages', whom: pagedBy(incident.policy, turn.step, scene, turn.at) }
  else if (moment.kind === 'unmuted') yield { at: moment.at, what: 'unmuted', whom: [] }
  else if (incident.acknowledgedAt !== undefined)
    yield { at: incident.acknowledgedAt + incident.policy.ackTimeout, what: 'expires', whom: [] }
}

export type Usual = {
  readonly baseline: Duration | undefined
  /** From here on a good run is slow. */
  readonly slow: Duration | undefined
  readonly limit: { readonly limit: Duration; readonly explicit: boolean }
}

/** What a run usually takes and may take, as far as it is known. */
export function usual({ terms, state }: Heartbeat): Usual {
  const { more } = state
  const baseline = more.lagged ? undefined : baselineOf(more.samples)
  return {
    baseline,
    slow: more.lagged ? undefined : slowFrom(more.samples, terms.slow, false, graceOf(terms, state, state.dueAt).grace),
    limit: runLimit(terms, state),
  }
}
