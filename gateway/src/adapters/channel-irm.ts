// A page for the "formatted webhook" of Grafana IRM and OnCall: everything with the same `about` is one alert group there.
import type { Channel } from '../app/channel.ts'
import { plainText } from '../domain/page-lines.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { mainLinkOf, titled, within } from './channel-words.ts'

export function createIrmChannel({ url, ...options }: HttpOptions & { readonly url: string }): Channel {
  return createHttpChannel(composeIrm(url), options)
}

/** It knows two states, so what is acknowledged still alerts. */
export function composeIrm(url: string): Compose {
  return (page) => {
    const link = mainLinkOf(page)
    return jsonPost(url, {
      alert_uid: page.about,
      title: titled(page, MOST_TITLE).title,
      state: page.state === 'resolved' ? 'ok' : 'alerting',
      ...(link !== undefined && { link_to_upstream_details: link }),
      message: within(MOST_MESSAGE, plainText(page)),
    })
  }
}

const MOST_TITLE = 1_000
const MOST_MESSAGE = 30_000
