// A command line as a POSIX shell takes it apart, as far as it matters where a ping can be put in: words, operators,
// comments, and whether all quotes are closed. Nothing is expanded.

export type Word = { readonly text: string; readonly at: number; readonly isOperator: boolean }

export type Shell = {
  readonly words: readonly Word[]
  /** Where the last word ends: behind it are blanks and a comment only. */
  readonly end: number
  /** All quotes, parentheses and substitutions are closed. */
  readonly isWhole: boolean
}

export function readShell(text: string): Shell {
  if (text.length > MOST_READ) return { words: [], end: text.length, isWhole: false }
  const words: Word[] = []
  let at = 0
  let end = 0
  let isWhole = true
  while (at < text.length) {
    const character = text[at] as string
    if (/\s/.test(character)) at++
    else if (character === '#') at = lineEnd(text, at)
    else {
      const operator = OPERATOR.exec(text.slice(at, at + 3))?.[0]
      const until = operator === undefined ? wordEnd(text, at) : at + operator.length
      if (until === undefined) isWhole = false
      end = until ?? text.length
      words.push({ text: text.slice(at, end), at, isOperator: operator !== undefined })
      at = end
    }
  }
  return { words, end, isWhole: isWhole && isBalanced(words) }
}

/** One command with its redirections and assignments, which another program can start as well as the shell. */
export function isSimple({ words, isWhole }: Shell): boolean {
  if (!isWhole || words.some(({ text, isOperator }) => isOperator && !isRedirection(text))) return false
  const first = commandWord(words)
  return first !== undefined && !NOT_SIMPLE.has(first.text)
}

/** The word that names the command: the first behind assignments and redirections. */
export function commandWord(words: readonly Word[]): Word | undefined {
  for (let index = 0; index < words.length; index++) {
    const { text, isOperator } = words[index] as Word
    if (isOperator && !isRedirection(text)) return undefined
    if (isOperator) index++
    else if (!isAssignment(text) && !isNumbered(words, index)) return words[index]
  }
  return undefined
}

/** The words of each command of a line: `cd /srv && ./run --all > log` gives two lists, without redirections. */
export function commandsOf({ words }: Shell): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  words.forEach(({ text, isOperator }, index) => {
    if (isOperator && !isRedirection(text)) commands.push([])
    else if (!isOperator && !isNumbered(words, index) && !isTarget(words, index)) commands.at(-1)?.push(text)
  })
  return commands.filter((command) => command.length > 0)
}

export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*\+?=/.test(word)
}

/** Whether the shell itself may end before the end of the line. */
export function mayLeave({ words }: Shell): boolean {
  return words.some(({ text, isOperator }) => !isOperator && LEAVES.has(text))
}

/** Words as they are meant where quotes are all that is special about them: `'a b'` is `a b`. */
export function unquoted(word: string): string {
  return word.replaceAll(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs, (_, plain, single, double) =>
    plain === undefined ? (single ?? double.replaceAll(/\\([\\"$`])/g, '$1')) : plain,
  )
}

/** Longer ones are no commands, and could be nested deeper than the stack. */
const MOST_READ = 4_096
const OPERATOR = /^(?:&>>|<<<|<<-|&&|\|\||;;|&>|>>|>&|<&|>\||<>|<<|[&|;()<>\n])/
const NOT_SIMPLE: ReadonlySet<string> = new Set([
  ...['if', 'for', 'while', 'until', 'case', 'function', 'select', 'time', '!', '{', '}', '[[', '((', 'coproc'],
  ...['cd', 'export', '.', 'source', 'exit', 'exec', 'eval', 'set', 'shift', 'trap', 'ulimit', 'umask', 'unset'],
  ...['alias', 'read', 'return', 'wait', 'command', 'local', 'readonly', ':'],
])
const LEAVES: ReadonlySet<string> = new Set(['exit', 'exec', 'return', 'set', 'trap', '.', 'source', 'eval'])

function isRedirection(operator: string): boolean {
  return /^[<>]|^&>/.test(operator)
}

/** The `2` of `2>&1`. */
function isNumbered(words: readonly Word[], index: number): boolean {
  const { text, at } = words[index] as Word
  const next = words[index + 1]
  return next?.isOperator === true && /^[<>]/.test(next.text) && /^\d+$/.test(text) && next.at === at + text.length
}

function isTarget(words: readonly Word[], index: number): boolean {
  const before = words[index - 1]
  return before?.isOperator === true && isRedirection(before.text)
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** Undefined where a quote or a substitution is never closed. */
function wordEnd(text: string, from: number): number | undefined {
  let at = from
  while (at < text.length) {
    const character = text[at] as string
    if (/[\s&|;()<>]/.test(character)) return at
    const next = partEnd(text, at)
    if (next === undefined) return undefined
    at = next
  }
  return at
}

/** The end of the quote, the substitution or the character that begins at `at`. */
function partEnd(text: string, at: number): number | undefined {
  const character = text[at] as string
  if (character === '\\') return at + 1 < text.length ? at + 2 : undefined
  if (character === "'") return closing(text, at + 1, "'", false)
  if (character === '"') return closing(text, at + 1, '"', true)
  if (character === '`') return closing(text, at + 1, '`', false)
  if (text.startsWith('$(', at)) return closing(text, at + 2, ')', true)
  if (text.startsWith('${', at)) return closing(text, at + 2, '}', true)
  return at + 1
}

function closing(text: string, from: number, mark: string, nests: boolean): number | undefined {
  for (let at = from; at < text.length; ) {
    const character = text[at] as string
    if (character === mark) return at + 1
    if (mark === "'") at++
    else if (character === '\\') at += 2
    else if (mark === ')' && character === '(') {
      const end = closing(text, at + 1, ')', true)
      if (end === undefined) return undefined
      at = end
    } else if (nests && (character === '$' || character === '`' || (mark !== '"' && /["']/.test(character)))) {
      const end = partEnd(text, at)
      if (end === undefined) return undefined
      at = end
    } else at++
  }
  return undefined
}

function isBalanced(words: readonly Word[]): boolean {
  let depth = 0
  for (const { text, isOperator } of words) {
    if (!isOperator) continue
    if (text === '(') depth++
    if (text === ')') depth--
    if (depth < 0) return false
  }
  return depth === 0
}
