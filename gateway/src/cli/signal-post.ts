// One signal to the gateway: taken, refused for good, or to be tried again later.
import type { IncomingMessage } from 'node:http'
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
export function postSignal({ url, key, body }: Post, timeout: Duration, stop?: AbortSignal): Promise<Sent> {
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(timeout)))
  const options = {
    method: 'POST',
    headers: {
      ...bearer(key),
      'Content-Length': body?.length ?? 0,
      ...(body !== undefined && { 'Content-Type': 'application/octet-stream' }),
    },
    agent: false,
    signal: stop === undefined ? late : AbortSignal.any([late, stop]),
  } as const
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      const why = late.aborted ? 'no answer in time' : reasonOf(error)
      resolve({ kind: 'later', why: `can't be reached: ${why}` })
    }
    try {
      const request = requester(url)(url, options, (answer) => readAnswer(answer).then(resolve, fail))
      request.on('error', fail).end(body)
    } catch (error) {
      fail(error as Error)
    }
  })
}

const LONGEST_SHOWN = 500
const MOST_READ = 4096

/** Neither `import 'node:http'` nor `fetch`: both load all of Undici, which is most of the time of a short command. */
function requester(url: string): typeof import('node:http').request {
  return process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http').request
}

async function readAnswer(answer: IncomingMessage): Promise<Sent> {
  const { statusCode: status = 0, headers } = answer
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk
    if (text.length > MOST_READ) break
  }
  if (status === 200 || status === 201) return { kind: 'taken', ...limitOf(headers['ping-body-limit']) }
  const isPassing = status >= 500 || status === 429 || status === 408
  const why = `answered ${status}: ${cleanText(text, LONGEST_SHOWN)}`
  return { kind: isPassing ? 'later' : 'refused', status, why }
}

function limitOf(written: string | readonly string[] | undefined): { readonly bodyLimit?: number } {
  return typeof written === 'string' && /^\d{1,9}$/.test(written) ? { bodyLimit: Number(written) } : {}
}
