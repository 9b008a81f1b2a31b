// Signals of which the head has been heard and the body has not: what they are about is not judged past them.
import type { Name } from '../domain/names.ts'
import { type Duration, type Instant, isPast } from '../domain/time.ts'

/** A body that takes longer than this holds nobody up. */
const LONGEST_HOLD: Duration = 15_000

export class Hearing {
  readonly #heads = new Map<Name, Set<{ readonly receivedAt: Instant }>>()

  hold(name: Name, receivedAt: Instant): () => void {
    const head = { receivedAt }
    const heads = this.#heads.get(name) ?? new Set()
    this.#heads.set(name, heads.add(head))
    return () => {
      heads.delete(head)
      if (heads.size === 0 && this.#heads.get(name) === heads) this.#heads.delete(name)
    }
  }

  /** True while a signal about `name` is still coming in. */
  isHeld(name: Name, now: Instant): boolean {
    const heads = this.#heads.get(name)
    if (heads === undefined) return false
    for (const { receivedAt } of heads) if (!isPast(receivedAt + LONGEST_HOLD, now)) return true
    return false
  }
}
