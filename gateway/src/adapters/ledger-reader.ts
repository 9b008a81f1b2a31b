// What can be read of the ledger, asked of its thread: by the main thread over the thread's own port, by another thread
// over a channel that it was given.
import type { MessagePort } from 'node:worker_threads'
import { Answers } from './ledger-answers.ts'
import type {
  FromThread,
  Question,
  Questions,
  Sizes,
  Slice,
  SliceKind,
  StoredFact,
  StoredGroup,
  ToThread,
} from './ledger-messages.ts'

export class LedgerReader {
  readonly #answers = new Answers()
  readonly #say: (message: ToThread) => void

  constructor(say: (message: ToThread) => void) {
    this.#say = say
  }

  cursor(name: string): Promise<number> {
    return this.#ask('cursor', { name })
  }

  /** A consumer needs nothing up to `seq` any more. */
  advance(name: string, seq: number): void {
    this.#say({ kind: 'advance', name, seq })
  }

  async *slices(kind: SliceKind): AsyncIterable<Slice> {
    let from = 0
    for (;;) {
      const some = await this.#ask('slices', { kind, from })
      yield* some
      const last = some.at(-1)
      if (last === undefined) return
      from = last.id + 1
    }
  }

  /** The groups that hold the facts from number `from` on. */
  async *groups(from: number): AsyncIterable<StoredGroup> {
    let ahead = this.#ask('groups', { from })
    for (;;) {
      const some = await ahead
      const last = some.at(-1)
      if (last === undefined) return
      ahead = this.#ask('groups', { from: last.first + last.count })
      yield* some
    }
  }

  /** The number up to which the slices together have every fact. */
  completeUpTo(): Promise<number> {
    return this.#ask('completeUpTo', {})
  }

  chain(seq: number, limit: number): Promise<readonly StoredFact[]> {
    return this.#ask('chain', { seq, limit })
  }

  groupOf(seq: number): Promise<StoredGroup | undefined> {
    return this.#ask('groupOf', { seq })
  }

  body(seq: number): Promise<Uint8Array | undefined> {
    return this.#ask('body', { seq })
  }

  sizes(): Promise<Sizes> {
    return this.#ask('sizes', {})
  }

  protected answered({ id, value }: Extract<FromThread, { kind: 'answer' }>): void {
    this.#answers.come(id, value)
  }

  protected ended(why: string): void {
    this.#answers.end(why)
  }

  #ask<Q extends Question>(question: Q, ask: Questions[Q]['ask']): Promise<Questions[Q]['answer']> {
    return this.#answers.wait((id) => this.#say({ kind: 'ask', id, question, ask })) as Promise<Questions[Q]['answer']>
  }
}

/** Reads over a channel whose other end the ledger's thread has; ends when that thread does. */
export class RemoteLedgerReader extends LedgerReader {
  constructor(port: MessagePort) {
    super((message) => port.postMessage(message))
    port.on('message', (message: Extract<FromThread, { kind: 'answer' }>) => this.answered(message))
    port.on('close', () => this.ended('the ledger is closed'))
  }
}
