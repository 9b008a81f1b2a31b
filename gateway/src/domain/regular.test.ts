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
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    'a{3,2}',
    'a{1001}',
    'a\\',
    '[b-a]',
    '(?=a)',
    '\\1',
    '(a{1000}){1000}',
    '((((a{100}){100}){100}){100}){100}',
    'a'.repeat(1_001),
    '('.repeat(1_000),
  ])('%s is refused', (pattern) => {
    const read = readRegular(pattern)
    expect(isWrong(read) && read.problems[0]?.expected).toContain('RE2')
  })

  it.each([
    ['(?i)Pump', 'pUMP'],
    ['\\bpump\\b.*', 'pump-1'],
    ['\\pL+', 'ä'],
    ['[[:alpha:]]+', 'abc'],
    ['(?P<x>a)', 'a'],
  ])('%s fits %s, as in Alertmanager', (pattern, text) => {
    expect(fits(pattern, text)).toBe(true)
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
