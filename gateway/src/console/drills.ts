// Drills as a table: what was tried, and whom it reached in how long.
import type { DrillItem } from '../app/read-drills.ts'
import { parseInstant } from '../domain/time.ts'
import { at, type Clock } from './clock.ts'
import { type Html, html, pathTo } from './html.ts'
import { glyph } from './symbols.ts'
import { inSeconds, shortened } from './timeline.ts'

export function drillTable(drills: readonly DrillItem[], clock: Clock): Html {
  if (drills.length === 0)
    return html`<p class="soft">None yet. A drill proves that the path to a person works before it has to.</p>`
  return html`<table class="runs list"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Way</th><th scope="col">Became of it</th></tr></thead>
${drills.map((drill) => html`<tbody>${drill.pages.length === 0 ? [rowOf(drill, undefined, 0, clock)] : drill.pages.map((page, place) => rowOf(drill, page, place, clock))}</tbody>`)}</table>`
}

type PageItem = DrillItem['pages'][number]

function rowOf(drill: DrillItem, page: PageItem | undefined, place: number, clock: Clock): Html {
  const { heartbeat, by, at: began, muted } = drill
  const what =
    heartbeat === ''
      ? html`channel test<small>by ${by}</small>`
      : html`<a href="${pathTo('heartbeats', heartbeat)}">${heartbeat}</a><small>by ${by}${muted !== null && `; a real miss would page nobody now: ${muted}`}</small>`
  return html`<tr>${place === 0 ? html`<th scope="row">${at(parseInstant(began) ?? 0, clock)}</th><td>${what}</td>` : html`<th scope="row"><span class="sr">also</span></th><td></td>`}<td>${page === undefined ? 'nobody' : html`${page.path}<small>step ${page.step}</small>`}</td><td>${page && becameOf(page, began)}</td></tr>`
}

function becameOf({ outcome, settledAt, why }: PageItem, began: string): Html {
  const took = settledAt === null ? 0 : (parseInstant(settledAt) ?? 0) - (parseInstant(began) ?? 0)
  const reason = why !== null && html`<small>${shortened(why, 200)}</small>`
  if (outcome === 'delivered') return html`<span class="v ok">${glyph('ok')}arrived</span> in ${inSeconds(took)}`
  if (outcome === null) return html`<span class="v late">${glyph('late')}on its way</span>${reason}`
  return html`<span class="v failed">${glyph('failed')}${outcome}</span>${reason}`
}
