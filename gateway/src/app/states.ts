// Verdicts for those who watch from outside: as they are now, of one device or of all, and each change of one.
import type { Name } from '../domain/names.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Audience } from './audience.ts'
import type { Registry } from './registry.ts'

/** `verdict` is absent where the heartbeat is no more. */
export type Stand = { readonly name: Name; readonly verdict: Verdict | undefined }

const CHANGES: ReadonlySet<string> = new Set(['verdict.changed', 'heartbeat.declared', 'heartbeat.removed'])

export class States {
  readonly #registry: Pick<Registry, 'roster' | 'verdictOf' | 'find'>
  readonly #audience: Pick<Audience, 'listen'>
  /** Numbers of the names of two levels, by the first. */
  readonly #below = new Map<string, number[]>()
  #known = 0

  constructor(registry: Pick<Registry, 'roster' | 'verdictOf' | 'find'>, audience: Pick<Audience, 'listen'>) {
    this.#registry = registry
    this.#audience = audience
  }

  /** Each as it is when its turn comes; `device` is the first level of a name. */
  *current(device?: string): Iterable<Stand> {
    const { roster } = this.#registry
    for (const number of device === undefined ? roster.numbers() : this.#numbersOf(device)) {
      if (roster.termsOf(number) === undefined) continue
      yield { name: roster.nameOf(number) as Name, verdict: this.#registry.verdictOf(number) }
    }
  }

  /** Gives what ends it. */
  listen(told: (stand: Stand) => void): () => void {
    return this.#audience.listen((facts) => {
      for (const { fact } of facts) {
        if (!CHANGES.has(fact.type) || !('heartbeat' in fact)) continue
        const name = fact.heartbeat as Name
        const number = this.#registry.find(name)
        told({ name, verdict: number === -1 ? undefined : this.#registry.verdictOf(number) })
      }
    })
  }

  #numbersOf(device: string): readonly number[] {
    const { roster } = this.#registry
    // Numbers are given once and in order, so what was looked at is not looked at again.
    for (; this.#known < roster.count; this.#known++) {
      const name = roster.nameOf(this.#known) ?? ''
      const slash = name.indexOf('/')
      if (slash < 0) continue
      const first = name.slice(0, slash)
      const below = this.#below.get(first)
      if (below === undefined) this.#below.set(first, [this.#known])
      else below.push(this.#known)
    }
    const own = this.#registry.find(device)
    return [...(own === -1 ? [] : [own]), ...(this.#below.get(device) ?? [])]
  }
}
