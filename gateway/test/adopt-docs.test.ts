// The page about adopting: its rules are good ones, and its tables tell what happens.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../src/cli/check.ts'
import { adopting } from './adopt-stage.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../docs/adopt.md'), 'utf8')
const SECTIONS = PAGE.split(/^## /m).map((text) => ({ title: text.split('\n', 1)[0] ?? '', text }))
const KINDS: Readonly<Record<string, string>> = {
  'sign of life': 'ok',
  'broken link': 'will',
  failure: 'fail',
  'planned silence': 'bye',
}

const RULES = SECTIONS.flatMap(({ title, text }) =>
  [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => ({ title, yaml })),
)
const ROWS = SECTIONS.flatMap(({ title, text }) =>
  [...text.matchAll(/^\| `([^`]+)` \| `([^`]*)` \| ([a-z ]+?)(?:: (\S+))? \|$/gm)].map(
    ([, topic, payload, means, name]) => ({
      ...{ title, topic: topic as string, payload: payload as string },
      expected: name === undefined ? 'nothing' : `${KINDS[means ?? '']}:${name}`,
    }),
  ),
)

describe('the page about adopting', () => {
  it('has a rule for each family, which `overdue check` takes', () => {
    expect(new Set(RULES.map(({ yaml }) => /\bas: (\w+)/.exec(yaml)?.[1])).size).toBe(8)
    for (const { title, yaml } of RULES) {
      const told: string[] = []
      const shell = { env: {}, readFile: () => yaml, write: (line: string) => void told.push(line), now: () => 0 }
      expect([check(['overdue.yaml'], shell as unknown as Parameters<typeof check>[1]), told], title).toEqual([
        0,
        [expect.stringContaining('overdue.yaml is good')],
      ])
    }
  })

  it('tells enough', () => {
    expect(ROWS.length).toBeGreaterThan(30)
  })

  it.each(ROWS)('$title: $topic $payload', ({ title, topic, payload, expected }) => {
    const rule =
      RULES.find((one) => one.title === title)
        ?.yaml.replace('adopt:\n', '')
        .replaceAll(/^ {2}/gm, '') ?? ''
    const name = expected.split(':')[1]
    expect(adopting(rule, name === undefined ? [] : [name]).hear(topic, payload)).toBe(expected)
  })
})
