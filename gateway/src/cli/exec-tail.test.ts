import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Tail } from './exec-tail.ts'

it('keeps the last bytes of whatever comes, in whatever pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.nat(12), fc.nat(20), (chunks, size, most) => {
      const tail = new Tail(size)
      for (const chunk of chunks) tail.add(chunk)
      const all = Buffer.concat(chunks)
      expect(Buffer.from(tail.last(most))).toEqual(all.subarray(all.length - Math.min(all.length, size, most)))
    }),
  )
})
