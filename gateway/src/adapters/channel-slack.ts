// A page for a Slack incoming webhook: Block Kit, all of a user's text as plain text, links as buttons.
import type { Channel } from '../app/channel.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { buttonsOf, furtherOf, joinLines, PLAIN, type Style, titled } from './channel-words.ts'

export function createSlackChannel({ url, ...options }: HttpOptions & { readonly url: string }): Channel {
  return createHttpChannel(composeSlack(url), options)
}

export function composeSlack(url: string): Compose {
  return (page) => {
    const { title, lines } = titled(page, MOST_HEADER, ENTITIES)
    const buttons = [...buttonsOf(page), ...furtherOf(page)].map(({ label, url }) => ({
      type: 'button',
      action_id: label,
      text: plain(label),
      url,
    }))
    const body = joinLines(lines, MOST_SECTION, (label) => `${label}: `, ENTITIES)
    return jsonPost(url, {
      // What notifications and screen readers take, instead of the blocks.
      text: title,
      mrkdwn: false,
      unfurl_links: false,
      blocks: [
        { type: 'header', text: plain(title) },
        ...(lines.length === 0 ? [] : [{ type: 'section', text: plain(body) }]),
        ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
      ],
    })
  }
}

const MOST_HEADER = 150
const MOST_SECTION = 3_000

/** Slack takes these three for markup such as `<!channel>`, and nothing else in plain text. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const ENTITIES: Style = { ...PLAIN, write: (character) => ESCAPES[character] ?? character }

function plain(text: string): object {
  return { type: 'plain_text', text, emoji: false }
}
