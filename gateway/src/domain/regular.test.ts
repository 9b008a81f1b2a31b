import fc, { array, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWrong } from './problem.ts'
import { readRegular } from './regular.ts'

function fits(pattern: string, text: string): boolean {
  const read = readRegular(pattern)
  if (isWrong(read)) throw new Error(`${pattern}: ${read.problems[0]?.expected}`)
  return read.value(text)
}

describe('a regular expression', () => {
  it.each([
    ['a|b', ['a', 'b'], ['', 'ab', 'c', 'xa']],
    ['hall-.*', ['hall-', 'hall-7'], ['hall', 'xhall-7', 'hall-\n']],
    ['(pump|fan)-[0-9]{1,2}', ['pump-1', 'fan-17'], ['pump-', 'fan-170', 'pump']],
    ['', [''], ['a']],
    ['a|', ['', 'a'], ['b']],
    ['^a$', ['a'], ['^a$', '']],
    ['(?:a|b)+?c?', ['a', 'abab', 'bc'], ['c', '']],
    ['[^a-c\\d]', ['d', '\n', 'é', '😀'], ['a', 'b', '5', 'dd']],
    ['[]a-]', [']', 'a', '-'], ['b']],
    ['[\\w.]+@x\\.y', ['a.b@x.y'], ['a@xzy', '@x.y']],
    ['.', ['a', '😀', '"'], ['\n', '', 'ab']],
    ['a{,2}', ['a{,2}'], ['aa']],
    ['a{2}', ['aa'], ['a', 'aaa']],
    ['a{2,}', ['aa', 'aaaa'], ['a']],
    ['\\S+\\t\\$', ['x\t$'], ['x $']],
    ['(a*)*b', ['b', 'aab'], ['a']],
    ['é+', ['éé'], ['e']],
  ])('%s fits %j and not %j', (pattern, good, bad) => {
    for (const text of good) expect([text, fits(pattern, text)]).toEqual([text, true])
    for (const text of bad) expect([text, fits(pattern, text)]).toEqual([text, false])
  })

  it.each([
    ['(', 'a ")" after each "("'],
    ['a)', 'a "(" before each ")"'],
    ['[a', 'a "]" after each "["'],
    ['*a', 'something before each repetition'],
    ['a**', 'one repetition after each piece'],
    ['a{3,2}', 'the smaller number first'],
    ['a{1001}', 'up to 1000'],
    ['(?i)a', 'no flags'],
    ['(?P<x>a)', 'no named groups'],
    ['\\bword', 'no other escapes'],
    ['\\pL', 'no other escapes'],
    ['a\\', 'something after each "\\"'],
    ['[[:alpha:]]', 'classes written out'],
    ['[b-a]', 'the smaller character of a range first'],
    ['(a{1000}){1000}', 'fewer repetitions'],
    ['((((a{100}){100}){100}){100}){100}', 'fewer repetitions'],
    ['a'.repeat(1_001), 'at most 1000 characters'],
    ['('.repeat(1_000), 'a ")" after each "("'],
  ])('%s is refused: it needs %s', (pattern, expected) => {
    const read = readRegular(pattern)
    expect(isWrong(read) && read.problems[0]?.expected).toContain(expected)
  })

  it('fits what the engine of JavaScript says', () => {
    const piece = constantFrom(...['a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '(a|)', '\\w', '(a*b)', '^', '$'])
    const times = constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,}')
    const pattern = array(fc.tuple(piece, times), { maxLength: 5 }).map((parts) =>
      parts.map(([of, count]) => (/[\^$]$/.test(of) && of.length === 1 ? of : of + count)).join(''),
    )
    fc.assert(
      property(pattern, string({ unit: constantFrom('a', 'b', 'c', '\n'), maxLength: 6 }), (written, text) => {
        expect([written, text, fits(written, text)]).toEqual([written, text, new RegExp(`^(?:${written})$`).test(text)])
      }),
      { numRuns: 3_000 },
    )
  })

  it('does not take long for any pattern', () => {
    expect(fits('(a*)*b', 'a'.repeat(20_000))).toBe(false)
    expect(fits('(a|aa)+b', 'a'.repeat(20_000))).toBe(false)
    expect(fits(`${'(a?)'.repeat(200)}${'a'.repeat(200)}`, 'a'.repeat(200))).toBe(true)
  })
})
