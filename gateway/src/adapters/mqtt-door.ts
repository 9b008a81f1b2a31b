// Which version of MQTT a new connection speaks: looks at the beginning of its first packet and puts it back unread.
import type { Duplex } from 'node:stream'
import { type Duration, SECOND } from '../domain/time.ts'

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
  let seen: Buffer = NOTHING
  const timer = setTimeout(() => leave('no CONNECT in time'), GREETING_TIME)
  const stopAsking = (): void => {
    clearTimeout(timer)
    wire.off('readable', look)
    wire.off('close', stopAsking)
  }
  const leave = (why: string): void => {
    stopAsking()
    strange(why)
  }
  function look(): void {
    for (let piece = wire.read(); piece !== null; piece = wire.read()) {
      seen = seen.length === 0 ? piece : Buffer.concat([seen, piece])
    }
    const level = levelOf(seen)
    if (level === UNTOLD) return
    if (level === STRANGE) return leave('no CONNECT')
    stopAsking()
    wire.unshift(seen)
    told(level)
  }
  wire.on('close', stopAsking)
  wire.on('readable', look)
}

const NOTHING: Buffer = Buffer.alloc(0)
