// A page for ntfy, as JSON to the root of its server. The topic stands for a password there, so it is a secret here.
import type { Channel } from '../app/channel.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import {
  buttonsOf,
  bytesOf,
  firstLineOf,
  furtherOf,
  joinLines,
  linesBelow,
  type Mood,
  mainLinkOf,
  moodOf,
  PLAIN,
  type Style,
  within,
} from './channel-words.ts'

export type NtfyPlace = { readonly url: string; readonly topic: string; readonly token?: string }

export function createNtfyChannel({ url, topic, token, ...options }: HttpOptions & NtfyPlace): Channel {
  return createHttpChannel(composeNtfy({ url, topic, ...(token !== undefined && { token }) }), options)
}

export function composeNtfy({ url, topic, token }: NtfyPlace): Compose {
  return (page) => {
    const mood = moodOf(page)
    const title = firstLineOf(page)
    const click = mainLinkOf(page)
    const actions = [...buttonsOf(page), ...furtherOf(page)]
      .slice(0, MOST_ACTIONS)
      .map(({ label, url }) => ({ action: 'view', label, url }))
    const message = {
      topic,
      title: within(MOST_TITLE, title, BYTES),
      // An empty message would read "triggered".
      message:
        joinLines(linesBelow(page), MOST_MESSAGE, (label) => `${label}: `, BYTES) || within(MOST_MESSAGE, title, BYTES),
      priority: PRIORITIES[mood],
      tags: page.type === 'drill' ? ['test_tube', TAGS[mood]] : [TAGS[mood]],
      ...(click !== undefined && { click }),
      ...(actions.length > 0 && { actions }),
    }
    return jsonPost(url, message, token === undefined ? {} : { authorization: `Bearer ${token}` })
  }
}

/** What is longer becomes an attachment. */
const MOST_MESSAGE = 4_096
const MOST_TITLE = 1_000
const MOST_ACTIONS = 3
const BYTES: Style = { ...PLAIN, size: bytesOf }

/** 1 to 5; 3 is the default. */
const PRIORITIES: Readonly<Record<Mood, number>> = { critical: 5, warning: 4, info: 3, acknowledged: 3, resolved: 2 }

/** Short codes that ntfy shows as emoji before the title. */
const TAGS: Readonly<Record<Mood, string>> = {
  critical: 'rotating_light',
  warning: 'warning',
  info: 'information_source',
  acknowledged: 'eyes',
  resolved: 'white_check_mark',
}
