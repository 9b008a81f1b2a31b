// Where an MQTT packet ends, and whether it may be that long: read from its first five bytes, before anything is kept of
// it. The broker behind has no limit of its own and would buffer what a stranger claims to send.

/** A CONNECT needs no more; whoever has not been accepted gets no more. */
export const STRANGERS_LIMIT = 4_096
export const PACKET_LIMIT = 65_536

/** The bytes so far do not hold the whole packet. */
export const INCOMPLETE = 0
/** The packet is longer than `limit`, or its length is no length. */
export const TOO_LONG = -1

/** The index after the packet that begins at `at`, or INCOMPLETE, or TOO_LONG. `limit` counts the whole packet. */
export function packetEnd(bytes: Uint8Array, at: number, limit: number): number {
  let length = 0
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return INCOMPLETE
    length += (byte & 0x7f) * 128 ** (i - 1)
    if (byte < 0x80) {
      const size = 1 + i + length
      if (size > limit) return TOO_LONG
      return at + size > bytes.length ? INCOMPLETE : at + size
    }
  }
  return TOO_LONG
}
