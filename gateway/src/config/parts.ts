// Cutting a large YAML document at the items of one top-level list, and reading the plainest items without a
// YAML parser. Both answer only where YAML leaves no doubt; undefined means "ask the parser".

export type Parts = {
  /** The document with an empty list in the list's place. */
  readonly frame: string
  /** The text of each item, with its indentation and dash. */
  readonly items: readonly string[]
}

export function splitList(text: string, key: string): Parts | undefined {
  // An anchor may be meant by an alias in another part, and a second document or a directive changes everything.
  if (/[\s[{,]&|^(?:---|\.\.\.|%)/m.test(text) || text.includes('\r')) return undefined
  const lines = text.split('\n')
  const head = lines.findIndex((line) => line.startsWith(`${key}:`))
  if (head < 0 || !/^\s*(?:#.*)?$/.test((lines[head] as string).slice(key.length + 1))) return undefined
  const first = lines.findIndex((line, index) => index > head && !isEmpty(line))
  const dash = /^( *)- /.exec(lines[first] ?? '')?.[0]
  if (dash === undefined) return undefined
  const items: string[] = []
  let index = first
  for (; index < lines.length; index++) {
    const line = lines[index] as string
    if (line.startsWith(dash)) items.push(line)
    else if (line.startsWith(' ') || isEmpty(line)) items.push(`${items.pop()}\n${line}`)
    else break
  }
  return { frame: [...lines.slice(0, head), `${key}: []`, ...lines.slice(index)].join('\n'), items }
}

/** One line such as `- { name: pump-17, every: 5m, group: "hall 7" }` whose scalars can only mean themselves. */
export function readPlainItem(text: string): Record<string, string | number> | undefined {
  const inside = ITEM.exec(text)?.[1]
  if (inside === undefined) return undefined
  const map: Record<string, string | number> = {}
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < inside.length) {
    const pair = PAIR.exec(inside)
    if (pair === null) return undefined
    const [, key = '', quoted, word = '', whole] = pair
    if (Object.hasOwn(map, key) || RESERVED.test(word) || key === '__proto__') return undefined
    if (whole !== undefined) map[key] = Number(whole)
    else map[key] = quoted ?? word
  }
  return map
}

const ITEM = /^ *- +\{ *([^{}[\]\n]*?) *\} *$/
/** A key; then a quoted text without escapes, a word or a duration, or a whole number. */
const PAIR =
  / *([A-Za-z]+): +(?:"([^"\\\n]*)"|([A-Za-z][A-Za-z0-9_/.-]*|(?:[0-9]{1,9}(?:ms|[smhdw]))+)|(0|[1-9][0-9]{0,8})) *(?:,|$)/y
/** Words that are no strings, here or in older YAML; the parser decides. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i

/** Text that needs no quotes to be itself. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text)
}

const PLAIN = /^(?:[A-Za-z][A-Za-z0-9_/.-]*|(?:[0-9]{1,9}(?:ms|[smhdw]))+)$/

function isEmpty(line: string): boolean {
  return /^\s*(?:#.*)?$/.test(line)
}
