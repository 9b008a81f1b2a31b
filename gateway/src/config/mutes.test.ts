import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { HOUR } from '../domain/time.ts'
import { readDocument } from './document.ts'

function read(text: string) {
  const readFile = (): string => ''
  return readDocument(`zone: Europe/Riga\n${text}`, { env: {}, environment: {}, file: '', readFile, hostZone: 'UTC' })
}

function problems(text: string): readonly string[] {
  const checked = read(text)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('mutes of the file', () => {
  it('are silences and maintenance windows, once or repeating, with patterns in the singular and the plural', () => {
    const checked = read(`silences:
  - { name: rack-move, match: { group: "hall-*", severity: warning }, from: "2026-12-01 20:00", to: "2026-12-02 06:00", by: ana, reason: rack move }
  - { name: for-now, match: { names: [a, b] }, to: "2026-12-02T06:00:00Z" }
maintenance:
  - { name: patch-night, match: { tags: [db] }, cron: "0 2 * * sun", for: 2h }
  - { name: cutover, match: { all: true }, from: "2026-12-05 22:00", to: "2026-12-06 04:00", zone: UTC }
`)
    if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
    const file = { by: 'the file', reason: '', declaredBy: 'file' }
    expect(checked.value.mutes).toEqual([
      {
        ...{ id: 'rack-move', kind: 'silence', by: 'ana', reason: 'rack move', declaredBy: 'file' },
        match: { groups: ['hall-*'], severity: 'warning' },
        when: { from: Date.parse('2026-12-01T18:00Z'), until: Date.parse('2026-12-02T04:00Z') },
      },
      {
        ...{ ...file, id: 'for-now', kind: 'silence', match: { names: ['a', 'b'] } },
        when: { from: 0, until: Date.parse('2026-12-02T06:00Z') },
      },
      {
        ...{ ...file, id: 'patch-night', kind: 'maintenance', match: { tags: ['db'] } },
        when: { cron: '0 2 * * sun', zone: 'Europe/Riga', for: 2 * HOUR },
      },
      {
        ...{ ...file, id: 'cutover', kind: 'maintenance', match: {} },
        when: { from: Date.parse('2026-12-05T22:00Z'), until: Date.parse('2026-12-06T04:00Z') },
      },
    ])
  })

  const times = 'to: "2026-12-02 06:00"'
  it.each([
    [`{ match: { name: a }, ${times} }`, 'silences[0].name: expected a name, got nothing'],
    [`{ name: x, ${times} }`, 'silences[0].match: expected names, tags, groups, owners or severity, or all: true'],
    [`{ name: x, match: {}, ${times} }`, 'silences[0].match: expected names, tags, groups, owners or severity'],
    [`{ name: x, match: { name: a, all: true }, ${times} }`, 'silences[0].match.all: expected either it or what'],
    [`{ name: x, match: { tags: [""] }, ${times} }`, 'silences[0].match.tags: expected names that are not empty'],
    ['{ name: x, match: { name: a } }', 'silences[0].to: expected when it ends, or cron and for, got nothing'],
    ['{ name: x, match: { name: a }, to: soon }', 'silences[0].to: expected a local date such as'],
    [`{ name: x, match: { name: a }, from: "2027-01-01", ${times} }`, 'silences[0].to: expected a time after from'],
    ['{ name: x, match: { name: a }, for: 2h, to: "2026-12-02" }', 'silences[0].for: expected cron beside it'],
    ['{ name: x, match: { name: a }, cron: "0 2 * * sun" }', 'silences[0].for: expected how long each lasts'],
    ['{ name: x, match: { name: a }, cron: "0 2 * *", for: 2h }', 'silences[0].cron: expected 5 fields'],
    ['{ name: x, match: { name: a }, cron: "0 2 * * *", for: 1s }', 'silences[0].for: expected at least 1m, got 1s'],
    ['{ name: x, match: { name: a }, cron: "0 2 * * *", for: 32d }', 'silences[0].for: expected at most 31d'],
    ['{ name: x, match: { name: a }, cron: "* * * * *", for: 1m }', 'silences[0].for: expected a pause at least every'],
    [`{ name: x, match: { name: a }, cron: "0 2 * * *", for: 2h, ${times} }`, 'silences[0].to: expected either cron'],
    [`{ name: x, match: { name: a }, zone: Mars, ${times} }`, 'silences[0].zone: expected an IANA zone'],
    [`{ name: x, match: { nam: a }, ${times} }`, 'silences[0].match.nam: expected a key that exists, nearest: "name"'],
  ])('%s is told to be wrong, and where', (text, expected) => {
    const found = problems(`silences: [${text}]\n`)
    expect(found.join('\n')).toContain(expected)
  })

  it('have names of their own, in both lists together', () => {
    const one = '{ name: x, match: { all: true }, to: "2026-12-02" }'
    expect(problems(`silences: [${one}]\nmaintenance: [${one}]\n`)).toEqual([
      'maintenance[0].name: expected a name of its own, got "x", which is taken',
    ])
  })
})

describe('parents', () => {
  it('that lead back to where they began are told of once, with the whole ring', () => {
    const text = `heartbeats:
  - { name: d, every: 1m, parent: a }
  - { name: a, every: 1m, parent: b }
  - { name: b, every: 1m, parent: c }
  - { name: c, every: 1m, parent: a }
`
    expect(problems(text)).toEqual([
      'heartbeats[1].parent: expected parents that are nobody’s child in turn, got a → b → c → a',
    ])
  })

  it('may have parents of their own', () => {
    const text =
      'heartbeats: [{ name: a, every: 1m, parent: b }, { name: b, every: 1m, parent: c }, { name: c, every: 1m }]\n'
    expect(problems(text)).toEqual([])
  })
})
