// YAML text into plain values, and more of them into the text: the only user of the yaml library. A large list of heartbeats is read in small
// parts, which takes half the time; whatever the parts cannot be sure of is read again as a whole.
import { type Document, isSeq, LineCounter, type Node, parseAllDocuments, parseDocument, visit } from 'yaml'
import type { Checked, Problem } from '../domain/problem.ts'
import { isPlain, readPlainItem, splitList } from './parts.ts'

/** Problems have `line 3, column 7` as their path. */
export function readYaml(text: string): Checked<unknown> {
  const quick = text.length >= LARGE ? readInParts(text) : undefined
  return quick ?? readWhole(text)
}

export type PlacedDocument = {
  readonly value: unknown
  /** From 1 on: where the value at a path begins, or the nearest one around it. */
  lineOf(path: readonly (string | number)[]): number
}

/** Every document of a text that others wrote, JSON included, with its lines; the first error where there is one. */
export function readDocuments(text: string): Checked<readonly PlacedDocument[]> {
  const lines = new LineCounter()
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: true,
      logLevel: 'silent',
      version: '1.2',
    })
    const documents = Array.isArray(parsed) ? parsed : []
    const error = documents.flatMap(({ errors }) => errors)[0]
    if (error !== undefined) {
      const line = error.linePos?.[0].line
      const path = line === undefined ? '' : `line ${line}`
      return { problems: [{ path, expected: 'YAML', found: (error.message.split('\n')[0] ?? '').replace(WHERE, '') }] }
    }
    return {
      value: documents.map((document) => ({
        value: document.toJS() as unknown,
        lineOf: (path) => {
          for (let length = path.length; length > 0; length--) {
            const node = document.getIn(path.slice(0, length), true) as
              | { readonly range?: readonly number[] }
              | undefined
            if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line
          }
          return lines.linePos(document.contents?.range?.[0] ?? 0).line
        },
      })),
    }
  } catch (error) {
    return { problems: [{ path: '', expected: 'YAML', found: (error as Error).message }] }
  }
}

/** 64 kB are read whole in some tens of milliseconds. */
const LARGE = 65_536
const ITEMS_AT_ONCE = 100

function readWhole(text: string): Checked<unknown> {
  try {
    const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' })
    const problems = [...document.errors, ...document.warnings].map(({ message, linePos }): Problem => {
      const at = linePos?.[0]
      const path = at === undefined ? '' : `line ${at.line}, column ${at.col}`
      return { path, expected: 'YAML', found: `an error: ${(message.split('\n')[0] ?? '').replace(WHERE, '')}` }
    })
    return problems.length > 0 ? { problems } : { value: document.toJS() }
  } catch (error) {
    // Aliases without end, nesting too deep for the stack.
    return { problems: [{ path: '', expected: 'YAML', found: `an error: ${(error as Error).message}` }] }
  }
}

const WHERE = / at line \d+, column \d+:?$/

function readInParts(text: string): Checked<unknown> | undefined {
  const parts = splitList(text, 'heartbeats')
  if (parts === undefined) return undefined
  const frame = readWhole(parts.frame)
  if ('problems' in frame || !isMap(frame.value)) return undefined
  const items: unknown[] = []
  let waiting: string[] = []
  for (const item of parts.items) {
    const plain = readPlainItem(item)
    if (plain === undefined) waiting.push(item)
    if (waiting.length === ITEMS_AT_ONCE || (plain !== undefined && waiting.length > 0)) {
      if (!readItems(waiting, items)) return undefined
      waiting = []
    }
    if (plain !== undefined) items.push(plain)
  }
  if (!readItems(waiting, items)) return undefined
  frame.value['heartbeats'] = items
  return frame
}

/** False when they are not so many items without a fault. */
function readItems(texts: readonly string[], items: unknown[]): boolean {
  if (texts.length === 0) return true
  const read = readWhole(`heartbeats:\n${texts.join('\n')}\n`)
  if ('problems' in read || !isMap(read.value)) return false
  const list = read.value['heartbeats']
  if (!Array.isArray(list) || list.length !== texts.length || Object.keys(read.value).length !== 1) return false
  items.push(...list)
  return true
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export type ListPath = readonly (string | number)[]

/** The same document, comments included, with more items at the end of lists; a list that there is not is made. */
export function extendYaml(
  text: string,
  lists: readonly (readonly [path: ListPath, items: readonly object[]])[],
): Checked<string> {
  const more = lists.filter(([, items]) => items.length > 0)
  if (more.length === 0) return { value: text === '' || text.endsWith('\n') ? text : `${text}\n` }
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined) return { problems: [{ path: '', expected: 'YAML', found: error.message }] }
  for (const [path, items] of more) {
    const known = document.getIn(path)
    const nodes = items.map((item) => quoted(document, item))
    if (!isSeq(known)) document.setIn(path, nodes)
    else {
      // Between brackets, not every text can be written.
      known.flow = false
      for (const node of nodes) known.add(node)
    }
  }
  return { value: document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY }) }
}

/** The library writes white space at the end of a line as a block that does not keep it. */
function quoted(document: Document, item: object): Node {
  const node = document.createNode(item)
  visit(node, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && !isPlain(scalar.value)) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return node
}

/** On one line: text is quoted as JSON is, unless it can only mean itself. */
export function writeFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeFlow).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${key}: ${writeFlow(each)}`)
      .join(', ')} }`
  return typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value)
}
