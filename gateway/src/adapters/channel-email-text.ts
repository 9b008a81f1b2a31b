// What a page says as a mail: the same on every try, so that a second copy can be known for one, and in one thread with
// everything else about the same.
import type { PageBody } from '../domain/page.ts'
import { plainText } from '../domain/page-lines.ts'
import {
  buttonsOf,
  escapeMarkup,
  firstLineOf,
  furtherOf,
  linesBelow,
  type Mood,
  moodOf,
  within,
} from './channel-words.ts'

export type EmailAddresses = { readonly from: string; readonly to: readonly string[] }

export type Email = {
  readonly from: string
  readonly to: string[]
  readonly subject: string
  readonly date: Date
  readonly messageId: string
  readonly inReplyTo: string
  readonly references: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly html: string
  /** Parts are told apart by this; without it, by something random. */
  readonly baseBoundary: string
}

export function composeEmail(page: PageBody, { from, to }: EmailAddresses): Email {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'overdue.invalid'
  // Nobody sent the mail that starts the thread, so its beginning and its end find each other on every channel.
  const thread = `<about.${atomOf(page.about)}@${domain}>`
  return {
    from,
    to: [...to],
    subject: within(MOST_SUBJECT, firstLineOf(page)),
    date: new Date(page.at),
    messageId: `<${atomOf(page.id)}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    headers: {
      // RFC 3834: no vacation notice answers this.
      'Auto-Submitted': 'auto-generated',
      ...IMPORTANCE[moodOf(page)],
    },
    text: `${plainText(page)}\n`,
    html: htmlOf(page),
    baseBoundary: atomOf(page.id),
  }
}

const MOST_SUBJECT = 500
const HIGH = { Importance: 'high', 'X-Priority': '1 (Highest)' }
const NORMAL = {}
const IMPORTANCE: Readonly<Record<Mood, Readonly<Record<string, string>>>> = {
  critical: HIGH,
  warning: HIGH,
  info: NORMAL,
  acknowledged: NORMAL,
  resolved: NORMAL,
}

const COLOURS: Readonly<Record<Mood, string>> = {
  critical: '#d92d20',
  warning: '#dc6803',
  info: '#1570ef',
  acknowledged: '#475467',
  resolved: '#039855',
}

/** What may stand in a Message-ID (RFC 5322, dot-atom). */
function atomOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '-')
}

function htmlOf(page: PageBody): string {
  const colour = COLOURS[moodOf(page)]
  const lines = linesBelow(page).map(({ label, text }) => `<p><b>${escapeMarkup(label)}:</b> ${escapeMarkup(text)}</p>`)
  const links = (list: ReturnType<typeof buttonsOf>): string =>
    list.map(({ label, url }) => `<a href="${escapeMarkup(url)}">${escapeMarkup(label)}</a>`).join(' &middot; ')
  return [
    '<!doctype html>',
    `<html lang="en"><body style="font-family:sans-serif;border-left:6px solid ${colour};padding-left:12px">`,
    `<h1 style="font-size:18px;color:${colour}">${escapeMarkup(firstLineOf(page))}</h1>`,
    ...lines,
    ...[buttonsOf(page), furtherOf(page)].filter((list) => list.length > 0).map((list) => `<p>${links(list)}</p>`),
    '</body></html>',
    '',
  ].join('\n')
}
