// One signal to the gateway: taken, refused for good, or to be tried again later.
import { cleanText } from '@overdue/device-sdk/wire'
import type { Duration } from '../domain/time.ts'
import { bearer, reasonOf } from './gateway-url.ts'

export type Post = {
  /** With path and query. */
  readonly url: string
  readonly key: string | undefined
  readonly body?: Uint8Array
}
export type Sent =
  /** `bodyLimit`: bytes of a body that the gateway keeps, if it says so. */
  | { readonly kind: 'taken'; readonly bodyLimit?: number }
  | { readonly kind: 'refused' | 'later'; readonly why: string; readonly status?: number }

/** Never throws; `stop` gives up earlier than the timeout. */
export async function postSignal({ url, key, body }: Post, timeout: Duration, stop?: AbortSignal): Promise<Sent> {
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(timeout)))
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...bearer(key), ...(body !== undefined && { 'Content-Type': 'application/octet-stream' }) },
      ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
      redirect: 'manual',
      signal: stop === undefined ? late : AbortSignal.any([late, stop]),
    })
    const { status } = answer
    const said = cleanText(await answer.text(), LONGEST_SHOWN)
    if (status === 200 || status === 201) return { kind: 'taken', ...limitOf(answer.headers) }
    const isPassing = status >= 500 || status === 429 || status === 408
    return { kind: isPassing ? 'later' : 'refused', status, why: `answered ${status}: ${said}` }
  } catch (error) {
    return { kind: 'later', why: `can't be reached: ${reasonOf(error)}` }
  }
}

const LONGEST_SHOWN = 500

function limitOf(headers: Headers): { readonly bodyLimit?: number } {
  const written = headers.get('ping-body-limit')
  return written !== null && /^\d{1,9}$/.test(written) ? { bodyLimit: Number(written) } : {}
}
