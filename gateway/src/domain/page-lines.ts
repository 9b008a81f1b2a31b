// What a person reads of a page below its first line, in order: the same words on every channel.
import type { PageBody, PageLinks } from './page.ts'

export type PageLine = { readonly label: string; readonly text: string }
export type PageLink = { readonly label: string; readonly url: string }

const ACTIONS: readonly (readonly [keyof PageLinks, string])[] = [
  ['acknowledge', 'Acknowledge'],
  ['resolve', 'Resolve'],
  ['silence', 'Silence 1 h'],
  ['snooze', 'Snooze 30 min'],
]
const PLACES: readonly (readonly [keyof PageLinks, string])[] = [
  ['runbook', 'Runbook'],
  ['incident', 'Incident'],
  ['explain', 'Explain'],
  ['gateway', 'Overdue'],
]

/** Owner, description, why, who was paged: those of which something is known. */
export function linesOf(page: PageBody): readonly PageLine[] {
  const { heartbeat, storm, explanation, paged, text } = page
  const lines: readonly PageLine[] = [
    { label: 'Owner', text: heartbeat === undefined ? '' : heartbeat.owner || 'nobody' },
    { label: 'Description', text: heartbeat?.description ?? '' },
    { label: 'Heartbeats', text: storm?.names.join(', ') ?? '' },
    { label: 'Why', text: explanation === text ? '' : explanation },
    { label: 'Paged', text: paged.join(', ') },
  ]
  return lines.filter((line) => line.text !== '')
}

/** What the reader can do about it; none once it is over. */
export function actionsOf(page: PageBody): readonly PageLink[] {
  return page.state === 'resolved' ? [] : linksAmong(ACTIONS, page.links)
}

/** Where there is more to read. */
export function placesOf(page: PageBody): readonly PageLink[] {
  return linksAmong(PLACES, page.links)
}

/** The whole page as plain text, its first line first. */
export function plainText(page: PageBody): string {
  return [
    page.text,
    '',
    ...linesOf(page).map(({ label, text }) => `${label}: ${text}`),
    '',
    ...[...actionsOf(page), ...placesOf(page)].map(({ label, url }) => `${label}: ${url}`),
  ]
    .join('\n')
    .trim()
}

function linksAmong(wanted: readonly (readonly [keyof PageLinks, string])[], links: PageLinks): readonly PageLink[] {
  return wanted.flatMap(([key, label]) => {
    const url = links[key]
    return url === undefined ? [] : [{ label, url }]
  })
}
