// What messengers show of a page: its first line with a mark, the lines below it, links that any of them takes, and all of it
// within their limits and without what their markup would make of a user's text.
import type { PageBody } from '../domain/page.ts'
import { actionsOf, linesOf, type PageLine, type PageLink, placesOf } from '../domain/page-lines.ts'

/** How one character of a user's text is written, and how much room a text takes. */
export type Style = { readonly write: (character: string) => string; readonly size: (text: string) => number }

/** Text that nobody interprets, measured in UTF-16 units. */
export const PLAIN: Style = { write: (character) => character, size: (text) => text.length }

export const bytesOf = (text: string): number => Buffer.byteLength(text)

/** As much of a text as there is room for; what was cut ends in "…". Characters and their escapes stay whole. */
export function within(limit: number, text: string, { write, size }: Style = PLAIN): string {
  const pieces: string[] = []
  let used = 0
  let whole = 0
  for (const character of text) {
    const piece = write(character)
    used += size(piece)
    if (used > limit) return `${pieces.slice(0, whole).join('')}…`
    pieces.push(piece)
    if (used + size('…') <= limit) whole = pieces.length
  }
  return pieces.join('')
}

/** A title of at most `limit`, and the lines below it: they begin with the whole title where it had to be cut. */
export function titled(
  page: PageBody,
  limit: number,
  style: Style = PLAIN,
): { readonly title: string; readonly lines: readonly PageLine[] } {
  const text = `${markOf(page)} ${firstLineOf(page)}`
  const title = within(limit, text, style)
  const isWhole = title === within(Number.POSITIVE_INFINITY, text, style)
  return {
    title,
    lines: isWhole ? linesBelow(page) : [{ label: 'What', text: firstLineOf(page) }, ...linesBelow(page)],
  }
}

/** What and since when, in one line whatever it contains. */
export function firstLineOf({ text }: PageBody): string {
  return oneLine(text)
}

/** Everything below the first line, each in one line; also what was meant as a link and can't be one. */
export function linesBelow(page: PageBody): readonly PageLine[] {
  const unlinked = placesOf(page).filter(({ url }) => webUrl(url) === undefined)
  return [...linesOf(page), ...unlinked.map(({ label, url }) => ({ label, text: url }))].map(({ label, text }) => ({
    label,
    text: oneLine(text),
  }))
}

/** Lines that share `limit` evenly, each after its label. */
export function joinLines(
  lines: readonly PageLine[],
  limit: number,
  writeLabel: (label: string) => string,
  style: Style = PLAIN,
): string {
  const labels = lines.map(({ label }) => writeLabel(label))
  const room = limit - labels.reduce((sum, label) => sum + style.size(label) + 1, 0)
  const share = Math.floor(room / lines.length)
  return lines.map(({ text }, index) => `${labels[index]}${within(share, text, style)}`).join('\n')
}

/** What the reader can do, then where there is more to read: http and https only, in ASCII, none longer than 1,000. */
export function buttonsOf(page: PageBody): readonly PageLink[] {
  return linked(actionsOf(page))
}

export function furtherOf(page: PageBody): readonly PageLink[] {
  return linked(placesOf(page))
}

/** The page that a click on the whole message opens. */
export function mainLinkOf(page: PageBody): string | undefined {
  const { incident, heartbeat, gateway } = page.links
  return [incident, heartbeat, gateway].map((url) => webUrl(url ?? '')).find((url) => url !== undefined)
}

/** As any receiver takes it: http or https, in ASCII, not longer than 1,000; otherwise undefined. */
export function webUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  return url.href.length > LONGEST_URL ? undefined : url.href
}

/** For HTML and XML, between tags and inside quotes. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`)
}

/** Red while somebody has to look, green once it is over. */
export type Mood = 'critical' | 'warning' | 'info' | 'acknowledged' | 'resolved'

export function moodOf({ state, severity }: PageBody): Mood {
  return state === 'triggered' ? severity : state
}

const MARKS: Readonly<Record<Mood, string>> = {
  critical: '🔴',
  warning: '🟠',
  info: '🔵',
  acknowledged: '👀',
  resolved: '✅',
}

function markOf(page: PageBody): string {
  return page.type === 'drill' ? `🧪 ${MARKS[moodOf(page)]}` : MARKS[moodOf(page)]
}

const LONGEST_URL = 1_000

function linked(links: readonly PageLink[]): readonly PageLink[] {
  return links.flatMap(({ label, url }) => {
    const written = webUrl(url)
    return written === undefined ? [] : [{ label, url: written }]
  })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, ' ')
}
