// One fact folded into the state of one heartbeat. Folding every fact in order gives the stored state; nothing else
// may change it.
import { heard } from './evolve-signal.ts'
import { deafened, shifted, stepped } from './evolve-time.ts'
import type { Fact, HeartbeatFact } from './fact.ts'
import { NO_PARTICULARS, type State, type Terms } from './heartbeat.ts'
import { evolveIncident } from './incident.ts'
import { particulars } from './particulars.ts'
import { type Instant, NEVER } from './time.ts'
import { isBad } from './verdict.ts'

/** `state` is undefined only before `heartbeat.declared`. */
export function evolve(terms: Terms, state: State | undefined, fact: Fact): State {
  if (state === undefined) return born(fact)
  switch (fact.type) {
    case 'heartbeat.declared':
      return expecting(state, fact.dueAt, fact.deadlineAt)
    case 'heartbeat.resumed':
      return expecting({ ...state, misses: 0 }, fact.dueAt, fact.deadlineAt)
    case 'signal.received':
      return heard(state, fact)
    case 'deadline.missed':
      return {
        ...expecting(state, fact.dueAt, fact.deadlineAt),
        misses: fact.misses,
        oks: 0,
        more: particulars(state.more, { suspectAt: NEVER }),
      }
    case 'deadline.unverified':
      return expecting(state, fact.dueAt, fact.deadlineAt)
    case 'run.overran':
      return {
        ...state,
        oks: 0,
        more: particulars(state.more, {
          runs: state.more.runs.map((run) => (run.id === fact.run ? { ...run, overran: true } : run)),
        }),
      }
    case 'run.unverified':
      return { ...state, more: particulars(state.more, { runs: state.more.runs.filter((run) => run.id !== fact.run) }) }
    case 'verdict.changed':
      return { ...state, verdict: fact.to, since: fact.at, oks: isBad(fact.to) ? 0 : state.oks }
    case 'incident.resolved':
      return fact.dueAt === undefined || fact.deadlineAt === undefined
        ? withIncident(state, fact)
        : { ...expecting(withIncident(state, fact), fact.dueAt, fact.deadlineAt), misses: 0 }
    case 'blind.passed':
      return deafened(terms, state, fact)
    case 'clock.stepped':
      return terms.schedule.kind === 'every' ? shifted(state, fact.to - fact.from) : stepped(state, fact)
    default:
      return 'incident' in fact ? withIncident(state, fact as HeartbeatFact) : state
  }
}

function born(fact: Fact): State {
  if (fact.type !== 'heartbeat.declared')
    throw new Error(`invariant: the first fact about a heartbeat declares it, got ${fact.type}`)
  return {
    declaredAt: fact.at,
    verdict: 'unseen',
    since: fact.at,
    lastSignalAt: 0,
    lastOkAt: 0,
    judgedAt: 0,
    anchorAt: 0,
    dueAt: fact.dueAt,
    deadlineAt: fact.deadlineAt,
    signals: 0,
    misses: 0,
    oks: 0,
    via: 'http',
    more: NO_PARTICULARS,
  }
}

function expecting(state: State, dueAt: Instant, deadlineAt: Instant): State {
  const { blind } = state.more
  const more = blind !== undefined && blind[1] < dueAt ? particulars(state.more, { blind: undefined }) : state.more
  return { ...state, dueAt, deadlineAt, more }
}

function withIncident(state: State, fact: HeartbeatFact): State {
  const incident = evolveIncident(state.more.incident, fact)
  return {
    ...state,
    more: particulars(state.more, { incident: incident?.state === 'resolved' ? undefined : incident }),
  }
}
