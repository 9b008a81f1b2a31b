import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../src/config/document.ts'
import { formatProblem, isWrong } from '../src/domain/problem.ts'

const TEXT = readFileSync(join(import.meta.dirname, '../docs/bridges.md'), 'utf8')
const EXAMPLES = [...TEXT.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml]) => yaml as string)
const LOGGED = [...TEXT.matchAll(/`(bridge\.[a-z]+)`/g)].map(([, fact]) => fact as string)

describe('what is told of bridges', () => {
  it('has examples', () => expect(EXAMPLES.length).toBeGreaterThan(2))

  it.each(EXAMPLES)('can be pasted: %s', (yaml) => {
    const around = { env: {}, environment: {}, file: 'overdue.yaml', readFile: () => '', hostZone: 'UTC' }
    const checked = readDocument(yaml, around)
    expect(isWrong(checked) ? checked.problems.map(formatProblem) : []).toEqual([])
    expect(isWrong(checked) ? [] : checked.value.bridges).toHaveLength(1)
  })

  it('names the lines of the log that there are', () => {
    const code = readFileSync(join(import.meta.dirname, '../src/adapters/bridge.ts'), 'utf8')
    for (const fact of LOGGED) expect(code).toContain(fact.replace('bridge.', ''))
  })
})
