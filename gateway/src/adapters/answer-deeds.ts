// What a link of a page does, once it is pressed: the same commands that an operator gives, each link good for one.
import type { Ledger } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import type { Escalation } from '../domain/escalation.ts'
import { zoneOf } from '../domain/explain.ts'
import type { Incident } from '../domain/incident.ts'
import type { Match, Mute } from '../domain/mute.ts'
import { incidentHeadline, stormHeadline } from '../domain/page-headline.ts'
import type { Storm } from '../domain/storm.ts'
import { type Duration, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import type { Answer } from './answer-tokens.ts'
import type { Acted, AnswerSubject } from './http-answer.ts'

export type DeedWorld = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
  now(): Instant
  /** Of what is said about heartbeats whose schedule has none. */
  zone(): string
}

export type AnswerDeeds = {
  lookup(about: string): AnswerSubject | undefined
  act(answer: Answer, by: string): Promise<Acted>
}

export function createAnswerDeeds({ registry, ledger, now, zone }: DeedWorld): AnswerDeeds {
  const { storms } = registry.casebook
  const find = (about: string): Incident | Storm | undefined => registry.incidents.get(about) ?? storms.get(about)
  return {
    lookup(about) {
      const found = find(about)
      return found && subjectOf(found, registry, zone())
    },
    async act(answer, by) {
      const found = find(answer.about)
      if (found === undefined) return 'unknown'
      if (found.state === 'resolved') return 'over'
      const { reply, outcome } = await ledger.request(commandOf(answer, by, found, now()))
      if (reply.kind === 'refused') return reply.why === 'already' ? 'used' : 'unknown'
      return outcome === 'durable' ? 'done' : 'unavailable'
    },
  }
}

function commandOf(answer: Answer, by: string, subject: Incident | Storm, now: Instant) {
  const { action, about, page } = answer
  const note = by === answer.by ? {} : { note: `by the link that ${answer.by} was sent` }
  if (action === 'acknowledge' || action === 'resolve')
    return { kind: action, incident: about, by, ...note, link: `${action}:${page}` } as const
  const mute: Mute = {
    id: `${action}-${page}`,
    kind: 'silence',
    match: action === 'snooze' ? { about } : matchOf(subject),
    when: { from: now, until: now + LASTS[action] },
    by,
    reason: note.note ?? '',
    declaredBy: 'link',
  }
  return { kind: 'mute', mute } as const
}

/** Where nobody says how long. */
export const LASTS: Readonly<Record<'silence' | 'snooze', Duration>> = { silence: HOUR, snooze: 30 * MINUTE }

/** A silence covers what comes next, too: the heartbeat, or the group of a storm. */
export function matchOf(subject: Incident | Storm): Match {
  if ('heartbeat' in subject) return { names: [subject.heartbeat] }
  return subject.scope.kind === 'group' ? { groups: [subject.scope.group] } : { about: subject.id }
}

function subjectOf(subject: Incident | Storm, registry: Registry, zone: string): AnswerSubject {
  const { state, explanation: detail, acknowledgedBy } = subject
  return {
    title: titleOf(subject, registry, zone),
    ...{ state, detail },
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
  }
}

function titleOf(subject: Incident | Storm, { casebook, roster }: Registry, zone: string): string {
  const state: Escalation['state'] = subject.state
  if (!('heartbeat' in subject))
    return stormHeadline(`storm.${state}`, subject, casebook.storms.members(subject.id), zone)
  const terms = roster.termsOf(roster.find(subject.heartbeat))
  return incidentHeadline(`incident.${state}`, subject, terms === undefined ? zone : zoneOf(terms, zone))
}
