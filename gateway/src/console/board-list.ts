// Below what is wrong: the search, then every group with its first few, or, where something is asked for, all that fits.

import { type Board, type BoardGroup, WRONG } from '../app/overview.ts'
import type { List } from '../app/read.ts'
import { VERDICTS } from '../domain/verdict.ts'
import { boardAddress, type Filter, NONE } from './board-filter.ts'
import { columns } from './board-rows.ts'
import { type Html, html, when } from './html.ts'
import { counted, figure, short } from './words.ts'

/** Rows of a group, while nothing is asked for. */
export const ROWS_OF_GROUP = 6
const ODD_OF_GROUP = 10
/** Groups beyond are a line each. */
const GROUPS_IN_FULL = 50

export function search(filter: Filter, { owners, tags, groups }: Board): Html {
  const option = (value: string, text: string, chosen: string): Html =>
    html`<option value="${value}"${when(value === chosen, 'selected')}>${short(text, 60)}</option>`
  const names = groups.map(({ name }) => name).filter((name) => name !== '')
  return html`<search>
    <form class="find" method="get" action="/" hx-get="/" hx-trigger="input delay:300ms from:#q, change, submit" hx-select="#list" hx-target="#list" hx-swap="outerHTML" hx-push-url="true" hx-sync="this:replace">
      ${filter.verdict !== '' && html`<input type="hidden" name="verdict" value="${filter.verdict}">`}
      <label class="sr" for="q">Search heartbeats</label><input id="q" type="search" name="q" value="${filter.q}" placeholder="Name, description or tag" autocomplete="off">
      <label class="sr" for="fo">Owner</label><select id="fo" name="owner">${option('', 'Any owner', filter.owner)}${owners.map((owner) => option(owner, owner, filter.owner))}${option(NONE, 'nobody', filter.owner)}</select>
      <label class="sr" for="ft">Tag</label><select id="ft" name="tag">${option('', 'Any tag', filter.tag)}${tags.map((tag) => option(tag, tag, filter.tag))}</select>
      <label class="sr" for="fg">Group</label><select id="fg" name="group">${option('', 'All groups', filter.group)}${names.map((name) => option(name, name, filter.group))}${option(NONE, 'No group', filter.group)}</select>
      <noscript><button class="btn" type="submit">Filter</button></noscript>
    </form>
  </search>`
}

/** The numbers that `groupTable` shows, for whom marks are to be read. */
export function shownOf({ odd, ok }: BoardGroup): { readonly odd: readonly number[]; readonly ok: readonly number[] } {
  const shown = odd.slice(0, ODD_OF_GROUP)
  return { odd: shown, ok: ok.slice(0, Math.max(0, ROWS_OF_GROUP - shown.length)) }
}

export function inFull(groups: readonly BoardGroup[]): readonly BoardGroup[] {
  return groups.slice(0, GROUPS_IN_FULL)
}

export function groupTable(groups: readonly BoardGroup[], row: (number: number) => Html | false): Html {
  return html`<table class="beats" id="groups" data-live>
    ${columns('All heartbeats by group', 'Next due')}
    ${inFull(groups).map((group) => groupBody(group, row))}
    ${groups
      .slice(GROUPS_IN_FULL)
      .map(
        (group) =>
          html`<tbody id="g-${group.name}"><tr class="rest"><td colspan="6"><a href="${groupAddress(group)}">${nameOf(group)}</a> ${summary(group)}</td></tr></tbody>`,
      )}
  </table>`
}

/** One page of what fits the filter; `after`: it is not the first. */
export function chunk(
  { next }: List<unknown>,
  numbers: readonly number[],
  filter: Filter,
  after: string | undefined,
  row: (number: number) => Html | false,
): Html {
  const here = boardAddress(filter, { part: 'rows', ...(after !== undefined && { after }) })
  const more = next === null ? undefined : boardAddress(filter, { after: next })
  const fragment = next === null ? '' : boardAddress(filter, { part: 'rows', after: next })
  return html`<tbody class="chunk" id="c-${after ?? 'first'}" data-live data-from="${here}">${numbers.map(row)}</tbody>${
    more &&
    html`<tbody class="more" hx-get="${fragment}" hx-trigger="revealed" hx-swap="outerHTML" hx-select="tbody"><tr class="rest"><td colspan="6"><a href="${more}">Next</a></td></tr></tbody>`
  }`
}

/** What is shown, in words: `Failed heartbeats owned by ana, in hall-7`. */
export function askedFor({ q, verdict, owner, tag, group }: Filter): string {
  const parts = [
    owner !== '' && `owned by ${owner === NONE ? 'nobody' : owner}`,
    tag !== '' && `tagged ${tag}`,
    group !== '' && (group === NONE ? 'without a group' : `in ${group}`),
    q !== '' && `with “${q}”`,
  ].filter((part) => part !== false)
  const what = verdict === '' ? 'Heartbeats' : `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)} heartbeats`
  return parts.length === 0 ? what : `${what} ${parts.join(', ')}`
}

function groupBody(group: BoardGroup, row: (number: number) => Html | false): Html {
  const { odd, ok } = shownOf(group)
  const wrong = wrongIn(group)
  const left = group.count - wrong - odd.length - ok.length
  const okLeft = (group.verdicts.get('ok') ?? 0) - ok.length
  const rest = okLeft === left ? 'all ok' : `${figure(okLeft)} of them ok`
  return html`<tbody id="g-${group.name}">
<tr class="grp"><th colspan="6" scope="rowgroup"><b>${nameOf(group)}</b><span class="soft">${summary(group)}</span></th></tr>
${[...odd, ...ok].map(row)}${
  left > 0 &&
  html`<tr class="rest"><td colspan="6"><a href="${groupAddress(group)}">${figure(left)} more ${group.name === '' ? 'without a group' : `in ${group.name}`}</a>, ${rest}</td></tr>`
}</tbody>
`
}

function summary(group: BoardGroup): string {
  const wrong = wrongIn(group)
  const others = VERDICTS.filter((verdict) => !WRONG.includes(verdict)).flatMap((verdict) => {
    const count = group.verdicts.get(verdict) ?? 0
    return count === 0 ? [] : [`${figure(count)} ${verdict}`]
  })
  return [counted(group.count, 'heartbeat'), ...(wrong > 0 ? [`${figure(wrong)} above`] : []), ...others].join(' · ')
}

function wrongIn({ verdicts }: BoardGroup): number {
  return WRONG.reduce((sum, verdict) => sum + (verdicts.get(verdict) ?? 0), 0)
}

function nameOf({ name }: BoardGroup): string {
  return name === '' ? 'No group' : name
}

function groupAddress({ name }: BoardGroup): string {
  return boardAddress({ group: name === '' ? NONE : name })
}
