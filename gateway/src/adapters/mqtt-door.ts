// Which version of MQTT a new connection speaks: looks at the beginning of its first packet and puts it back unread.
import type { Duplex } from 'node:stream'
import { type Duration, SECOND } from '../domain/time.ts'
import { type Found, peek } from './wire-peek.ts'

/** From the first byte of a CONNECT to its last. */
export const GREETING_TIME: Duration = 5 * SECOND

/** The level that a CONNECT names; UNTOLD: too little of it is there. STRANGE: it is no CONNECT. */
export function levelOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return UNTOLD
  if (bytes[0] !== CONNECT) return STRANGE
  let at = 1
  for (; at <= 4; at++) {
    const byte = bytes[at]
    if (byte === undefined) return UNTOLD
    if (byte < 0x80) break
  }
  if (at > 4) return STRANGE
  const length = bytes[at + 2]
  if (length === undefined) return UNTOLD
  // "MQTT", or "MQIsdp" of version 3.1.
  if (bytes[at + 1] !== 0 || (length !== 4 && length !== 6)) return STRANGE
  return bytes[at + 3 + length] ?? UNTOLD
}

export const UNTOLD = -1
export const STRANGE = -2
const CONNECT = 0x10

/** Exactly one of the two is called, unless the connection ends before. */
export function askVersion(wire: Duplex, told: (level: number) => void, strange: (why: string) => void): void {
  const look = (seen: Buffer): Found | undefined => {
    const level = levelOf(seen)
    if (level === UNTOLD) return undefined
    return { rest: seen, goOn: () => (level === STRANGE ? strange('no CONNECT') : told(level)) }
  }
  peek(wire, GREETING_TIME, look, () => strange('no CONNECT in time'))
}
