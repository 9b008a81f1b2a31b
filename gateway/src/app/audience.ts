// Whoever wants to be told of facts, signals too, as soon as they are on disk: nobody, mostly, and then it costs nothing.
import type { Numbered } from './ports.ts'

export type Listener = (facts: readonly Numbered[]) => void

export class Audience {
  readonly #listeners = new Set<Listener>()
  /** Read for every fact. */
  isListening = false

  /** Gives what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    this.isListening = true
    return () => {
      this.#listeners.delete(listener)
      this.isListening = this.#listeners.size > 0
    }
  }

  tell(facts: readonly Numbered[]): void {
    for (const listener of this.#listeners) listener(facts)
  }
}
