// Marks on Grafana's graphs, by its HTTP API and with the token of a service account, on the same guarded way as a webhook.
import type { Mark, Written } from '../app/annotator.ts'
import { RETRY_AFTER_CAP } from '../app/backoff.ts'
import type { Stop } from '../app/channel.ts'
import { jsonPost } from './channel-http.ts'
import { type PostOptions, post } from './channel-post.ts'
import { escapeMarkup, within } from './channel-words.ts'

export type AnnotationOptions = PostOptions & {
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string
  readonly stop: Stop
}

/** Writes a mark, or gives the one that is called `id` its end. */
export function createAnnotationWriter(
  options: AnnotationOptions,
): (mark: Mark, id: number | undefined) => Promise<Written> {
  const { url, token, stop } = options
  return async ({ at, until, tags, text }, id) => {
    const place = `${url}/api/annotations${id === undefined ? '' : `/${id}`}`
    // Grafana shows the text as markup.
    const mark = {
      time: at,
      ...(until !== undefined && { timeEnd: until }),
      tags,
      text: escapeMarkup(within(MOST_TEXT, text)),
    }
    const request = jsonPost(place, mark, { authorization: `Bearer ${token}` })
    const outcome = await post(
      { ...request, wantsText: true, ...(id !== undefined && { method: 'PATCH' }) },
      stop,
      options,
    )
    if (outcome.kind === 'forbidden') return { kind: 'refused', why: outcome.why }
    if (outcome.kind === 'unreachable') return { kind: 'retry', why: outcome.why }
    const { status, retryAfterMs, text: answer = '' } = outcome
    const why = `answered ${status}`
    if (status >= 500 || status === 408 || status === 429)
      return {
        kind: 'retry',
        why,
        ...(retryAfterMs !== undefined && { afterMs: Math.min(retryAfterMs, RETRY_AFTER_CAP) }),
      }
    if (status < 200 || status >= 300) return { kind: 'refused', why }
    const found = id ?? idIn(answer)
    return found === undefined ? { kind: 'refused', why: `${why} without an id` } : { kind: 'done', id: found }
  }
}

const MOST_TEXT = 2_000

function idIn(answer: string): number | undefined {
  const [, digits] = /"id"\s*:\s*(\d{1,15})\b/.exec(answer) ?? []
  return digits === undefined ? undefined : Number(digits)
}
