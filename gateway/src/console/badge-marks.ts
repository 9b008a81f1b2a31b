// The part of a badge's address that nobody guesses: which badge it is, signed with a key of its own.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

export const BADGE_KINDS = ['heartbeat', 'group', 'tag'] as const
export type BadgeKind = (typeof BADGE_KINDS)[number]

export type BadgeMarks = {
  /** 22 characters. */
  markOf(kind: BadgeKind, name: string): string
  isMark(mark: string, kind: BadgeKind, name: string): boolean
}

/** `master` is the gateway's; what signs badges opens nothing else. */
export function createBadgeMarks(master: Buffer): BadgeMarks {
  const key = Buffer.from(hkdfSync('sha256', master, '', 'overdue badges, v1', 32))
  const sign = (kind: BadgeKind, name: string): Buffer =>
    createHmac('sha256', key).update(`${kind}\n${name}`).digest().subarray(0, BYTES)
  return {
    markOf: (kind, name) => sign(kind, name).toString('base64url'),
    isMark(mark, kind, name) {
      const bytes = Buffer.from(mark, 'base64url')
      return bytes.length === BYTES && bytes.toString('base64url') === mark && timingSafeEqual(bytes, sign(kind, name))
    },
  }
}

const BYTES = 16
