// A page as an event of PagerDuty's Events API v2: everything with the same `about` is one alert there.
import type { Channel } from '../app/channel.ts'
import type { PageBody, PageState } from '../domain/page.ts'
import { type Compose, createHttpChannel, type HttpOptions, jsonPost } from './channel-http.ts'
import { buttonsOf, firstLineOf, furtherOf, linesBelow, mainLinkOf, within } from './channel-words.ts'

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'

export type PagerDutyPlace = { readonly url: string; readonly routingKey: string }

export function createPagerDutyChannel({ url, routingKey, ...options }: HttpOptions & PagerDutyPlace): Channel {
  return createHttpChannel(composePagerDuty({ url, routingKey }), options)
}

export function composePagerDuty({ url, routingKey }: PagerDutyPlace): Compose {
  return (page) => {
    const link = mainLinkOf(page)
    return jsonPost(url, {
      routing_key: routingKey,
      event_action: ACTIONS[page.state],
      dedup_key: within(MOST_KEY, page.about),
      payload: {
        summary: within(MOST_SUMMARY, firstLineOf(page)),
        source: within(MOST_DETAIL, sourceOf(page)),
        severity: page.severity,
        timestamp: page.incident?.openedAt ?? page.storm?.openedAt ?? page.at,
        ...(page.heartbeat !== undefined && { component: page.heartbeat.name }),
        ...(page.heartbeat !== undefined &&
          page.heartbeat.group !== '' && { group: within(MOST_DETAIL, page.heartbeat.group) }),
        class: page.incident?.verdict ?? page.type,
        custom_details: detailsOf(page),
      },
      links: [...buttonsOf(page), ...furtherOf(page)].map(({ label, url }) => ({ href: url, text: label })),
      client: 'Overdue',
      ...(link !== undefined && { client_url: link }),
    })
  }
}

const MOST_KEY = 255
const MOST_SUMMARY = 1_024
/** An event has at most 512 kB. */
const MOST_DETAIL = 10_000

const ACTIONS: Readonly<Record<PageState, string>> = {
  triggered: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
}

function sourceOf({ heartbeat, storm }: PageBody): string {
  return heartbeat?.name ?? storm?.scope ?? 'overdue'
}

function detailsOf(page: PageBody): Readonly<Record<string, string>> {
  const { heartbeat, page: step } = page
  const lines = [
    ...linesBelow(page),
    { label: 'Schedule', text: heartbeat?.schedule ?? '' },
    { label: 'Tags', text: heartbeat?.tags.join(', ') ?? '' },
    { label: 'Path', text: step.path },
  ]
  return Object.fromEntries(
    lines.filter(({ text }) => text !== '').map(({ label, text }) => [label.toLowerCase(), within(MOST_DETAIL, text)]),
  )
}
