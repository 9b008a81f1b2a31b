// Parents that lead in a ring: heartbeats that are each other's parents explain nothing.
import type { Name } from './names.ts'

/** A chain of parents is followed so far. */
const LONGEST = 1_000

/** The ring that `name` would be in with that parent, from `name` on; undefined: none. `parentOf` gives '' for none. */
export function ringThrough(name: Name, parent: Name, parentOf: (name: Name) => Name): readonly Name[] | undefined {
  const path = [name]
  for (let at = parent; at !== '' && path.length < LONGEST; at = parentOf(at)) {
    if (at === name) return path
    path.push(at)
  }
  return undefined
}

export function describeRing(ring: readonly Name[]): string {
  return [...ring, ring[0]].join(' → ')
}
