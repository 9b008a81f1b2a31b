// Python's literals, read without Python: dictionaries, lists, texts, numbers, sums and products of them, and calls,
// which stay calls. Whatever else stands there is unknown, with its text.

import { lineCounter } from './line-counter.ts'

export type Python =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'list'; readonly items: readonly Python[] }
  | {
      readonly kind: 'map'
      readonly entries: readonly (readonly [Python, Python])[]
      readonly lines: readonly number[]
    }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly Python[]
      readonly named: ReadonlyMap<string, Python>
    }
  | { readonly kind: 'unknown'; readonly text: string }

/** The expression that begins at `at`, and where it ends. */
export function readPython(text: string, at: number): { readonly value: Python; readonly end: number } {
  const reader: Reader = { text, at, depth: 0, lineAt: lineCounter(text) }
  const value = expression(reader)
  return { value, end: reader.at }
}

type Reader = { readonly text: string; at: number; depth: number; lineAt(at: number): number }

const DEEPEST = 40

function expression(reader: Reader): Python {
  const from = reader.at
  let value = product(reader)
  for (;;) {
    skip(reader)
    const sign = reader.text[reader.at]
    if (sign !== '+' && sign !== '-') break
    reader.at++
    value = counted(value, product(reader), sign, reader.text.slice(from, reader.at))
  }
  // `x if y else z`, `a | b`, comparisons: what it comes to is not known.
  if (reader.at < reader.text.length && !/[,)\]}:\n#=]/.test(reader.text[reader.at] as string)) {
    toEnd(reader)
    return { kind: 'unknown', text: reader.text.slice(from, reader.at).trim() }
  }
  return value
}

function product(reader: Reader): Python {
  const from = reader.at
  let value = term(reader)
  for (;;) {
    skip(reader)
    const sign = /^(?:\*(?!\*)|\/(?!\/))/.exec(reader.text.slice(reader.at, reader.at + 2))?.[0]
    if (sign === undefined) return value
    reader.at++
    value = counted(value, term(reader), sign, reader.text.slice(from, reader.at))
  }
}

function counted(one: Python, other: Python, sign: string, text: string): Python {
  if (one.kind === 'text' && other.kind === 'text' && sign === '+') return { kind: 'text', text: one.text + other.text }
  if (one.kind !== 'number' || other.kind !== 'number') return { kind: 'unknown', text }
  const [a, b] = [one.number, other.number]
  return { kind: 'number', number: sign === '*' ? a * b : sign === '/' ? a / b : sign === '+' ? a + b : a - b }
}

function term(reader: Reader): Python {
  skip(reader)
  const { text, at } = reader
  const rest = text.slice(at, at + 200)
  const character = text[at] ?? ''
  if (reader.depth > DEEPEST) return unknown(reader)
  if (character === '{') return map(reader)
  if (character === '[' || character === '(') return sequence(reader, character === '[' ? ']' : ')')
  if (character === '-') {
    reader.at++
    reader.depth++
    const value = term(reader)
    reader.depth--
    return value.kind === 'number' ? { kind: 'number', number: -value.number } : value
  }
  if (/^[rRbBuU]{0,2}["']/.test(rest)) return string(reader)
  const number = /^\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?/i.exec(rest)?.[0]
  if (number !== undefined) {
    reader.at += number.length
    return { kind: 'number', number: Number(number.replaceAll('_', '')) }
  }
  const name = /^[A-Za-z_][\w.]*/.exec(rest)?.[0]
  if (name === undefined) return unknown(reader)
  reader.at += name.length
  if (/^f["']/.test(rest)) return unknown(reader)
  return text[reader.at] === '(' ? call(reader, name) : { kind: 'unknown', text: name }
}

/** Texts that stand beside each other are one. */
function string(reader: Reader): Python {
  let whole = ''
  for (;;) {
    const [, prefix = '', mark = ''] =
      /^([rRbBuU]{0,2})("""|'''|"|')/.exec(reader.text.slice(reader.at, reader.at + 5)) ?? []
    if (mark === '') return { kind: 'text', text: whole }
    let at = reader.at + prefix.length + mark.length
    for (; at < reader.text.length && !reader.text.startsWith(mark, at); at++) {
      if (reader.text[at] === '\\' && !/r/i.test(prefix)) at++
      whole += reader.text[at] ?? ''
    }
    reader.at = at + mark.length
    skip(reader)
  }
}

function map(reader: Reader): Python {
  const entries: (readonly [Python, Python])[] = []
  const lines: number[] = []
  items(reader, '}', () => {
    const line = reader.lineAt(reader.at)
    const key = expression(reader)
    skip(reader)
    if (reader.text[reader.at] !== ':') return void entries.push([key, key])
    reader.at++
    entries.push([key, expression(reader)])
    lines.push(line)
  })
  // A set has no colons.
  return lines.length === entries.length
    ? { kind: 'map', entries, lines }
    : { kind: 'list', items: entries.map(([item]) => item) }
}

function sequence(reader: Reader, end: string): Python {
  const found: Python[] = []
  const commas = items(reader, end, () => void found.push(expression(reader)))
  return end === ')' && found.length === 1 && commas === 0 ? (found[0] as Python) : { kind: 'list', items: found }
}

function call(reader: Reader, name: string): Python {
  const args: Python[] = []
  const named = new Map<string, Python>()
  items(reader, ')', () => {
    const key = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(reader.text.slice(reader.at, reader.at + 100))
    if (key !== null) reader.at += key[0].length
    const value = expression(reader)
    if (key === null) args.push(value)
    else named.set(key[1] as string, value)
  })
  return { kind: 'call', name, args, named }
}

/** Reads up to the bracket that closes; answers how many commas there were. */
function items(reader: Reader, end: string, item: () => void): number {
  let commas = 0
  reader.at++
  reader.depth++
  for (skip(reader, true); reader.at < reader.text.length && reader.text[reader.at] !== end; skip(reader, true)) {
    const before = reader.at
    item()
    skip(reader, true)
    if (reader.text[reader.at] === ',') {
      reader.at++
      commas++
    } else if (reader.at === before || reader.text[reader.at] !== end) reader.at++
  }
  reader.at++
  reader.depth--
  return commas
}

function unknown(reader: Reader): Python {
  const from = reader.at
  toEnd(reader)
  return { kind: 'unknown', text: reader.text.slice(from, reader.at).trim() }
}

/** Up to the comma or bracket that ends the expression, over brackets and texts inside it. */
function toEnd(reader: Reader): void {
  let depth = 0
  for (; reader.at < reader.text.length; reader.at++) {
    const character = reader.text[reader.at] as string
    if (character === '"' || character === "'") {
      string(reader)
      reader.at--
    } else if (/[([{]/.test(character)) depth++
    else if (depth > 0 && /[)\]}]/.test(character)) depth--
    else if (depth === 0 && /[,)\]}\n]/.test(character)) return
  }
}

/** Blanks and comments; line ends too where brackets are open. */
function skip(reader: Reader, always = reader.depth > 0): void {
  const blank = always ? /(?:[\s\\]|#[^\n]*)*/y : /(?:[ \t]|\\\n)*/y
  blank.lastIndex = reader.at
  reader.at += blank.exec(reader.text)?.[0].length ?? 0
}
