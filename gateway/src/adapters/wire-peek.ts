// Looks at the beginning of a connection before anybody reads it, and puts back what is not its own.
import type { Duplex } from 'node:stream'
import type { Duration } from '../domain/time.ts'

/** What was found out: `rest` is put back unread, and then it goes on. */
export type Found = { readonly rest: Buffer; goOn(): void }

/** `look` gets all that came so far; undefined: too little. What it found is told once; `late` instead, when it takes too long. */
export function peek(
  wire: Duplex,
  patience: Duration,
  look: (seen: Buffer) => Found | undefined,
  late: () => void,
): void {
  let seen: Buffer = NOTHING
  const stop = (): void => {
    clearTimeout(timer)
    wire.off('readable', read)
    wire.off('close', stop)
  }
  const timer = setTimeout(() => {
    stop()
    late()
  }, patience)
  function read(): void {
    for (let piece = wire.read(); piece !== null; piece = wire.read())
      seen = seen.length === 0 ? piece : Buffer.concat([seen, piece])
    const found = look(seen)
    if (found === undefined) return
    stop()
    if (found.rest.length > 0) wire.unshift(found.rest)
    found.goOn()
  }
  wire.on('close', stop)
  wire.on('readable', read)
}

const NOTHING: Buffer = Buffer.alloc(0)
