// Sessions of browsers: a signed cookie that names the token it was opened with, and is good as long as that token and no
// longer than a week. Nothing is stored, so a restart ends none; those that somebody ended are remembered until they
// would have ended by themselves, or the gateway restarts.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { DAY, type Duration, type Instant } from '../domain/time.ts'

export const SESSION_LASTS: Duration = 7 * DAY

/** What it is opened with; the digest goes into the signature, not into the cookie. */
export type Opener = { readonly id: string; readonly digest: string; readonly expiresAt?: Instant }

export type Session = {
  readonly token: string
  readonly csrf: string
  readonly expiresAt: Instant
}

export type Sessions = {
  open(token: Opener, now: Instant): Session & { readonly cookie: string }
  /** `digestsOf`: under which the token of an id is good now. */
  read(cookie: string, digestsOf: (token: string) => readonly string[], now: Instant): Session | undefined
  /** Of one that is good. */
  expiresAt(cookie: string): Instant | undefined
  /** It is good no more. */
  end(cookie: string, now: Instant): void
}

/** `master` is the gateway's; what signs sessions opens nothing else. */
export function createSessions(master: Buffer): Sessions {
  const key = Buffer.from(hkdfSync('sha256', master, '', 'overdue sessions, v1', 32))
  const mac = (...parts: readonly (Buffer | string)[]): Buffer => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part)
    return hmac.digest()
  }
  /** Ended sessions, and when they would have ended. */
  const ended = new Map<string, Instant>()

  function sessionOf(payload: Buffer): Session & Pick<Unpacked, 'id'> {
    const id = payload.subarray(0, ID_BYTES)
    return {
      id: id.toString('base64url'),
      expiresAt: payload.readDoubleBE(ID_BYTES),
      token: payload.toString('utf8', HEAD_BYTES),
      csrf: mac('csrf', id).subarray(0, 24).toString('base64url'),
    }
  }

  function unpack(cookie: string): Unpacked | undefined {
    if (cookie.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(cookie)) return undefined
    const bytes = Buffer.from(cookie, 'base64url')
    if (bytes.length <= MAC_BYTES + HEAD_BYTES) return undefined
    const [signature, payload] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)]
    return { ...sessionOf(payload), signature, payload }
  }

  return {
    open({ id, digest, expiresAt = Number.POSITIVE_INFINITY }, now) {
      const head = Buffer.concat([randomBytes(ID_BYTES), Buffer.alloc(HEAD_BYTES - ID_BYTES)])
      head.writeDoubleBE(Math.min(now + SESSION_LASTS, expiresAt), ID_BYTES)
      const payload = Buffer.concat([head, Buffer.from(id)])
      const cookie = Buffer.concat([mac('session', payload, digest), payload]).toString('base64url')
      return { ...sessionOf(payload), cookie }
    },
    read(cookie, digestsOf, now) {
      const session = unpack(cookie)
      if (session === undefined) return undefined
      const { signature, payload } = session
      const isSigned = digestsOf(session.token).some((digest) =>
        timingSafeEqual(signature, mac('session', payload, digest)),
      )
      return isSigned && now < session.expiresAt && !ended.has(session.id) ? session : undefined
    },
    expiresAt: (cookie) => unpack(cookie)?.expiresAt,
    end(cookie, now) {
      const session = unpack(cookie)
      if (session === undefined) return
      const { id, expiresAt } = session
      for (const [other, at] of ended) if (at <= now || ended.size >= ENDED_KEPT) ended.delete(other)
      ended.set(id, expiresAt)
    },
  }
}

/** What a cookie says; whether it is signed is another question. */
type Unpacked = Session & { readonly id: string; readonly signature: Buffer; readonly payload: Buffer }

const MAC_BYTES = 32
const ID_BYTES = 16
const HEAD_BYTES = ID_BYTES + 8
const LONGEST = 400
const ENDED_KEPT = 10_000
