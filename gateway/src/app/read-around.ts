// What stands around a heartbeat: its parent, its neighbours in the group, and what was wrong with it before.
import type { Incident } from '../domain/incident.ts'
import type { Name } from '../domain/names.ts'
import { isBad, type Verdict } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'

export type Neighbour = { readonly name: Name; readonly verdict: Verdict }

export type Around = {
  readonly parent: Neighbour | undefined
  /** The nearest, those that are not well first. */
  readonly neighbours: readonly Neighbour[]
  /** Others of the group, as far as was looked, and how many of them are bad. */
  readonly others: number
  readonly bad: number
}

/** Heartbeats looked at: who was declared far from it is no neighbour. */
const MOST_LOOKED_AT = 20_000
const SHOWN = 5

export function lookAround(registry: Registry, number: number): Around {
  const { roster } = registry
  const terms = roster.termsOf(number)
  const parent = terms === undefined || terms.parent === '' ? -1 : registry.find(terms.parent)
  const found: Neighbour[] = []
  let bad = 0
  for (const other of terms === undefined || terms.group === '' ? [] : nearest(number, roster.count)) {
    if (other === parent || roster.termsOf(other)?.group !== terms?.group) continue
    const neighbour = neighbourOf(registry, other)
    if (isBad(neighbour.verdict)) bad++
    found.push(neighbour)
  }
  const isFine = ({ verdict }: Neighbour): number => Number(!isBad(verdict))
  return {
    parent: parent === -1 ? undefined : neighbourOf(registry, parent),
    neighbours: found.sort((one, other) => isFine(one) - isFine(other)).slice(0, SHOWN),
    ...{ others: found.length, bad },
  }
}

/** Other incidents of the heartbeat, newest first. */
export function formerIncidents(registry: Registry, heartbeat: Name, but: string, most: number): readonly Incident[] {
  const former = [...registry.incidents.values()].filter((one) => one.heartbeat === heartbeat && one.id !== but)
  return former.reverse().slice(0, most)
}

function neighbourOf(registry: Registry, number: number): Neighbour {
  return { name: registry.roster.nameOf(number) as Name, verdict: registry.state(number).verdict }
}

function* nearest(number: number, count: number): Iterable<number> {
  for (let away = 1; away <= MOST_LOOKED_AT / 2; away++) {
    if (number + away < count) yield number + away
    if (number - away >= 0) yield number - away
  }
}
