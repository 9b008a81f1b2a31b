import { describe, expect, it } from 'vitest'
import { isWrong } from '../domain/problem.ts'
import { flagOf, readMatcher, textsOf } from './grafana-asked.ts'
import { readSelector } from './grafana-selector.ts'

function written(text: string): string | undefined {
  const read = readMatcher(text)
  if (isWrong(read)) return undefined
  const { name, value, isRegex, isEqual } = read.value
  return `${name} ${isEqual ? '' : 'not '}${isRegex ? 'like' : 'is'} ${value}`
}

describe('a matcher as text', () => {
  it.each([
    ['a=b', 'a is b'],
    [' a = b c ', 'a is b c'],
    ['a="b"', 'a is b'],
    ['"a"="b"', 'a is b'],
    ['a!="b"', 'a not is b'],
    ['a=~"b.*"', 'a like b.*'],
    ['a!~b|c', 'a not like b|c'],
    ['a=', 'a is '],
    ['a=""', 'a is '],
    ['a="b\\"c\\\\d\\ne"', 'a is b"c\\d\ne'],
    ['a=~"\\\\d+"', 'a like \\d+'],
    ['a=b=c', 'a is b=c'],
    ['a==b', 'a is =b'],
    ['a="b', undefined],
    ['a=b"', undefined],
    ['a="b"c', undefined],
    ['a', undefined],
    ['=b', undefined],
    ['a-b=c', undefined],
    ['a:b=c', undefined],
    ['a=~"("', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => {
    expect(written(text)).toBe(expected)
  })

  it('does not take long, whatever it is', () => {
    expect(written(`a=${' '.repeat(100_000)}"`)).toBeUndefined()
    expect(written(`a="${'\\'.repeat(99_999)}`)).toBeUndefined()
  })
})

describe('a selector', () => {
  it.each<[string, number | undefined]>([
    ['ALERTS', 1],
    ['ALERTS{}', 1],
    [' ALERTS { a="b" , c!~\'d"e\', } ', 3],
    ['{__name__="ALERTS"}', 1],
    ['{a="}"}', 1],
    ['{}', undefined],
    ['', undefined],
    ['ALERTS[5m]', undefined],
    ['sum(ALERTS)', undefined],
    ['ALERTS{a="b"} + 1', undefined],
    ['ALERTS{a=b}', undefined],
    ['ALERTS{a="b"}}', undefined],
    ['ALERTS{a="b"c="d"}', undefined],
    [`ALERTS{${' '.repeat(100_000)}}`, undefined],
  ])('%s has %s matchers', (text, count) => {
    expect(readSelector(text)?.length).toBe(count)
  })
})

describe('a parameter', () => {
  it('comes once or more often, with brackets or without, and is true unless it says otherwise', () => {
    expect(textsOf({ a: 'b', 'a[]': ['c', 'd'] }, 'a')).toEqual(['b', 'c', 'd'])
    expect(textsOf({}, 'a')).toEqual([])
    expect([flagOf({}, 'a'), flagOf({ a: 'true' }, 'a'), flagOf({ a: 'false' }, 'a')]).toEqual([true, true, false])
  })
})
