// The main thread's side of the ledger's thread: groups of facts go in, and word of what is on disk comes back.
import { mkdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Instant } from '../domain/time.ts'
import { takeLock } from './ledger-lock.ts'
import type {
  Expiry,
  FromThread,
  Group,
  Question,
  Questions,
  Slice,
  SliceKind,
  Snapshot,
  ToThread,
} from './ledger-messages.ts'

export type { Group, Slice, Snapshot } from './ledger-messages.ts'

export type StoreEvents = {
  /** On disk, up to this number. */
  committed(upTo: number): void
  /** No space: what was handed over is kept and tried again. */
  full(why: string): void
  recovered(): void
  /** A snapshot could not be saved: only a whole one will do now. */
  unsaved(): void
  /** Nothing will be on disk any more. */
  broken(why: string): void
  /** Facts expired that a cursor had not passed. */
  unread(cursor: string, facts: number): void
}

export type Opened = {
  readonly store: Store
  /** Number of the next fact. */
  readonly next: number
  readonly aliveUntil?: Instant
  /** What was damaged and what is lost, for a person. */
  readonly losses: readonly string[]
}

/** A folder that can't be used, and why. */
export type Refused = { readonly refused: string }

/** Takes the folder (made where there is none, for its owner alone) and opens what it holds. */
export async function openStore(folder: string, events: StoreEvents): Promise<Opened | Refused> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = takeLock(folder)
  if ('inUseBy' in lock) return { refused: `the data folder ${folder} is in use by ${lock.inUseBy}` }
  const worker = new Worker(new URL('./ledger-thread.ts', import.meta.url), { workerData: { folder } })
  const store = new Store(worker, events, () => lock.release())
  const opened = await store.opened
  return 'refused' in opened ? opened : { ...opened, store }
}

export class Store {
  readonly opened: Promise<Omit<Opened, 'store'> | Refused>
  readonly #worker: Worker
  readonly #events: StoreEvents
  readonly #open = Promise.withResolvers<Omit<Opened, 'store'> | Refused>()
  readonly #closed = Promise.withResolvers<void>()
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>()
  #asks = 0

  constructor(worker: Worker, events: StoreEvents, released: () => void) {
    this.#worker = worker
    this.#events = events
    this.opened = this.#open.promise
    worker.on('message', (message: FromThread) => this.#hear(message))
    worker.on('error', (error: Error) => {
      this.#open.resolve({ refused: error.message })
      this.#events.broken(error.message)
    })
    worker.on('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('the ledger is closed'))
      released()
      this.#closed.resolve()
    })
  }

  append(group: Group): void {
    this.#say({ kind: 'append', group }, [group.bytes.buffer])
  }

  snapshot(snapshot: Snapshot): void {
    this.#say({ kind: 'snapshot', snapshot })
  }

  floor(): Promise<number> {
    return this.#ask('floor', undefined)
  }

  /** Heard until then, and everything that was handed over is on disk. */
  watermark(at: Instant): void {
    this.#say({ kind: 'watermark', at })
  }

  prune(expiry: Expiry): void {
    this.#say({ kind: 'prune', expiry })
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
  async *groups(from: number): AsyncIterable<Group> {
    let ahead = this.#ask('groups', { from })
    for (;;) {
      const some = await ahead
      const last = some.at(-1)
      if (last === undefined) return
      ahead = this.#ask('groups', { from: last.first + last.count })
      yield* some
    }
  }

  groupOf(seq: number): Promise<Group | undefined> {
    return this.#ask('groupOf', { seq })
  }

  body(seq: number): Promise<Uint8Array | undefined> {
    return this.#ask('body', { seq })
  }

  /** Commits what was handed over and lets go of the folder. */
  async close(): Promise<void> {
    this.#say({ kind: 'close' })
    await this.#closed.promise
  }

  #ask<Q extends Question>(question: Q, ask: Questions[Q]['ask']): Promise<Questions[Q]['answer']> {
    const id = ++this.#asks
    const asked = Promise.withResolvers<unknown>()
    this.#asked.set(id, asked)
    this.#say({ kind: 'ask', id, question, ask })
    return asked.promise as Promise<Questions[Q]['answer']>
  }

  #say(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'opened':
      case 'refused':
        return this.#open.resolve('why' in message ? { refused: message.why } : message)
      case 'committed':
        return this.#events.committed(message.upTo)
      case 'full':
        return this.#events.full(message.why)
      case 'recovered':
        return this.#events.recovered()
      case 'unsaved':
        return this.#events.unsaved()
      case 'broken':
        return this.#events.broken(message.why)
      case 'unread':
        return this.#events.unread(message.cursor, message.facts)
      case 'answer': {
        const asked = this.#asked.get(message.id)
        this.#asked.delete(message.id)
        if (message.error === undefined) asked?.resolve(message.value)
        else asked?.reject(new Error(message.error))
        return
      }
      case 'closed':
        return
    }
  }
}
