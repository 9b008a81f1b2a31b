// A page for a Discord webhook: one embed that mentions nobody, with its links as Markdown.
import type { Channel } from '../app/channel.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import {
  buttonsOf,
  furtherOf,
  joinLines,
  type Mood,
  mainLinkOf,
  moodOf,
  PLAIN,
  type Style,
  titled,
} from './channel-words.ts'

export function createDiscordChannel({ url, ...options }: HttpOptions & { readonly url: string }): Channel {
  return createHttpChannel(composeDiscord(url), options)
}

export function composeDiscord(url: string): Compose {
  return (page) => {
    const { title, lines } = titled(page, MOST_TITLE, MARKDOWN)
    const links = linksWithin(MOST_LINKS, [...buttonsOf(page), ...furtherOf(page)])
    const text = joinLines(lines, MOST_DESCRIPTION - links.length - 2, (label) => `**${label}:** `, MARKDOWN)
    const description = [text, links].filter((part) => part !== '').join('\n\n')
    const link = mainLinkOf(page)
    return jsonPost(url, {
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title,
          ...(link !== undefined && { url: link }),
          ...(description !== '' && { description }),
          color: COLOURS[moodOf(page)],
          timestamp: page.at,
        },
      ],
    })
  }
}

const MOST_TITLE = 256
const MOST_DESCRIPTION = 4_096
const MOST_LINKS = 2_000

const COLOURS: Readonly<Record<Mood, number>> = {
  critical: 0xd92d20,
  warning: 0xf79009,
  info: 0x2e90fa,
  acknowledged: 0x667085,
  resolved: 0x12b76a,
}

/** Each text stands behind a label, so what counts only where a line begins needs no escape. */
const MARKDOWN: Style = {
  ...PLAIN,
  write: (character) => (character === '@' ? '@\u200b' : character.replace(/[\\*_~`|<>[\]]/, '\\$&')),
}

function linksWithin(limit: number, links: readonly { readonly label: string; readonly url: string }[]): string {
  let text = ''
  for (const { label, url } of links) {
    const link = `[${label}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`
    if (text.length + link.length + 3 <= limit) text += text === '' ? link : ` · ${link}`
  }
  return text
}
