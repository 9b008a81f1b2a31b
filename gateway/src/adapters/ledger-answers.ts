// Questions that were asked of the ledger's thread and wait for their answers.
export class Answers {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #asked = 0
  #over: Error | undefined

  /** `ask` sends the question under a number of its own. */
  wait(ask: (id: number) => void): Promise<unknown> {
    if (this.#over !== undefined) return Promise.reject(this.#over)
    const id = ++this.#asked
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    ask(id)
    return answer.promise
  }

  come(id: number, value: unknown): void {
    this.#waiting.get(id)?.resolve(value)
    this.#waiting.delete(id)
  }

  /** Nobody is left to answer. */
  end(why: string): void {
    this.#over = new Error(why)
    for (const { reject } of this.#waiting.values()) reject(this.#over)
    this.#waiting.clear()
  }
}
