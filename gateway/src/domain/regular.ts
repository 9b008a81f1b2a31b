// Regular expressions as Alertmanager's matchers use them: anchored at both ends, the part of RE2's syntax that people write,
// read by a parser of our own. What is read here runs in `regular-run.ts`, in time linear in the text, whatever the pattern.
import type { Checked } from './problem.ts'
import { assemble, type Piece, type Regular } from './regular-run.ts'

export type { Regular } from './regular-run.ts'

const LONGEST = 1_000

/** Flags, classes by name, word boundaries and whatever else RE2 knows beyond this are refused, not read in another way. */
export function readRegular(pattern: string): Checked<Regular> {
  if (pattern.length > LONGEST) return wrong(`at most ${LONGEST} characters`, `${pattern.length}`)
  try {
    const reader = new Reader(pattern)
    const piece = reader.either()
    if (reader.next !== undefined) return wrong('a "(" before each ")"', JSON.stringify(pattern))
    const regular = assemble(piece)
    return regular === undefined ? wrong('fewer repetitions', JSON.stringify(pattern)) : { value: regular }
  } catch (error) {
    if (error instanceof Unread) return wrong(error.expected, JSON.stringify(pattern))
    throw error
  }
}

function wrong<T>(expected: string, found: string): Checked<T> {
  return { problems: [{ path: '', expected: `a regular expression with ${expected}`, found }] }
}

/** Leaves the recursion; never leaves this file. */
class Unread extends Error {
  readonly expected: string

  constructor(expected: string) {
    super(expected)
    this.expected = expected
  }
}

type Has = (code: number) => boolean

const MOST_REPEATS = 1_000
const NEWLINE = 10
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: NEWLINE, v: 11, f: 12, r: 13, a: 7 }
const DIGIT: Has = (code) => code >= 48 && code <= 57
const WORD: Has = (code) => DIGIT(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const SPACE: Has = (code) => code === 32 || code === 9 || code === NEWLINE || code === 12 || code === 13
const KINDS: Readonly<Record<string, Has>> = {
  ...{ d: DIGIT, w: WORD, s: SPACE },
  ...{ D: not(DIGIT), W: not(WORD), S: not(SPACE) },
}

class Reader {
  readonly #characters: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#characters = [...pattern]
  }

  get next(): string | undefined {
    return this.#characters[this.#at]
  }

  either(): Piece {
    const ways = [this.#sequence()]
    while (this.#takes('|')) ways.push(this.#sequence())
    return ways.length === 1 ? (ways[0] as Piece) : { kind: 'either', of: ways }
  }

  #sequence(): Piece {
    const of: Piece[] = []
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') of.push(this.#repeated())
    return { kind: 'sequence', of }
  }

  #repeated(): Piece {
    const of = this.#one()
    const bounds = this.#bounds()
    if (bounds === undefined) return of
    // Whether it takes little or much first makes no difference to whether it fits.
    this.#takes('?')
    const again = this.#at
    if (this.#bounds() !== undefined && this.#at !== again) throw new Unread('one repetition after each piece')
    return { kind: 'repeat', of, ...bounds }
  }

  #bounds(): { readonly least: number; readonly most: number } | undefined {
    if (this.#takes('*')) return { least: 0, most: Number.POSITIVE_INFINITY }
    if (this.#takes('+')) return { least: 1, most: Number.POSITIVE_INFINITY }
    if (this.#takes('?')) return { least: 0, most: 1 }
    const rest = this.next === '{' ? this.#characters.slice(this.#at, this.#at + 11).join('') : ''
    const [written, from, comma, to] = /^\{(\d{1,4})(,?)(\d{1,4})?\}/.exec(rest) ?? []
    if (written === undefined || (comma === '' && to !== undefined)) return undefined
    this.#at += written.length
    const least = Number(from)
    const most = comma === '' ? least : to === undefined ? Number.POSITIVE_INFINITY : Number(to)
    if (least > MOST_REPEATS || (Number.isFinite(most) && (most > MOST_REPEATS || most < least)))
      throw new Unread(`repetitions of {n,m} up to ${MOST_REPEATS}, the smaller number first`)
    return { least, most }
  }

  #one(): Piece {
    const character = this.#take()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'set', has: this.#class() }
      case '.':
        return { kind: 'set', has: (code) => code !== NEWLINE }
      case '\\':
        return { kind: 'set', has: this.#kind() ?? only(this.#code()) }
      case '^':
        return { kind: 'edge', at: 'start' }
      case '$':
        return { kind: 'edge', at: 'end' }
      case '*':
      case '+':
      case '?':
        throw new Unread('something before each repetition')
      default:
        return { kind: 'set', has: only(codeOf(character)) }
    }
  }

  #group(): Piece {
    if (this.#takes('?') && !this.#takes(':')) throw new Unread('no flags and no named groups: (…) and (?:…) alone')
    const inside = this.either()
    if (!this.#takes(')')) throw new Unread('a ")" after each "("')
    return inside
  }

  #class(): Has {
    const isOther = this.#takes('^')
    const sets: Has[] = []
    for (let isFirst = true; isFirst || this.next !== ']'; isFirst = false) sets.push(this.#member())
    this.#at++
    const has: Has = (code) => sets.some((set) => set(code))
    return isOther ? not(has) : has
  }

  #member(): Has {
    if (this.next === '[' && this.#characters[this.#at + 1] === ':')
      throw new Unread('classes written out: [a-z] for [[:lower:]]')
    const from = this.#bound()
    if (typeof from === 'function') return from
    const after = this.#characters[this.#at + 1]
    if (this.next !== '-' || after === ']' || after === undefined) return only(from)
    this.#at++
    const to = this.#bound()
    if (typeof to === 'function' || to < from) throw new Unread('the smaller character of a range first')
    return (code) => code >= from && code <= to
  }

  /** A character of a class, or a whole kind of them. */
  #bound(): number | Has {
    const character = this.#take('a "]" after each "["')
    return character === '\\' ? (this.#kind() ?? this.#code()) : codeOf(character)
  }

  #kind(): Has | undefined {
    const kind = KINDS[this.next ?? '']
    if (kind !== undefined) this.#at++
    return kind
  }

  #code(): number {
    const character = this.#take('something after each "\\"')
    if (/[^0-9A-Za-z\u0080-\u{10ffff}]/u.test(character)) return codeOf(character)
    const control = CONTROLS[character]
    if (control === undefined) throw new Unread('no other escapes than \\d, \\w, \\s, \\t, \\n … and of punctuation')
    return control
  }

  #take(expected = 'more'): string {
    const character = this.#characters[this.#at++]
    if (character === undefined) throw new Unread(expected)
    return character
  }

  #takes(character: string): boolean {
    const isThere = this.next === character
    if (isThere) this.#at++
    return isThere
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) as number
}

function only(own: number): Has {
  return (code) => code === own
}

function not(set: Has): Has {
  return (code) => !set(code)
}
