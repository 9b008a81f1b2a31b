import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Column, table, widthOf } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'A', rank: 9 },
  { title: 'NAME', rank: 9, least: 4 },
  { title: 'REST', rank: 1, least: 5 },
]
const ROWS = [
  [{ text: 'x' }, { text: 'a-long-name' }, { text: 'some more words' }],
  [{ text: 'yy', colour: 'red' as const }, { text: 'b' }, { text: '' }],
]

function screen(columns: number, isColoured = false) {
  return { columns, rows: 24, isColoured }
}

it('lines up what it is given, without a blank at the end of a line', () => {
  const lines = ['A   NAME         REST', 'x   a-long-name  some more words', 'yy  b']
  expect(table(COLUMNS, ROWS, undefined)).toEqual(lines)
  expect(table(COLUMNS, ROWS, screen(80))).toEqual(lines)
})

it('cuts what may be cut, the longest first, and then leaves out what is needed least', () => {
  expect(table(COLUMNS, ROWS, screen(22))).toEqual(['A   NAME      REST', 'x   a-long-…  some mo…', 'yy  b'])
  expect(table(COLUMNS, ROWS, screen(12))).toEqual(['A   NAME', 'x   a-long-…', 'yy  b'])
})

it('leaves out a column that nobody has anything in', () => {
  expect(table(COLUMNS, [[{ text: 'x' }, { text: 'b' }, { text: '' }]], undefined)).toEqual(['A  NAME', 'x  b'])
})

it('colours cells, not the places between them, and only for a screen that shows colours', () => {
  expect(table(COLUMNS, ROWS, screen(80, true))[2]).toBe('\u001b[31myy\u001b[0m  b')
  expect(table(COLUMNS, ROWS, screen(80)).join('')).not.toContain('\u001b')
})

it('counts places, not characters', () => {
  expect(['größe', '心跳', 'e\u0301', '🫀'].map(widthOf)).toEqual([5, 4, 1, 2])
})

it('never has a line that is wider than the screen if what may not be cut fits, and no control characters', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => ({ text }))
  const row = fc.tuple(fc.constantFrom({ text: 'ok' }, { text: 'missed' }), cell, cell)
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 14, max: 100 }), (rows, columns) => {
      for (const line of table(COLUMNS, rows, screen(columns))) {
        expect(widthOf(line)).toBeLessThanOrEqual(columns)
        expect(line).not.toMatch(/\p{Cc}/u)
      }
    }),
  )
})
