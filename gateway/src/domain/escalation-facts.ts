// What the facts of incidents and storms have in common: how they change an escalation, and how a timeline puts them.
import type { EscalationChange } from './escalate.ts'
import type { Fact } from './fact.ts'
import { formatInstant } from './time.ts'

/** Undefined: the fact changes nothing of an escalation as such. */
export function changeOf(fact: Fact): EscalationChange | undefined {
  switch (fact.type) {
    case 'incident.stepTaken':
    case 'storm.stepTaken':
      return { ...fact, type: 'stepTaken' }
    case 'incident.acknowledged':
    case 'storm.acknowledged':
      return { ...fact, type: 'acknowledged' }
    case 'incident.acknowledgementExpired':
    case 'storm.acknowledgementExpired':
      return { ...fact, type: 'acknowledgementExpired' }
    case 'incident.warned':
    case 'storm.warned':
      return { ...fact, type: 'warned' }
    case 'incident.muted':
    case 'storm.muted':
      return { ...fact, type: 'muted' }
    case 'incident.unmuted':
    case 'storm.unmuted':
      return { ...fact, type: 'unmuted' }
    case 'page.queued':
    case 'notice.queued':
      return { ...fact, type: 'paged', path: fact.path ?? fact.channel }
    case 'page.settled':
    case 'notice.settled':
      return { ...fact, type: 'settled' }
    default:
      return undefined
  }
}

/** One line for a timeline; empty where the type says it all. */
export function noteOf(fact: Fact): string {
  switch (fact.type) {
    case 'incident.opened':
    case 'incident.worsened':
      return `${fact.verdict}, ${fact.severity}: ${fact.explanation}`
    case 'storm.opened':
      return fact.explanation
    case 'incident.stepTaken':
    case 'storm.stepTaken':
      return fact.repeat === 0 ? `step ${fact.step + 1}` : `step ${fact.step + 1}, repeat ${fact.repeat}`
    case 'incident.acknowledged':
    case 'storm.acknowledged':
    case 'incident.resolved':
    case 'storm.resolved':
      return fact.note === undefined ? `by ${fact.by}` : `by ${fact.by}: ${fact.note}`
    case 'incident.muted':
    case 'storm.muted':
      return fact.until === undefined ? fact.why : `${fact.why}; until ${formatInstant(fact.until)}`
    case 'storm.receded':
    case 'storm.returned':
      return `${fact.open} still bad`
    case 'page.queued':
    case 'notice.queued':
      return `${fact.kind} to ${fact.path ?? fact.channel}`
    case 'page.settled':
    case 'notice.settled':
      return fact.why === '' ? `${fact.outcome} by ${fact.channel}` : `${fact.outcome} by ${fact.channel}: ${fact.why}`
    case 'page.dropped':
    case 'notice.dropped':
      return `not sent: ${fact.why}`
    default:
      return ''
  }
}
