// The credentials of one heartbeat: with what its device or job says who it is.
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField } from './page.ts'
import type { ConsoleWorld } from './world.ts'

export function credentials(world: ConsoleWorld, name: string, viewer: Viewer): Html {
  return html`<section id="credentials" aria-labelledby="cr"><header class="head"><h2 id="cr">Keys of heartbeats</h2> <span class="soft">each heartbeat has one, good for its device over MQTT, too</span></header>
<form class="find tight" method="get" action="/devices#credentials"><label class="sr" for="name">Heartbeat</label><input id="name" name="name" required value="${name}" placeholder="Name of a heartbeat: pump-17/battery" maxlength="200" autocapitalize="off" spellcheck="false"><button class="btn" type="submit">Show</button></form>
${name !== '' && shownFor(world, name, viewer)}</section>`
}

function shownFor({ registry, live }: ConsoleWorld, name: string, viewer: Viewer): Html {
  if (registry.find(name) === -1) return html`<p>No heartbeat is called ${name}. Names differ by case.</p>`
  const key = live.keys.keyOf(name)
  if (key === undefined)
    return html`<p>The file gives ${name} its key, of which the gateway keeps a digest only. Change it there.</p>`
  const [user = name] = name.split('/')
  const lines = [
    ['User name over MQTT', user],
    ['Password over MQTT, key over HTTP', key],
    ['The same key as a UUID', live.keys.uuidOf(name) ?? ''],
    ['Topic', `hb/${name}`],
    ['Address', `${live.url}/ping/${key}`],
  ] as const
  return html`<dl class="secrets">${lines.map(
    ([word, value], place) =>
      html`<div><dt>${word}</dt><dd><code id="c-${place}">${value}</code> <button class="btn" type="button" data-copy="c-${place}">Copy<span class="sr"> ${word}</span></button></dd></div>`,
  )}</dl>
<form class="acts" method="post" action="/devices/rotate">${csrfField(viewer)}<input type="hidden" name="name" value="${name}"><button class="btn" type="submit">Rotate the key</button><a class="btn" href="${pathTo('heartbeats', name)}">Open ${name}</a></form>
<p class="soft">After a rotation the key before is good for a day.</p>`
}
