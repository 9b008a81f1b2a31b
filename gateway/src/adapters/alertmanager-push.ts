// Alerts told to an Alertmanager, on the same guarded way as a webhook.
import type { ToldAlert } from '../app/alert-sync.ts'
import type { Stop } from '../app/channel.ts'
import { formatInstant } from '../domain/time.ts'
import { jsonPost } from './channel-http.ts'
import { type PostOptions, type PostOutcome, post } from './channel-post.ts'

export type PushOptions = PostOptions & {
  /** Without a slash at the end. */
  readonly url: string
  /** A header, and a secret. */
  readonly authorization?: string
  readonly stop: Stop
}

/** Why they were not taken; empty: they were. Never rejects. */
export function createAlertmanagerPush(options: PushOptions): (alerts: readonly ToldAlert[]) => Promise<string> {
  const { url, authorization, stop } = options
  return async (alerts) => {
    const headers = authorization === undefined ? {} : { authorization }
    return whyNot(await post(jsonPost(`${url}/api/v2/alerts`, alerts.map(alertItem), headers), stop, options))
  }
}

function alertItem({ labels, annotations, startsAt, endsAt, link }: ToldAlert): object {
  return { labels, annotations, startsAt: formatInstant(startsAt), endsAt: formatInstant(endsAt), generatorURL: link }
}

function whyNot(outcome: PostOutcome): string {
  if (outcome.kind !== 'answered') return outcome.why
  return outcome.status >= 200 && outcome.status < 300 ? '' : `answered ${outcome.status}`
}
