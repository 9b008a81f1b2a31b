// The pages beside the examples: each folder has one, and what they put into the gateway's file is what it takes.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readDocument } from '../src/config/document.ts'
import { formatProblem, isWrong } from '../src/domain/problem.ts'
import { EXAMPLES } from './firmware-stage.ts'

const textOf = (page: string): string => readFileSync(join(EXAMPLES, page), 'utf8')

it('each example has a page, which the table leads to', () => {
  const folders = globSync('*/', { cwd: EXAMPLES }).filter((folder) => folder !== 'test')
  const rows = [...textOf('README.md').matchAll(/^\| \[[\w-]+\]\((.*?)\)/gm)].map(([, page]) => page)
  expect(rows.sort()).toEqual(folders.map((folder) => join(folder, 'README.md')).sort())
  expect(globSync('*/README.md', { cwd: EXAMPLES }).sort()).toEqual(rows)
})

it.each(globSync(['README.md', '*/README.md'], { cwd: EXAMPLES }))('the heartbeats of %s can be declared', (page) => {
  const lines = [...textOf(page).matchAll(/^ *(- \{ name: .* \})$/gm)].map(([, line]) => `  ${line}`)
  const text = lines.length === 0 ? '' : `heartbeats:\n${lines.join('\n')}\n`
  const around = { env: {}, environment: {}, file: 'overdue.yaml', readFile: () => '', hostZone: 'UTC' }
  const checked = readDocument(text, around)
  expect(isWrong(checked) ? checked.problems.map(formatProblem) : []).toEqual([])
})
