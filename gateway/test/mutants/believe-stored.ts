// The adopter with one fault: what a broker had stored counts as if it had just been said.
import type { Adopt } from '../../src/adapters/mqtt-signal.ts'

export function believeStored(adopt: Adopt): Adopt {
  return (publish, heeded) => adopt(publish, { ...heeded, isStored: false })
}
