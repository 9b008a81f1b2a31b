// MQTT filters against topics and each other: whether one matches, what its wildcards stood for, and what is covered.

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

/** Whether everything that `inner` matches is matched by `outer`, too. */
export function covers(outer: string, inner: string): boolean {
  const [wide, narrow] = [outer.split('/'), inner.split('/')]
  for (let i = 0; i < wide.length; i++) {
    if (wide[i] === '#') return !(i === 0 && narrow[0]?.startsWith('$'))
    const level = narrow[i]
    if (level === undefined || level === '#') return false
    if (wide[i] === '+' ? i === 0 && level.startsWith('$') : wide[i] !== level) return false
  }
  return narrow.length === wide.length
}
