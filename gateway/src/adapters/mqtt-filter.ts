// Topic filters of MQTT: which topics one matches (MQTT 5.0, section 4.7), and which filters somebody has. Pure.

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
