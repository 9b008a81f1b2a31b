// Packets that were damaged on their way: one byte overwritten, left out or put in, or the end cut off, up to three times.
import fc from 'fast-check'

const byte = fc.integer({ min: 0, max: 255 })
const damage = fc.record({ kind: fc.constantFrom('write', 'leave out', 'put in', 'cut'), at: fc.nat(), byte })

function damaged(bytes: Buffer, { kind, at, byte }: { kind: string; at: number; byte: number }): Buffer {
  const here = at % (bytes.length + 1)
  const rest = bytes.subarray(kind === 'put in' ? here : here + 1)
  const between = kind === 'leave out' ? [] : [byte]
  return kind === 'cut' ? bytes.subarray(0, here) : Buffer.concat([bytes.subarray(0, here), Buffer.from(between), rest])
}

export function mutantsOf(valid: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .record({ valid: fc.constantFrom(...valid), damages: fc.array(damage, { maxLength: 3 }) })
    .map(({ valid, damages }) => damages.reduce(damaged, valid))
}
