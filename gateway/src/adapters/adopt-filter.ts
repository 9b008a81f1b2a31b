// MQTT filters against topics: whether one matches, and what its wildcards stood for.

export type Found = { readonly parts: readonly string[]; readonly rest: readonly string[] }

/** `+` is one level, `#` at the end any number of them, none included. Wildcards first never match what begins with `$`. */
export function match(filter: string, levels: readonly string[]): Found | undefined {
  const wanted = filter.split('/')
  if ((wanted[0] === '+' || wanted[0] === '#') && levels[0]?.startsWith('$')) return undefined
  const parts: string[] = []
  for (let i = 0; i < wanted.length; i++) {
    const level = levels[i]
    if (wanted[i] === '#') return { parts, rest: levels.slice(i) }
    if (level === undefined) return undefined
    if (wanted[i] === '+') parts.push(level)
    else if (wanted[i] !== level) return undefined
  }
  return levels.length === wanted.length ? { parts, rest: [] } : undefined
}
