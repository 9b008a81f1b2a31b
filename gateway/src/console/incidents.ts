// Every incident, newest first, and the storms above them.
import type { Asked, Route } from '../adapters/http-route.ts'
import { INCIDENT_QUERY, type IncidentQuery } from '../adapters/http-shapes-incidents.ts'
import { type IncidentItem, listIncidents } from '../app/read-incidents.ts'
import { listStorms, type StormItem } from '../app/read-storms.ts'
import { parseInstant } from '../domain/time.ts'
import { at, type Clock, duration, lasting } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { chip } from './symbols.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function incidentsRoute(world: ConsoleWorld): Route {
  return {
    ...{ method: 'GET', path: '/incidents', for: 'read', isPage: true, query: INCIDENT_QUERY },
    docs: { summary: 'Incidents, newest first' },
    answer(asked: Asked<IncidentQuery>) {
      const { state = 'open', after, limit = 100 } = asked.query
      const { registry } = world
      const { items, next } = listIncidents(registry, state, after, limit)
      const storms = after === undefined ? listStorms(registry.casebook.storms, state).items : []
      const clock = clockOf(world)
      const open = registry.openIncidents.size
      const title = open === 0 ? 'No incident is open' : `${open} ${open === 1 ? 'incident is' : 'incidents are'} open`
      const main = html`<header class="lead"><h1>${title}</h1>
<nav class="tally" aria-label="Which incidents">${tab('open', 'Open', state)}${tab('all', 'All that are kept', state)}</nav></header>
${storms.length > 0 && html`<section aria-labelledby="st"><header class="head"><h2 id="st">Storms</h2></header>${stormTable(storms, clock)}</section>`}
${
  items.length === 0
    ? html`<div class="empty"><h2>Nothing here</h2><p>An incident opens when a heartbeat fails, overruns, or is silent past its deadline.</p></div>`
    : html`<section aria-labelledby="ic"><header class="head"><h2 id="ic">Incidents</h2></header>${incidentTable(items, clock)}</section>`
}
${next !== null && html`<p class="acts"><a class="btn" href="/incidents?state=${state}&after=${encodeURIComponent(next)}">Older</a></p>`}`
      return show(world, { title, place: 'board', viewer: viewerOf(asked), main })
    },
  }
}

/** A row as both tables have it. */
export function incidentTable(items: readonly IncidentItem[], clock: Clock): Html {
  return html`<table class="runs list"><thead><tr><th scope="col" class="c-v">Verdict</th><th scope="col">Heartbeat</th><th scope="col">Since</th><th scope="col" class="r">Lasted</th><th scope="col">State</th></tr></thead>
<tbody>${items.map(
    (
      item,
    ) => html`<tr><td class="c-v">${chip(item.verdict)}</td><th scope="row"><a href="${pathTo('incidents', item.id)}">${item.heartbeat}</a></th>
<td>${at(instantOf(item.openedAt), clock)}</td><td class="r">${lasted(item, clock)}</td><td class="c-m">${stateWords(item)}</td></tr>`,
  )}</tbody></table>`
}

function stormTable(items: readonly StormItem[], clock: Clock): Html {
  return html`<table class="runs list"><thead><tr><th scope="col">Of</th><th scope="col">Bad</th><th scope="col">Since</th><th scope="col" class="r">Lasted</th><th scope="col">State</th></tr></thead>
<tbody>${items.map(
    (
      item,
    ) => html`<tr><th scope="row"><a href="${pathTo('incidents', item.id)}">${item.scope}</a></th><td>${item.open} of ${item.size}</td>
<td>${at(instantOf(item.openedAt), clock)}</td><td class="r">${lasted(item, clock)}</td><td class="c-m">${stateWords(item)}</td></tr>`,
  )}</tbody></table>`
}

function tab(state: 'open' | 'all', word: string, current: string): Html {
  return html`<a href="/incidents?state=${state}"${state === current && html` aria-current="page"`}>${word}</a>`
}

type Item = Pick<IncidentItem, 'state' | 'acknowledgedBy' | 'resolvedBy' | 'muted' | 'openedAt' | 'resolvedAt'>

function lasted({ openedAt, resolvedAt }: Item, clock: Clock): Html | string {
  if (resolvedAt === null) return lasting(instantOf(openedAt), clock)
  return duration(Math.max(0, instantOf(resolvedAt) - instantOf(openedAt)))
}

function stateWords({ state, acknowledgedBy, resolvedBy, muted }: Item): string {
  if (state === 'resolved') return `resolved by ${resolvedBy ?? 'somebody'}`
  const said = state === 'acknowledged' ? `acknowledged by ${acknowledgedBy ?? 'somebody'}` : 'not acknowledged'
  return muted === null ? said : `${said}, muted: ${muted.why}`
}

function instantOf(text: string): number {
  return parseInstant(text) ?? 0
}
