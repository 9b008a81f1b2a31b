// A page for a Microsoft Teams workflow ("when a webhook request is received"): an Adaptive Card in its message envelope.
import type { Channel } from '../app/channel.ts'
import type { PageLink } from '../domain/page-lines.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { buttonsOf, bytesOf, furtherOf, type Mood, moodOf, PLAIN, type Style, titled, within } from './channel-words.ts'

export function createTeamsChannel({ url, ...options }: HttpOptions & { readonly url: string }): Channel {
  return createHttpChannel(composeTeams(url), options)
}

export function composeTeams(url: string): Compose {
  return (page) => {
    const { title, lines } = titled(page, MOST_TITLE, JSON_BYTES)
    const card = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      fallbackText: title,
      msteams: { width: 'Full' },
      body: [
        {
          type: 'Container',
          style: STYLES[moodOf(page)],
          bleed: true,
          items: [{ type: 'RichTextBlock', inlines: [{ ...run(title), size: 'Medium', weight: 'Bolder' }] }],
        },
        ...lines.map(({ label, text }) => ({
          type: 'RichTextBlock',
          spacing: 'Small',
          inlines: [{ ...run(`${label}: `), weight: 'Bolder' }, run(within(MOST_LINE, text, JSON_BYTES))],
        })),
        ...buttons(buttonsOf(page)),
        ...buttons(furtherOf(page)),
      ],
    }
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }
    return jsonPost(url, { type: 'message', attachments: [attachment] })
  }
}

/**
 * A message is about 28 kB at most: eight links of 1,000 and seven lines of these leave some to the card.
 * Teams reads Markdown and `{{DATE(…)}}` in a TextBlock, and neither in a TextRun.
 */
const MOST_TITLE = 1_000
const MOST_LINE = 2_000

const JSON_BYTES: Style = { ...PLAIN, size: (text) => bytesOf(JSON.stringify(text)) - 2 }

const STYLES: Readonly<Record<Mood, string>> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  acknowledged: 'emphasis',
  resolved: 'good',
}

function run(text: string): object {
  return { type: 'TextRun', text }
}

/** None when there is nothing to press. */
function buttons(links: readonly PageLink[]): readonly object[] {
  const actions = links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url }))
  return actions.length === 0 ? [] : [{ type: 'ActionSet', actions }]
}
