// Parents that are each other's parents explain nothing, so a file that says so is wrong.
import type { Name } from '../domain/names.ts'
import type { Report } from './report.ts'
import type { Declaration } from './settings.ts'

/** One problem for each ring, where its first heartbeat stands. */
export function checkParents(declared: readonly Declaration[], report: Report): void {
  const parents = new Map<Name, Name>()
  for (const { name, terms } of declared) if (terms.parent !== '') parents.set(name, terms.parent)
  const seen = new Set<Name>()
  for (const name of parents.keys()) {
    const ring = ringFrom(name, parents, seen)
    if (ring.length < 2) continue
    const index = declared.findIndex((one) => one.name === ring[0])
    report.add(`heartbeats[${index}].parent`, 'parents that are nobody’s child in turn', [...ring, ring[0]].join(' → '))
  }
}

/** The ring that the parents of `name` lead into, if nobody went that way before. */
function ringFrom(name: Name, parents: ReadonlyMap<Name, Name>, seen: Set<Name>): readonly Name[] {
  const path: Name[] = []
  let at: Name | undefined = name
  while (at !== undefined && !seen.has(at)) {
    seen.add(at)
    path.push(at)
    at = parents.get(at)
  }
  const start = at === undefined ? -1 : path.indexOf(at)
  return start === -1 ? [] : path.slice(start)
}
