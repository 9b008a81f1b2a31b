// Parents that are each other's parents explain nothing, so a file that says so is wrong.
import type { Name } from '../domain/names.ts'
import { describeRing, ringThrough } from '../domain/ring.ts'
import type { Report } from './report.ts'
import type { Declaration } from './settings.ts'

/** One problem for each ring, where its first heartbeat stands. */
export function checkParents(declared: readonly Declaration[], report: Report): void {
  const parents = new Map<Name, Name>()
  for (const { name, terms } of declared) if (terms.parent !== '') parents.set(name, terms.parent)
  const told = new Set<Name>()
  for (const [name, parent] of parents) {
    const ring =
      told.has(name) || parent === name ? undefined : ringThrough(name, parent, (of) => parents.get(of) ?? '')
    if (ring === undefined) continue
    for (const one of ring) told.add(one)
    const index = declared.findIndex((one) => one.name === name)
    report.add(`heartbeats[${index}].parent`, 'parents that are nobody’s child in turn', describeRing(ring))
  }
}
