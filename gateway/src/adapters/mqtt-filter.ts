// Topic filters of MQTT: which topics one matches and by what (MQTT 5.0, section 4.7), which filters it covers, and which ones
// somebody has. Pure.

export function matches(filter: string, topic: string): boolean {
  if (filter === topic) return true
  const levels = topic.split('/')
  const wanted = filter.split('/')
  // What begins with $ is no business of a filter that begins with a wildcard.
  if (topic.startsWith('$') && wanted[0] !== levels[0]) return false
  for (let at = 0; at < wanted.length; at++) {
    if (wanted[at] === '#') return true
    if (at >= levels.length || (wanted[at] !== '+' && wanted[at] !== levels[at])) return false
  }
  return wanted.length === levels.length
}

export type Wildcards = {
  /** What each `+` stands for. */
  readonly parts: readonly string[]
  /** What `#` stands for. */
  readonly rest: readonly string[]
}

/** What its wildcards stand for in a topic; undefined: it does not match. */
export function wildcardsIn(filter: string, levels: readonly string[]): Wildcards | undefined {
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

/** Wildcards stand for whole levels, `#` for the last. */
export function isFilter(text: string): boolean {
  const levels = text.split('/')
  return (
    text !== '' &&
    levels.every((level, at) => level === '+' || (level === '#' && at === levels.length - 1) || !/[+#]/.test(level))
  )
}

/** Counts filters by their first level, so that a topic that nobody asked for costs next to nothing. */
export class FirstLevels {
  readonly #counts = new Map<string, number>()

  add(filter: string, by: 1 | -1): void {
    const level = firstLevel(filter)
    const count = (this.#counts.get(level) ?? 0) + by
    if (count > 0) this.#counts.set(level, count)
    else this.#counts.delete(level)
  }

  /** Whether any of the filters can match it. */
  mayMatch(topic: string): boolean {
    if (this.#counts.size === 0) return false
    return this.#counts.has('#') || this.#counts.has('+') || this.#counts.has(firstLevel(topic))
  }
}

function firstLevel(text: string): string {
  const slash = text.indexOf('/')
  return slash < 0 ? text : text.slice(0, slash)
}
