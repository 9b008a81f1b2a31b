// What the buttons of a heartbeat do, and the page that asks again before it is removed.
import { makeMute } from '../adapters/http-mutes.ts'
import type { Answer, Route } from '../adapters/http-route.ts'
import type { Command } from '../app/ports.ts'
import type { Name } from '../domain/names.ts'
import { drillId } from '../domain/names.ts'
import { DAY, HOUR } from '../domain/time.ts'
import { order, type Posted, refuse } from './deed.ts'
import { html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { csrfField, deed, goTo, page } from './page.ts'
import { figure } from './words.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

export function heartbeatDeeds(world: ConsoleWorld): readonly Route[] {
  const { registry, now } = world
  const isKnown = (name: Name): boolean => registry.roster.termsOf(registry.find(name)) !== undefined
  const on = (
    what: string,
    summary: string,
    does: (name: Name, by: string, asked: Posted) => Answer | Promise<Answer>,
  ) =>
    deed(`/heartbeats/:name/${what}`, summary, (asked) => {
      const name = asked.params['name'] as Name
      return isKnown(name) ? does(name, viewerOf(asked).name, asked) : missing(world, asked, 'heartbeat')
    })
  const simple = (kind: 'pause' | 'resume', summary: string): Route =>
    on(kind, summary, (name, by, asked) => order(world, asked, { kind, name, by }, pathTo('heartbeats', name)))

  return [
    simple('pause', 'It is not judged any more'),
    simple('resume', 'It is judged again'),
    on('rotate', 'Gives it another key', (name, by, asked) =>
      order(world, asked, { kind: 'rotateKey', name, overlap: DAY, by }, pathTo('heartbeats', name, 'lines')),
    ),
    on('drill', 'A marked page to everyone whom a miss of it would reach', (name, by, asked) => {
      const command: Command = { kind: 'drill', drill: drillId(name, now()), of: { name }, by }
      return order(world, asked, command, pathTo('heartbeats', name))
    }),
    on('silence', 'It pages nobody for an hour', async (name, by, asked) => {
      const when = { from: now(), until: now() + HOUR }
      const made = await makeMute(world, 'silence', { kind: 'silence', match: { names: [name] }, when, by, reason: '' })
      const back = pathTo('heartbeats', name)
      return 'problem' in made ? refuse(world, asked, made, back) : goTo(back)
    }),
    page('/heartbeats/:name/delete', 'Asks whether it is to be removed', (asked) => {
      const name = asked.params['name'] as Name
      if (!isKnown(name)) return missing(world, asked, 'heartbeat')
      const viewer = viewerOf(asked)
      const { state } = registry.heartbeat(registry.find(name))
      const main = html`<header class="lead"><h1>Delete ${name}?</h1>
<p>It is not watched any more, its key is good no more, and nobody is paged for it. ${figure(state.signals)} signals were heard so far; what was heard stays in the ledger until it is too old to be kept.</p>
<form class="acts" method="post" action="${pathTo('heartbeats', name, 'delete')}">${csrfField(viewer)}<button class="btn main" type="submit">Delete ${name}</button><a class="btn" href="${pathTo('heartbeats', name)}">Keep it</a></form></header>`
      return show(world, { title: `Delete ${name}?`, place: 'board', viewer, main })
    }),
    on('delete', 'It is not watched any more', (name, by, asked) => {
      const back = pathTo('heartbeats', name)
      if (registry.roster.termsOf(registry.find(name))?.declaredBy === 'file')
        return refuse(world, asked, { problem: 'declared-by-file' }, back)
      return order(world, asked, { kind: 'remove', name, by }, '/')
    }),
  ]
}
