import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readPlainItem, splitList } from './parts.ts'
import { readYaml } from './yaml.ts'

const word = fc.oneof(
  fc.constantFrom(
    '5m',
    '1h30m',
    'on',
    'off',
    'yes',
    'null',
    'true',
    '12',
    '007',
    '0',
    '1e3',
    '.5',
    'hall-7',
    '2026-01-01',
    '~',
  ),
  fc.stringMatching(/^[A-Za-z0-9_./-]{1,8}$/),
  fc.stringMatching(/^"[ a-z:{},#&*'-]{0,8}"$/),
)
const item = fc
  .array(fc.tuple(fc.constantFrom('name', 'every', 'group', 'on', 'tags', 'a'), word), { minLength: 1, maxLength: 4 })
  .map((pairs) => `- { ${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')} }`)

describe('the quick way through a plain item', () => {
  it('gives what the YAML parser gives, or leaves it to the parser', () => {
    fc.assert(
      fc.property(item, (text) => {
        const quick = readPlainItem(text)
        if (quick !== undefined) expect([quick]).toEqual(parse(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('is taken for the plainest items', () => {
    expect(readPlainItem('  - { name: pump-17, every: 5m, group: "hall 7", tolerate: 2 }')).toEqual({
      name: 'pump-17',
      every: '5m',
      group: 'hall 7',
      tolerate: 2,
    })
  })
})

describe('a document that is read in parts', () => {
  it('is what it is as a whole', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 6 }), fc.constantFrom('', '  '), (items, indent) => {
        const list = items.map((text) => `${indent}${text}\n`).join('')
        const text = `zone: UTC # here\nheartbeats:\n${list}\n# end\nurl: "http://x"\n`
        const parts = splitList(text, 'heartbeats')
        if (parts === undefined) return
        let whole: unknown
        try {
          whole = parse(text, { uniqueKeys: false })
        } catch {
          return
        }
        expect({
          ...parse(parts.frame),
          heartbeats: parts.items.flatMap((part) => parse(part, { uniqueKeys: false })),
        }).toEqual(whole)
      }),
      { numRuns: 500 },
    )
  })

  it('is read the same when it is large', () => {
    const line = (n: number): string => `  - { name: hb-${n}, every: 5m, group: hall-${n % 7} }\n`
    const text = `zone: UTC\nheartbeats:\n${Array.from({ length: 5000 }, (_, n) => line(n)).join('')}`
    const read = readYaml(text)
    expect('value' in read && read.value).toEqual(parse(text))
  })
})
