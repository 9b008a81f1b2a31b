// The board: what is wrong first, then every group.
import type { Asked, Route } from '../adapters/http-route.ts'
import { type HeartbeatItem, listHeartbeats } from '../app/read.ts'
import { parseInstant } from '../domain/time.ts'
import { ago, type Clock, until } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { chip } from './symbols.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function boardRoutes(world: ConsoleWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      for: 'read',
      isPage: true,
      docs: { summary: 'The board' },
      answer(asked: Asked) {
        const items = listHeartbeats(world.registry, {}, -1, 1_000).items
        const main = table(items, clockOf(world))
        return show(world, { title: `${items.length} heartbeats`, place: 'board', viewer: viewerOf(asked), main })
      },
    },
  ]
}

function table(items: readonly HeartbeatItem[], clock: Clock): Html {
  return html`<table class="beats"><tbody>${items.map(
    ({ name, verdict, lastSignalAt, dueAt, owner }) => html`<tr>
  <td class="c-v">${chip(verdict)}</td><th class="c-n" scope="row"><a href="${pathTo('heartbeats', name)}">${name}</a></th><td class="c-o">${owner || html`<span class="none">nobody</span>`}</td>
  <td class="c-s">${lastSignalAt ? ago(parseInstant(lastSignalAt) ?? 0, clock) : 'never'}</td><td class="c-d">${dueAt && until(parseInstant(dueAt) ?? 0, clock)}</td>
</tr>`,
  )}</tbody></table>`
}
