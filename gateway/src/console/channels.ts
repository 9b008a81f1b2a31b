// Where pages go: whether each channel works and when it last proved it, who is reached how, and the buttons that try it.
import type { Route } from '../adapters/http-route.ts'
import { listDrills } from '../app/read-drills.ts'
import { drillId } from '../domain/names.ts'
import { ago, at, type Clock } from './clock.ts'
import { lineOf, mayAct, order, type Posted } from './deed.ts'
import { drillTable } from './drills.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField, deed, page } from './page.ts'
import { asked as askedFor } from './query.ts'
import { type WayNow, ways } from './reached.ts'
import { glyph } from './symbols.ts'
import { shortened } from './timeline.ts'
import { counted, listed } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function channelRoutes(world: ConsoleWorld): readonly Route[] {
  const { pager, registry, now } = world
  const { casebook } = registry
  const begin = (asked: Posted, of: { readonly name: string } | { readonly channel: string }) => {
    const drill = drillId('name' in of ? of.name : `channel:${of.channel}`, now())
    return order(world, asked, { kind: 'drill', drill, of, by: viewerOf(asked).name }, '/channels#drills')
  }
  return [
    page('/channels', 'Where pages go', (asked) => {
      const clock = clockOf(world)
      const viewer = viewerOf(asked)
      const channels = [...pager.channels()]
      const failed = channels.filter(([name]) => registry.failedChannels.has(name))
      const drills = listDrills({ casebook, pager }, undefined, MOST_DRILLS).items
      const proven = channels.filter(([name]) => casebook.drills.reachedBy(name) !== undefined)
      const names = failed.map(([name]) => name)
      const title = headline(channels.length, proven.length, names)
      const main = html`<header class="lead" id="lead" data-live><h1>${title}</h1>
<p>${channels.length === 0 ? 'Nobody is paged. Channels stand in overdue.yaml, under channels.' : waitingWords(channels)}</p></header>
<div class="stack"><section id="channels" data-live aria-labelledby="ch"><header class="head"><h2 id="ch">Channels</h2></header>${channelTable(channels, world, clock, viewer)}</section>
<section id="ways" data-live aria-labelledby="wa"><header class="head"><h2 id="wa">Who is reached how</h2> <span class="soft">as it is now</span></header>${wayTable(world, clock)}</section>
<section aria-labelledby="dr"><header class="head"><h2 id="dr">Drills</h2> <span class="soft">a marked page down the whole path of a miss</span></header>
${mayAct(viewer) && drillForm(viewer, askedFor(asked.query, 'heartbeat'))}<div id="drills" data-live>${drillTable(drills, clock)}</div></section></div>`
      return show(world, { title, place: 'channels', viewer, main })
    }),
    deed('/channels/:name/test', 'A marked page to one channel', (asked: Posted) =>
      begin(asked, { channel: asked.params['name'] as string }),
    ),
    deed('/channels/drill', 'A marked page to everyone whom a miss would reach', (asked: Posted) =>
      begin(asked, { name: lineOf(asked, 'heartbeat') }),
    ),
  ]
}

const MOST_DRILLS = 20

function headline(count: number, proven: number, failed: readonly string[]): string {
  if (count === 0) return 'There is no channel'
  if (failed.length > 0) return `${listed(failed)} can’t be reached`
  if (proven === 0) return 'No channel was ever proven'
  if (proven < count) return `${proven} of ${count} channels are proven`
  return count === 1 ? 'The channel works' : `All ${count} channels work`
}

function waitingWords(channels: readonly (readonly [string, number])[]): string {
  const waiting = channels.reduce((sum, [, count]) => sum + count, 0)
  return waiting === 0
    ? 'No page waits.'
    : `${counted(waiting, 'page')} ${waiting === 1 ? 'waits' : 'wait'}; each is tried again until it arrives.`
}

function channelTable(
  channels: readonly (readonly [string, number])[],
  { registry }: ConsoleWorld,
  clock: Clock,
  viewer: Viewer,
): Html {
  return html`<table class="runs list"><thead><tr><th scope="col">Channel</th><th scope="col">State</th><th scope="col">Last delivery that was proven</th><th scope="col" class="r">Waiting</th>${mayAct(viewer) && html`<th scope="col" class="r"><span class="sr">Test</span></th>`}</tr></thead>
<tbody>${channels.map(([name, waiting]) => {
    const failed = registry.failedChannels.get(name)
    const reached = registry.casebook.drills.reachedBy(name)
    const last = reached
      ? html`${ago(reached.at, clock)}<small>${kindWords(reached.kind)}</small>`
      : html`<span class="soft">never</span>`
    const state =
      failed === undefined
        ? html`<span class="v ok">${glyph('ok')}works</span>`
        : html`<span class="v failed">${glyph('failed')}can’t be reached</span><small>since ${at(failed.at, clock)}: ${shortened(failed.why, 200)}</small>`
    return html`<tr><th scope="row">${name}</th><td>${failed === undefined && reached === undefined ? html`<span class="v unseen">${glyph('unseen')}not proven yet</span>` : state}</td><td>${last}</td><td class="r">${waiting}<span class="unit"> waiting</span></td>${
      mayAct(viewer) &&
      html`<td class="r"><form method="post" action="${pathTo('channels', name, 'test')}">${csrfField(viewer)}<button class="btn" type="submit">Test<span class="sr"> ${name}</span></button></form></td>`
    }</tr>`
  })}</tbody></table>`
}

/** Every responder and every schedule, with the ways that lead to a channel now. */
function wayTable(world: ConsoleWorld, clock: Clock): Html {
  const { responders, policies } = world.scene()
  const schedules = world
    .scene()
    .onCalls()
    .map(({ name }) => name)
  const targets = [
    ...new Set([...schedules, ...responders, ...policies.flatMap(({ steps }) => steps.flatMap(({ page }) => page))]),
  ]
  type WayRow = { readonly target: string; readonly way: WayNow | undefined }
  const rows = targets.flatMap((target): readonly WayRow[] => {
    const found = ways(world, target)
    return found.length === 0 ? [{ target, way: undefined }] : found.map((way) => ({ target, way }))
  })
  if (rows.length === 0)
    return html`<p class="soft">Nobody is named in a policy: without one every channel is paged at once.</p>`
  return html`<table class="runs list"><thead><tr><th scope="col">Name</th><th scope="col">Way</th><th scope="col">Last reached</th></tr></thead>
<tbody>${rows.map(({ target, way }) => html`<tr><th scope="row">${target}</th>${wayCells(way, clock)}</tr>`)}</tbody></table>`
}

function wayCells(way: WayNow | undefined, clock: Clock): Html {
  if (way === undefined) return html`<td class="none">nobody now: the fallback of the policy</td><td></td>`
  const last =
    way.at === undefined
      ? html`<span class="soft">never</span>`
      : html`${ago(way.at, clock)}<small>${kindWords(way.kind ?? '')}</small>`
  return html`<td>${way.path}</td><td>${last}</td>`
}

function drillForm(viewer: Viewer, name: string): Html {
  return html`<form class="find tight" method="post" action="/channels/drill">${csrfField(viewer)}<label class="sr" for="heartbeat">Heartbeat</label><input id="heartbeat" name="heartbeat" required value="${name}" placeholder="Name of a heartbeat: nightly-backup" maxlength="200" autocapitalize="off" spellcheck="false"><button class="btn" type="submit">Drill</button></form>`
}

/** `incident.triggered` is an incident; a drill is a drill. */
function kindWords(kind: string): string {
  const [of = '', what = ''] = kind.split('.')
  if (kind === 'drill') return 'by a drill'
  if (of === 'incident' || of === 'storm') return `by a real page: ${of} ${what}`
  return `told: ${of} ${what}`
}
