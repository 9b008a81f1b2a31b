// The secret part of an answer link: what is to be done, about what, by which page, signed with a key of its own.
// Nothing is stored: the same answer gives the same token, and whether it was used already is the ledger's to know.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

export type AnswerAction = 'acknowledge' | 'resolve' | 'silence' | 'snooze'

export type Answer = {
  readonly action: AnswerAction
  /** The incident or the storm. At most 100 bytes, as every id. */
  readonly about: string
  /** The page that the link came with: it makes the link one-time. */
  readonly page: string
  /** Responder or channel that it was sent to; what is beyond 72 bytes is left out. */
  readonly by: string
}

export type AnswerTokens = {
  /** At most 200 characters for the ids that Overdue makes, 388 for any. */
  issue(answer: Answer): string
  /** Undefined for anything that `issue` did not give, to the character. */
  read(token: string): Answer | undefined
}

export type AnswerLinks = Readonly<Record<AnswerAction, string>>

/** `master` is the gateway's; what signs links opens nothing else. */
export function createAnswerTokens(master: Buffer): AnswerTokens {
  const key = Buffer.from(hkdfSync('sha256', master, '', 'overdue answer links, v1', 32))
  const sign = (payload: Buffer): Buffer =>
    createHmac('sha256', key).update(payload).digest().subarray(0, SIGNATURE_BYTES)
  return {
    issue(answer) {
      const payload = pack(answer)
      return Buffer.concat([sign(payload), payload]).toString('base64url')
    },
    read(token) {
      if (token.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined
      const bytes = Buffer.from(token, 'base64url')
      // The last character may carry bits that decoding drops: only one writing is good.
      if (bytes.length <= SIGNATURE_BYTES || bytes.toString('base64url') !== token) return undefined
      const payload = bytes.subarray(SIGNATURE_BYTES)
      return timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), sign(payload)) ? unpack(payload) : undefined
    },
  }
}

/** `url` is how links begin, without a slash at the end. */
export function linksFor(tokens: AnswerTokens, url: string, about: string, page: string, by: string): AnswerLinks {
  const link = (action: AnswerAction): string => `${url}/answer/${tokens.issue({ action, about, page, by })}`
  return {
    acknowledge: link('acknowledge'),
    resolve: link('resolve'),
    silence: link('silence'),
    snooze: link('snooze'),
  }
}

const SIGNATURE_BYTES = 16
const LONGEST = 400
const LONGEST_ID = 100
const LONGEST_BY = 72

/** Links that are out in the world hold the place in this list: only ever add at its end. */
const ACTIONS: readonly AnswerAction[] = ['acknowledge', 'resolve', 'silence', 'snooze']

/** Action, then both ids with their lengths before them, then `by` to the end. */
function pack({ action, about, page, by }: Answer): Buffer {
  return Buffer.concat([Buffer.of(ACTIONS.indexOf(action)), packId(about), packId(page), packName(by)])
}

function packId(id: string): Buffer {
  const bytes = Buffer.from(id)
  if (bytes.length > LONGEST_ID) throw new RangeError(`expected an id of at most ${LONGEST_ID} bytes, got "${id}"`)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function packName(name: string): Buffer {
  const bytes = Buffer.from(name)
  let end = Math.min(bytes.length, LONGEST_BY)
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end)
}

/** Of a payload that was signed here, so its lengths are good. */
function unpack(payload: Buffer): Answer | undefined {
  const action = ACTIONS[payload[0] as number]
  if (action === undefined) return undefined
  const pageAt = 2 + (payload[1] as number)
  const byAt = pageAt + 1 + (payload[pageAt] as number)
  return {
    action,
    about: payload.toString('utf8', 2, pageAt),
    page: payload.toString('utf8', pageAt + 1, byAt),
    by: payload.toString('utf8', byAt),
  }
}
