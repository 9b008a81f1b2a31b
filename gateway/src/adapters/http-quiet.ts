// The part of the API that silences what an incident or a storm is about: a snooze of it alone, or a silence that covers
// what comes next, too.
import type { Incident } from '../domain/incident.ts'
import { isWrong } from '../domain/problem.ts'
import type { Storm } from '../domain/storm.ts'
import { DAY, type Duration } from '../domain/time.ts'
import { LASTS, matchOf } from './answer-deeds.ts'
import { LONGEST_MUTE, readFor, SHORTEST_MUTE } from './http-mute-body.ts'
import { type MuteWorld, makeMute } from './http-mutes.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { MUTE, QUIET_DEED, type QuietDeed } from './http-shapes-mutes.ts'

export function quietRoutes(world: Pick<MuteWorld, 'registry' | 'ledger' | 'now'>): readonly Route[] {
  const { registry, now } = world
  const { storms } = registry.casebook
  const route = (of: 'incidents' | 'storms', deed: keyof typeof LASTS, summary: string): Route => ({
    method: 'POST',
    path: `/api/v1/${of}/:id/${deed}`,
    for: 'write',
    docs: { summary, json: MUTE },
    body: QUIET_DEED,
    answer({ params, body: { by, note = '', for: text } }: Asked<unknown, QuietDeed>): Answer | Promise<Answer> {
      const id = params['id'] as string
      const subject: Incident | Storm | undefined = of === 'incidents' ? registry.incidents.get(id) : storms.get(id)
      if (subject === undefined) return { problem: 'not-found' }
      if (subject.state === 'resolved') return { problem: 'already' }
      const lasts = text === undefined ? { value: LASTS[deed] } : readFor(text, SHORTEST_MUTE, LONGEST[deed])
      if (isWrong(lasts))
        return { problem: 'bad-request', flaws: lasts.problems.map((flaw) => ({ ...flaw, path: `body.${flaw.path}` })) }
      const from = now()
      const match = deed === 'snooze' ? { about: id } : matchOf(subject)
      const when = { from, until: from + lasts.value }
      return makeMute(world, 'silence', { kind: 'silence', match, when, by, reason: note })
    },
  })
  return [
    route('incidents', 'snooze', 'It pages nobody for a while'),
    route('incidents', 'silence', 'Its heartbeat pages nobody for a while'),
    route('storms', 'snooze', 'It pages nobody for a while'),
    route('storms', 'silence', 'Its group pages nobody for a while; where it has none, the storm alone'),
  ]
}

const LONGEST: Readonly<Record<keyof typeof LASTS, Duration>> = { snooze: DAY, silence: LONGEST_MUTE }
