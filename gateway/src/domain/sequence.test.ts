import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasSeq, type SeqRange, skippedBy, withSeq } from './sequence.ts'

const messages = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat(12)), { maxLength: 40 })

function heard(numbers: readonly (readonly [number, number])[]): readonly SeqRange[] {
  return numbers.reduce<readonly SeqRange[]>((ranges, [boot, seq]) => withSeq(ranges, boot, seq), [])
}

describe('the numbers of messages', () => {
  it('are known again in whatever order they came', () => {
    fc.assert(
      fc.property(messages, (numbers) => {
        const ranges = heard(numbers)
        const set = new Set(numbers.map(String))
        for (const boot of [1, 2])
          for (let seq = 0; seq <= 12; seq++) expect(hasSeq(ranges, boot, seq)).toBe(set.has(`${boot},${seq}`))
      }),
    )
  })

  it('make as few ranges as there are gaps, in order', () => {
    fc.assert(
      fc.property(messages, (numbers) => {
        const ranges = heard(numbers)
        ranges.slice(1).forEach(([boot, from], index) => {
          const [before, , to] = ranges[index] as SeqRange
          expect(boot > before || from > to + 1).toBe(true)
        })
      }),
    )
  })

  it('that are missing between the first and the last of a start are counted, one by one', () => {
    fc.assert(
      fc.property(messages, (numbers) => {
        let [ranges, missing]: [readonly SeqRange[], number] = [[], 0]
        for (const [boot, seq] of numbers) {
          missing += skippedBy(ranges, boot, seq)
          ranges = withSeq(ranges, boot, seq)
        }
        const gaps = [1, 2].map((boot) => {
          const own = ranges.filter(([ofBoot]) => ofBoot === boot)
          return own.slice(1).reduce((sum, [, from], index) => sum + from - (own[index] as SeqRange)[2] - 1, 0)
        })
        expect(missing).toBe((gaps[0] as number) + (gaps[1] as number))
      }),
    )
  })

  it('a backlog of sixty behind a live message is new once and known for good', () => {
    const numbers = [[7, 500], ...Array.from({ length: 60 }, (_, n) => [7, 440 + n])] as [number, number][]
    expect(heard(numbers)).toEqual([[7, 440, 500]])
  })

  it('of many gaps are forgotten from the oldest on, and never taken for heard', () => {
    const odd = Array.from({ length: 40 }, (_, n) => [1, 2 * n + 1] as [number, number])
    const ranges = heard(odd)
    expect(ranges).toHaveLength(16)
    for (let n = 0; n < 40; n++) expect(hasSeq(ranges, 1, 2 * n)).toBe(false)
  })
})
