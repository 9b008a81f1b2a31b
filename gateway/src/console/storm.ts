// One storm: what many heartbeats have in common, which of them are still bad, who was paged, what comes next.
import type { Answer, Asked } from '../adapters/http-route.ts'
import type { Incident } from '../domain/incident.ts'
import { describeScope, type Storm } from '../domain/storm.ts'
import { at, duration, lasting } from './clock.ts'
import { actions, hearsNext, mutes, nextRow, pagedTable, type Reach, stateOf } from './escalation.ts'
import { html, pathTo } from './html.ts'
import { chip } from './symbols.ts'
import { rowsOf, timeline, withTimes } from './timeline.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function showStorm(world: ConsoleWorld, asked: Asked, storm: Storm): Answer {
  const { registry, scene } = world
  const { storms } = registry.casebook
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  const { all, open } = storms.members(storm.id)
  const scope = describeScope(storm.scope)
  const of = storm.scope.kind === 'all' ? 'all heartbeats' : scope
  const reach: Reach = (target, when) => scene().waysTo(target, when)
  const next = nextRow(storm, reach, clock.now)
  const title = `${open} of ${storm.size} are bad in ${of}`
  const { resolvedAt, openedAt } = storm
  const bad = [...storms.openMembers(storm.id)].slice(0, MOST_SHOWN).flatMap((id) => registry.incidents.get(id) ?? [])
  const main = html`<header class="lead" id="lead" data-live>
<nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li><li><a href="/incidents">Incidents</a></li></ol></nav>
<div class="say"><strong>storm</strong> <span class="soft">${storm.severity} · ${stateOf(storm, clock)}</span></div>
<h1>${title}</h1>
<p class="clock">${
    resolvedAt === undefined
      ? html`${lasting(openedAt, clock)} <small class="soft">since ${at(openedAt, clock)}</small>`
      : html`${duration(resolvedAt - openedAt)} <small class="soft">until it was resolved at ${at(resolvedAt, clock)}</small>`
  }</p>
<p>${withTimes(storm.explanation, clock)}</p>
<p>They share a cause, so they are paged as one. ${all} took part so far.${storm.recededAt !== undefined && ' Most are well again.'}</p>
${actions(storm, viewer)}</header>
<section class="stack" id="story" data-live>
<section aria-labelledby="tl"><header class="head"><h2 id="tl">What happened</h2></header>
${timeline([...rowsOf(storm, clock), ...(next === undefined ? [] : [next])], clock)}</section>
<section aria-labelledby="in"><header class="head"><h2 id="in">Still bad</h2> <span class="soft">${open}</span></header>
${
  bad.length === 0
    ? html`<p class="soft">None: all of them are well again.</p>`
    : html`<table class="runs"><thead><tr><th scope="col" class="c-v">Verdict</th><th scope="col">Heartbeat</th><th scope="col" class="r">For</th></tr></thead>
<tbody>${bad.map(
        (incident: Incident) =>
          html`<tr><td class="c-v">${chip(incident.verdict)}</td><td><a href="${pathTo('incidents', incident.id)}">${incident.heartbeat}</a></td><td class="r">${lasting(incident.openedAt, clock)}</td></tr>`,
      )}</tbody></table>${open > bad.length && html`<p class="soft">${open - bad.length} more.</p>`}`
}</section>
<section aria-labelledby="pg"><header class="head"><h2 id="pg">Who was paged</h2></header>${pagedTable(storm, clock)}</section>
</section>`
  const rail = html`<div id="rail" data-live>${hearsNext(storm, reach, clock)}${mutes(storm, clock)}</div>`
  return show(world, { title, place: 'board', viewer, main, rail })
}

const MOST_SHOWN = 100
