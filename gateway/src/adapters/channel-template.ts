// A page as whatever a receiver wants: a body of the operator's own, with the page's fields in its places.
import type { Channel } from '../app/channel.ts'
import { fillTemplate } from '../domain/page-template.ts'
import { type Compose, createHttpChannel, type HttpOptions } from './channel-http.ts'
import { escapeMarkup } from './channel-words.ts'

export type TemplatePlace = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string
  /** Its names are those of `TEMPLATE_FIELDS`. */
  readonly body: string
}

export function createTemplateChannel({
  url,
  headers,
  contentType,
  body,
  ...options
}: HttpOptions & TemplatePlace): Channel {
  return createHttpChannel(composeTemplate({ url, headers, contentType, body }), options)
}

export function composeTemplate({ url, headers, contentType, body }: TemplatePlace): Compose {
  const write = escapeFor(contentType)
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return (page) => ({
    url,
    headers: { ...lowered, 'content-type': contentType },
    body: fillTemplate(body, page, write),
  })
}

function escapeFor(contentType: string): (text: string) => string {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (/[/+]json$/.test(type)) return (text) => JSON.stringify(text).slice(1, -1)
  if (type === 'application/x-www-form-urlencoded') return (text) => encodeURIComponent(text.toWellFormed())
  if (/[/+](xml|html)$/.test(type)) return escapeMarkup
  return (text) => text
}
