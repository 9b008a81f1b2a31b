// How far we have heard. Signals of which the head has been heard and the body has not: what they are about is not judged past
// them. Ears behind which somebody else's broker stands: what they hear is not judged past the last proof that they hear.
import type { Scene } from '../domain/draft.ts'
import { isOfSilence, nextMoment } from '../domain/moments.ts'
import type { Name } from '../domain/names.ts'
import type { Source } from '../domain/signal.ts'
import { type Duration, type Instant, isPast } from '../domain/time.ts'
import type { Registry } from './registry.ts'

/** A body that takes longer than this holds nobody up. */
const LONGEST_HOLD: Duration = 15_000
const HOLD_AGAIN: Duration = 50
/** A proof takes a way to a broker and back. */
const PROOF_AGAIN: Duration = 250

export class Hearing {
  readonly #heads = new Map<Name, Set<{ readonly receivedAt: Instant }>>()
  readonly #proven = new Map<Source, Instant>()
  /** Ears whose next proof somebody waits for. */
  readonly #asked = new Set<Source>()

  hold(name: Name, receivedAt: Instant): () => void {
    const head = { receivedAt }
    const heads = this.#heads.get(name) ?? new Set()
    this.#heads.set(name, heads.add(head))
    return () => {
      heads.delete(head)
      if (heads.size === 0 && this.#heads.get(name) === heads) this.#heads.delete(name)
    }
  }

  /** `source` was proven to hear at `at`: by a message, or by a probe that came back. */
  prove(source: Source, at: Instant): void {
    this.#proven.set(source, at)
    this.#asked.delete(source)
  }

  /** Nobody proves any more that `source` hears. */
  forget(source: Source): void {
    this.#proven.delete(source)
    this.#asked.delete(source)
  }

  /** When a heartbeat that is due is to be looked at again; undefined: it may be judged now. */
  looksAgain(registry: Registry, number: number, scene: Scene, now: Instant): Instant | undefined {
    if (this.isHeld(registry.roster.nameOf(number) as Name, now)) return now + HOLD_AGAIN
    return this.#awaitsProof(registry, number, scene) ? now + PROOF_AGAIN : undefined
  }

  /** What silence would make true next lies behind the last proof that its ear hears; another one is then asked for. */
  #awaitsProof(registry: Registry, number: number, scene: Scene): boolean {
    if (this.#proven.size === 0) return false
    const { terms, state } = registry.heartbeat(number)
    const proven = this.#proven.get(state.via)
    if (proven === undefined || state.lastSignalAt === 0) return false
    const moment = nextMoment(terms, state, scene.deafSince(state))
    if (moment === undefined || !isOfSilence(moment) || moment.at <= proven) return false
    this.#asked.add(state.via)
    return true
  }

  /** Whether somebody waits for a proof. */
  isAsked(source: Source): boolean {
    return this.#asked.has(source)
  }

  /** True while a signal about `name` is still coming in. */
  isHeld(name: Name, now: Instant): boolean {
    const heads = this.#heads.get(name)
    if (heads === undefined) return false
    for (const { receivedAt } of heads) if (!isPast(receivedAt + LONGEST_HOLD, now)) return true
    return false
  }
}
