// Rows of text in columns that fit a terminal: what is long is cut, what is least needed goes first, and nothing but
// this file puts colour into a line.
import { cleanText } from '@overdue/device-sdk/wire'
import type { Screen } from './shell.ts'

export type Colour = 'red' | 'yellow' | 'green' | 'blue' | 'dim' | 'plain'
export type Cell = { readonly text: string; readonly colour?: Colour }
export type Column = {
  readonly title: string
  /** Columns of a lower one are left out first where the terminal is too narrow; those of the highest never. */
  readonly rank: number
  /** May be cut to so many places; without it never. */
  readonly least?: number
}

/** A column that nobody has anything in is left out. Without a screen nothing is cut and nothing coloured. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  screen: Screen | undefined,
): string[] {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: cleanText(cell.text) })))
  const used = columns.map((column, at) => ({ ...column, at, width: widest(column, clean, at) }))
  const shown = fitted(
    used.filter(({ at }) => clean.some((row) => row[at]?.text !== '')),
    screen?.columns ?? Number.POSITIVE_INFINITY,
  )
  const line = (cellOf: (at: number, title: string) => Cell): string =>
    shown
      .map(({ at, title, width }, place) => {
        const { text, colour = 'plain' } = cellOf(at, title)
        const part = cut(text, width)
        const gap = place === shown.length - 1 ? '' : ' '.repeat(width - widthOf(part) + GAP)
        return `${screen?.isColoured ? painted(part, colour) : part}${gap}`
      })
      .join('')
      .trimEnd()
  return [
    line((_, title) => ({ text: title, colour: 'dim' })),
    ...clean.map((row) => line((at) => row[at] ?? { text: '' })),
  ]
}

/** Places on a terminal: some characters take two, some none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += NARROWEST.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

type Fitted = Column & { readonly at: number; width: number }

const GAP = 2
const NARROWEST = /[\p{Mn}\p{Me}\p{Cf}]/u
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u
const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, blue: 34, dim: 2, plain: 0 }

function painted(text: string, colour: Colour): string {
  return colour === 'plain' || text === '' ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`
}

function widest({ title }: Column, rows: readonly (readonly Cell[])[], at: number): number {
  let width = title.length
  for (const row of rows) width = Math.max(width, widthOf(row[at]?.text ?? ''))
  return width
}

function fitted(columns: readonly Fitted[], most: number): readonly Fitted[] {
  let shown = columns
  while (least(shown) > most) {
    const rank = Math.min(...shown.map((column) => column.rank))
    const rest = shown.filter((column) => column.rank !== rank)
    if (rest.length === 0) break
    shown = rest
  }
  for (let over = total(shown) - most; over > 0; over--) {
    const [longest] = shown.filter((column) => column.width > leastOf(column)).sort((a, b) => b.width - a.width)
    if (longest === undefined) break
    longest.width--
  }
  return shown
}

function leastOf({ least, width }: Fitted): number {
  return Math.min(least ?? width, width)
}

function least(columns: readonly Fitted[]): number {
  return columns.reduce((sum, column) => sum + leastOf(column) + GAP, -GAP)
}

function total(columns: readonly Fitted[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, -GAP)
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept) + widthOf(character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}
