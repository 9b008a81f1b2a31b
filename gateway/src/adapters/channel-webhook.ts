// A page as a signed webhook: the page itself as JSON, under the headers of https://www.standardwebhooks.com.
import type { Channel } from '../app/channel.ts'
import { SECOND } from '../domain/time.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { sign } from './channel-sign.ts'

export type WebhookPlace = {
  readonly url: string
  /** `whsec_…`; two while rotating, none for an unsigned webhook. */
  readonly secrets: readonly string[]
}

export type WebhookOptions = HttpOptions & WebhookPlace

export function createWebhookChannel({ url, secrets, ...options }: WebhookOptions): Channel {
  return createHttpChannel(composeWebhook({ url, secrets }), options)
}

export function composeWebhook({ url, secrets }: WebhookPlace): Compose {
  return (page, now) => {
    const { id } = page
    const { body, headers } = jsonPost(url, page)
    const timestamp = Math.floor(now / SECOND)
    return {
      url,
      headers: {
        ...headers,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(secrets.length > 0 && { 'webhook-signature': sign(secrets, id, timestamp, body) }),
      },
      body,
    }
  }
}
