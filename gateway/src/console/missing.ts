// The page about what is not there.
import type { Answer, Asked } from '../adapters/http-route.ts'
import { html } from './html.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

/** `what`: heartbeat, incident, on-call schedule. */
export function missing(world: ConsoleWorld, asked: Asked, what: string): Answer {
  const title = `There is no such ${what}`
  const main = html`<header class="lead"><h1>${title}</h1>
<p>It was removed, or is older than what is kept, or the address is cut short.</p>
<p class="acts"><a class="btn" href="/">Board</a></p></header>`
  return show(world, { title, viewer: viewerOf(asked), main }, 404)
}
