// What the buttons of an incident or a storm do.
import { matchOf } from '../adapters/answer-deeds.ts'
import { makeMute } from '../adapters/http-mutes.ts'
import type { Answer } from '../adapters/http-route.ts'
import type { Incident } from '../domain/incident.ts'
import type { Storm } from '../domain/storm.ts'
import { HOUR } from '../domain/time.ts'
import { lineOf, order, type Posted, refuse } from './deed.ts'
import { pathTo } from './html.ts'
import { missing } from './missing.ts'
import { goTo } from './page.ts'
import { type ConsoleWorld, viewerOf } from './world.ts'

type Act = (asked: Posted) => Answer | Promise<Answer>

export function incidentDeeds(world: ConsoleWorld): Readonly<Record<'acknowledge' | 'resolve' | 'silence', Act>> {
  const { registry, now } = world
  const find = (id: string): Incident | Storm | undefined =>
    registry.incidents.get(id) ?? registry.casebook.storms.get(id)
  const end =
    (kind: 'acknowledge' | 'resolve'): Act =>
    (asked) => {
      const by = viewerOf(asked).name
      const id = asked.params['id'] as string
      if (find(id) === undefined) return missing(world, asked, 'incident')
      const note = lineOf(asked, 'note')
      const command = { kind, incident: id, by, ...(note !== '' && { note }) }
      return order(world, asked, command, pathTo('incidents', id))
    }
  return {
    acknowledge: end('acknowledge'),
    resolve: end('resolve'),
    async silence(asked) {
      const by = viewerOf(asked).name
      const id = asked.params['id'] as string
      const found = find(id)
      if (found === undefined) return missing(world, asked, 'incident')
      if (found.state === 'resolved') return refuse(world, asked, { problem: 'already' }, pathTo('incidents', id))
      const when = { from: now(), until: now() + HOUR }
      const mute = { kind: 'silence', match: matchOf(found), when, by, reason: lineOf(asked, 'note') } as const
      const made = await makeMute(world, 'silence', mute)
      return 'problem' in made ? refuse(world, asked, made, pathTo('incidents', id)) : goTo(pathTo('incidents', id))
    },
  }
}
